/** [PAY-11] A notification the gateway does not confirm: the log line, the count, the line of the sync log. */
import { describe, expect, it } from 'vitest';
import { rupiah } from '../../../functions/kernel/rupiah.ts';
import { charge } from '../../../functions/payments/commands.ts';
import { bodyOf } from '../../support/gateway.ts';
import { logLines } from '../../support/log.ts';
import { orderId, ref, report, rider } from '../../support/payments.ts';
import { world } from '../../support/payments-world.ts';

const lines = logLines();

describe('a notification that shows another account number', () => {
  it('[PAY-11] changes nothing, is counted, and says so in its line', async () => {
    const w = world();
    const request = {
      orderId,
      riderId: rider,
      amount: rupiah(120_000),
      method: 'bca_va',
      fingerprint: 'body-1',
    } as const;
    await charge(w.deps, request);
    const before = await w.payment(ref);
    const body = bodyOf(report('pending', { transactionId: 'tx-1' }), ref).replace(
      /}$/,
      ',"va_numbers":[{"bank":"bca","va_number":"6"}]}',
    );
    await w.notified(body, 'replayed');
    expect(await w.payment(ref)).toEqual(before);
    expect(w.syncLines()).toMatchObject([
      { verified: true, why: 'instructions the gateway does not confirm: vaNumber' },
    ]);
    expect(lines.metric('InstructionsMismatch')).toEqual([1]);
  });
});
