/** [PAY-8] What cannot be cancelled or read, and what the gateway is asked then. */
import { describe, expect, it } from 'vitest';
import { cancel, charge, check } from '../../../functions/payments/commands.ts';
import { error } from '../../support/gateway.ts';
import { logLines } from '../../support/log.ts';
import { ref, start, wanted } from '../../support/payments.ts';
import { world } from '../../support/payments-world.ts';

logLines();
const codeOf = ({ decision }: Awaited<ReturnType<typeof cancel>>): string =>
  decision.outcome === 'refused' ? decision.refusal.code : decision.outcome;

describe('a cancel', () => {
  it('of a payment that is not there is refused', async () => {
    const w = world();
    expect([codeOf(await cancel(w.deps, ref)), w.gateway.calls]).toEqual(['PAYMENT_NOT_FOUND', []]);
  });

  it('of a charge whose outcome is not known is refused, and the gateway is not called', async () => {
    const w = world();
    w.gateway.fails('charge', 'no-answer');
    await charge(w.deps, wanted());
    expect([codeOf(await cancel(w.deps, ref)), w.gateway.calls]).toEqual(['PAYMENT_IN_PROGRESS', [`charge ${ref}`]]);
  });

  it('of a charge that is being made is refused, and the gateway is not called', async () => {
    const w = world();
    const codes: string[] = [];
    w.gateway.during(async (call, when) => {
      if (call === 'charge' && when === 'before') codes.push(codeOf(await cancel(w.deps, ref)));
    });
    await charge(w.deps, wanted());
    expect([codes, w.gateway.calls]).toEqual([['PAYMENT_IN_PROGRESS'], [`charge ${ref}`]]);
  });

  it('of settled money is refused, and the gateway is not called', async () => {
    const w = world();
    await charge(w.deps, wanted());
    await w.notified(w.gateway.moves(ref, 'settlement'));
    const before = w.gateway.calls.length;
    expect([codeOf(await cancel(w.deps, ref)), w.gateway.calls.length]).toEqual(['ALREADY_PAID', before]);
  });

  it('of a card that was voided is over, and the gateway is called once', async () => {
    const w = world();
    await charge(w.deps, wanted({ method: 'card', cardToken: 'token-1' }));
    w.pass(1);
    expect((await cancel(w.deps, ref)).decision).toMatchObject({ outcome: 'happened', at: start + 1_000, facts: [] });
    expect((await cancel(w.deps, ref)).decision).toEqual({ outcome: 'nothing', reason: 'already-over' });
    expect(w.gateway.calls.filter((call) => call.startsWith('cancel'))).toHaveLength(1);
  });

  it('that the gateway does not do is refused, and so is another way to pay', async () => {
    const w = world();
    await charge(w.deps, wanted());
    const refuses = (): void => {
      w.gateway.fails('cancel', error('412'));
      w.gateway.fails('expire', error('412'));
    };
    refuses();
    expect(codeOf(await cancel(w.deps, ref))).toBe('PAYMENT_NOT_CANCELLED');
    refuses();
    expect(await charge(w.deps, wanted({ key: 'request-2' }))).toMatchObject({
      outcome: 'refused',
      refusal: { code: 'PAYMENT_NOT_CANCELLED' },
    });
    expect((await w.payment(ref)).standing.status).toBe('PENDING');
  });

  it('[ORD-7] that the gateway does not do while the customer can still pay becomes an expiry', async () => {
    const w = world();
    await charge(w.deps, wanted());
    w.gateway.fails('cancel', error('412'));
    expect(codeOf(await cancel(w.deps, ref))).toBe('happened');
    expect(w.gateway.calls).toEqual([`charge ${ref}`, `cancel ${ref}`, `status ${ref}`, `expire ${ref}`]);
    expect((await w.payment(ref)).standing.status).toBe('EXPIRED');
  });

  it('that the gateway does not do, with a status it does not answer, is tried again later', async () => {
    const w = world();
    await charge(w.deps, wanted());
    w.gateway.fails('cancel', error('412'));
    w.gateway.fails('status', 'unreached');
    await expect(cancel(w.deps, ref)).rejects.toThrow('the gateway did not answer: time-out');
  });
});

describe('a check', () => {
  it('finds that the gateway does not know the payment', async () => {
    const w = world();
    w.gateway.fails('charge', 'unreached');
    await charge(w.deps, wanted());
    expect(await check(w.deps, ref)).toBe('not-found');
  });

  it.each([
    ['unreached', 'time-out'],
    [error('402'), 'refused'],
  ] as const)('that is not answered with a status fails with why', async (fault, why) => {
    const w = world();
    await charge(w.deps, wanted());
    w.gateway.fails('status', fault);
    await expect(check(w.deps, ref)).rejects.toThrow(new RegExp(`^the gateway did not answer: ${why}$`));
  });
});
