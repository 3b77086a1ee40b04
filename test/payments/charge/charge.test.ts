/** [PAY-1][PAY-3] The charge, one way to pay at a time. */
import { describe, expect, it } from 'vitest';
import { cancel, charge } from '../../../functions/payments/commands.ts';
import type { PaymentRef } from '../../../functions/payments/payment.ts';
import { error } from '../../support/gateway.ts';
import { logLines } from '../../support/log.ts';
import { orderId, ref, start, wanted } from '../../support/payments.ts';
import { type World, world } from '../../support/payments-world.ts';

logLines();
const made = (w: World): readonly string[] => w.gateway.calls.filter((call) => call.startsWith('charge'));
const second = `${orderId}-${Math.floor(start / 1_000) + 1}` as PaymentRef;

describe('a charge', () => {
  it('[PAY-1] is written before the gateway is called, and its answer after: two writes', async () => {
    const writes: string[] = [];
    const w = world();
    w.gateway.during(async (call, when) => {
      if (call === 'charge' && when === 'before') writes.push((await w.payment(ref)).standing.status);
    });
    const charged = await charge(w.deps, wanted());
    expect(writes).toEqual(['INTENDED']);
    expect(charged).toMatchObject({
      outcome: 'charged',
      version: 2,
      payment: { ref, standing: { status: 'PENDING', transactionId: 'tx-1' } },
    });
  });

  it('[PAY-3] has a gateway order id of 31 characters', async () => {
    const w = world();
    await charge(w.deps, wanted());
    expect([ref.length, w.gateway.transactions[0]?.ref]).toEqual([31, ref]);
  });

  it('[PAY-1] repeated with the same key answers the same payment and charges once', async () => {
    const w = world();
    await charge(w.deps, wanted());
    w.pass(10);
    expect(await charge(w.deps, wanted())).toMatchObject({ outcome: 'repeated', payment: { ref } });
    expect(made(w)).toHaveLength(1);
  });

  it('with a key that was used for another body is refused', async () => {
    const w = world();
    await charge(w.deps, wanted());
    expect(await charge(w.deps, wanted({ fingerprint: 'body-2' }))).toEqual({ outcome: 'key-reused' });
  });

  it('[PAY-1] requested twice at the same moment is made once', async () => {
    for (const key of ['request-1', 'request-2', undefined]) {
      const w = world();
      const both = await Promise.all([charge(w.deps, wanted()), charge(w.deps, wanted({ key }))]);
      expect(w.gateway.transactions).toHaveLength(1);
      const codes = both.map((one) => (one.outcome === 'refused' ? one.refusal.code : one.outcome)).sort();
      expect(codes).toEqual(key === 'request-1' ? ['charged', 'repeated'] : ['PAYMENT_IN_PROGRESS', 'charged']);
    }
  });

  it('[PAY-4] applies what came before its answer', async () => {
    const w = world();
    w.gateway.during(async (call, when) => {
      if (call !== 'charge' || when === 'before') return;
      w.gateway.during(async () => undefined);
      await w.notified(w.gateway.moves(ref, 'settlement'), 'early');
    });
    expect(await charge(w.deps, wanted())).toMatchObject({ payment: { standing: { status: 'PAID' } } });
  });

  it('[PAY-5] is as old as its request: what came during the call is not undone by its answer', async () => {
    const w = world();
    w.gateway.during(async (call, when) => {
      if (call !== 'charge' || when === 'before') return;
      w.gateway.during(async () => undefined);
      w.pass(2);
      await w.notified(w.gateway.moves(ref, 'cancel'), 'cancelled');
    });
    await charge(w.deps, wanted({ method: 'card', cardToken: 'token-1' }));
    expect((await w.payment(ref)).standing.status).toBe('REVERSED');
  });

  it('refused by the gateway is FAILED and can be followed by another', async () => {
    const w = world();
    w.gateway.fails('charge', error('402', 'not activated'));
    expect(await charge(w.deps, wanted())).toMatchObject({
      payment: { standing: { status: 'FAILED', reason: 'gateway-402' } },
    });
    expect(await charge(w.deps, wanted({ key: 'request-2' }))).toMatchObject({
      outcome: 'charged',
      payment: { ref: second },
    });
  });

  it.each(['no-answer', 'unreached'] as const)(
    '[PAY-8] without an answer (%s) is UNKNOWN, never failed, with a deadline in 5 s',
    async (fault) => {
      const w = world();
      w.gateway.fails('charge', fault);
      expect(await charge(w.deps, wanted())).toMatchObject({
        payment: { standing: { status: 'UNKNOWN', reason: 'time-out' }, ask: { at: start + 5_000 } },
      });
    },
  );
});

describe('another way to pay', () => {
  it('[PAY-3] cancels the one before at the gateway first', async () => {
    const w = world();
    await charge(w.deps, wanted());
    expect(await charge(w.deps, wanted({ key: 'request-2', method: 'qris' }))).toMatchObject({
      outcome: 'charged',
      payment: { ref: second, method: 'qris' },
    });
    expect((await w.payment(ref)).standing.status).toBe('CANCELLED');
    expect(w.gateway.transactions.map(({ status }) => status)).toEqual(['cancel', 'pending']);
  });

  it('is refused when the customer paid the one before at that moment: the cancel lost', async () => {
    const w = world();
    await charge(w.deps, wanted());
    w.gateway.moves(ref, 'settlement');
    expect(await charge(w.deps, wanted({ key: 'request-2' }))).toMatchObject({
      outcome: 'refused',
      refusal: { code: 'ALREADY_PAID' },
    });
    expect((await w.payment(ref)).standing.status).toBe('PAID');
    expect(w.gateway.transactions).toHaveLength(1);
  });

  it('is refused when the money of an expired one came after another was made, and that one is over, too', async () => {
    const w = world();
    await charge(w.deps, wanted());
    await w.notified(w.gateway.moves(ref, 'expire'), 'expired');
    await charge(w.deps, wanted({ key: 'request-2' }));
    w.pass(1);
    await w.notified(w.gateway.moves(ref, 'settlement'), 'late');
    expect((await w.payment(ref)).standing.status).toBe('PAID');
    await cancel(w.deps, second);
    expect(await charge(w.deps, wanted({ key: 'request-3' }))).toMatchObject({
      outcome: 'refused',
      refusal: { code: 'ALREADY_PAID' },
    });
    expect(w.gateway.transactions).toHaveLength(2);
  });

  it('waits while the outcome of the one before is not known', async () => {
    const w = world();
    w.gateway.fails('charge', 'no-answer');
    await charge(w.deps, wanted());
    expect(await charge(w.deps, wanted({ key: 'request-2' }))).toMatchObject({
      refusal: { code: 'PAYMENT_IN_PROGRESS' },
    });
    expect(w.gateway.transactions).toHaveLength(1);
  });

  it('is not made when the gateway does not answer the cancel: later', async () => {
    const w = world();
    await charge(w.deps, wanted());
    w.gateway.fails('cancel', 'no-answer');
    await expect(charge(w.deps, wanted({ key: 'request-2' }))).rejects.toThrow('the gateway did not answer');
    expect(await charge(w.deps, wanted({ key: 'request-2' }))).toMatchObject({ outcome: 'charged' });
    expect(w.gateway.transactions.map(({ status }) => status)).toEqual(['cancel', 'pending']);
  });
});
