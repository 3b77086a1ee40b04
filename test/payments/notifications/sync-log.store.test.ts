/** [PAY-6] The sync log: what changed a payment is never overwritten by what did not. */
import { describe, expect, it } from 'vitest';
import { type SyncLine, syncLog } from '../../../functions/payments/notifications/sync-log.store.ts';
import { orderId, start } from '../../support/payments.ts';
import { testPorts } from '../../support/ports.ts';

const line: SyncLine = { orderId, id: 'm', body: '{}', receivedAt: start, attempt: 1, tookMs: 0, verified: false };
const written = async (...lines: readonly Partial<SyncLine>[]) => {
  const { ports, table } = testPorts();
  for (const one of lines) await syncLog(ports.dynamo, 'Story')({ ...line, ...one });
  return table.all('Story').map(({ effect }) => effect);
};

describe('a line of the sync log', () => {
  it.each([
    { effect: 'noop_duplicate' },
    { effect: 'noop_stale' },
    { effect: 'verify_with_get_status' },
    { why: 'its payment is not there yet' },
  ] as const)('keeps what changed the payment when %j comes after it', async (later) => {
    expect(await written({ effect: 'mark_paid' }, later)).toEqual(['mark_paid']);
  });

  it('takes what changes the payment over what did not', async () => {
    expect(await written({}, { effect: 'noop_stale' }, { effect: 'mark_paid' })).toEqual(['mark_paid']);
  });
});
