/** [PAY-8][PAY-9] Cancels, and the check that finds one whose answer was lost. */
import { describe, expect, it } from 'vitest';
import { cancel, charge, check } from '../../../functions/payments/commands.ts';
import { logLines } from '../../support/log.ts';
import { ref, wanted } from '../../support/payments.ts';
import { world } from '../../support/payments-world.ts';

logLines();

describe('a cancel', () => {
  it('ends a waiting payment, once', async () => {
    const w = world();
    await charge(w.deps, wanted());
    expect((await cancel(w.deps, ref)).decision.outcome).toBe('happened');
    expect((await cancel(w.deps, ref)).decision.outcome).toBe('nothing');
    expect(w.gateway.calls.filter((call) => call.startsWith('cancel'))).toHaveLength(1);
  });

  it('[PAY-9] voids a captured card: the money is reversed', async () => {
    const w = world();
    await charge(w.deps, wanted({ method: 'card', cardToken: 'token-1' }));
    expect((await w.payment(ref)).standing.status).toBe('PAID');
    w.pass(1);
    expect((await cancel(w.deps, ref)).state?.standing.status).toBe('REVERSED');
  });

  it('that lost against the customer is refused, and the money counts', async () => {
    const w = world();
    await charge(w.deps, wanted());
    w.gateway.moves(ref, 'settlement');
    expect((await cancel(w.deps, ref)).decision).toMatchObject({
      outcome: 'refused',
      refusal: { code: 'ALREADY_PAID' },
    });
    expect((await w.payment(ref)).standing.status).toBe('PAID');
  });

  it('whose answer was lost is found by the next read', async () => {
    const w = world();
    await charge(w.deps, wanted());
    w.gateway.fails('cancel', 'no-answer');
    await expect(cancel(w.deps, ref)).rejects.toThrow('the gateway did not answer');
    expect((await w.payment(ref)).standing.status).toBe('PENDING');
    expect(await check(w.deps, ref)).toBe('applied');
    expect((await w.payment(ref)).standing.status).toBe('CANCELLED');
  });
});
