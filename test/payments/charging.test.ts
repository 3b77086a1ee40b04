/** [PAY-1][PAY-3][PAY-12] The charge, one way to pay at a time, and its recovery. */
import { describe, expect, it } from 'vitest';
import { rupiah } from '../../functions/kernel/rupiah.ts';
import { type Charge, cancel, charge, check } from '../../functions/payments/commands.ts';
import { paymentDeadline } from '../../functions/payments/deadlines/payment-deadline.ts';
import { join } from '../../functions/payments/notifications/join-notification.ts';
import type { PaymentRef } from '../../functions/payments/payment.ts';
import { logLines } from '../support/log.ts';
import { orderId, ref, rider, start } from '../support/payments.ts';
import { type World, world } from '../support/payments-world.ts';

logLines();
const wanted = (wishes: Partial<Charge> = {}): Charge => ({
  orderId,
  riderId: rider,
  amount: rupiah(120_000),
  method: 'bca_va',
  key: 'request-1',
  fingerprint: 'body-1',
  ...wishes,
});
const deps = (w: World) => ({ ...w.deps, paymentsOf: w.paymentsOf, merchantId: 'G700000001' });
const made = (w: World): readonly string[] => w.gateway.calls.filter((call) => call.startsWith('charge'));
const second = `${orderId}-${Math.floor(start / 1_000) + 1}` as PaymentRef;

describe('a charge', () => {
  it('[PAY-1] is written before the gateway is called, and its answer after: two writes', async () => {
    const writes: string[] = [];
    const w = world();
    w.gateway.during(async (call, when) => {
      if (call === 'charge' && when === 'before') writes.push((await w.payment(ref)).standing.status);
    });
    const charged = await charge(deps(w), wanted());
    expect(writes).toEqual(['INTENDED']);
    expect(charged).toMatchObject({
      outcome: 'charged',
      version: 2,
      payment: { ref, standing: { status: 'PENDING', transactionId: 'tx-1' } },
    });
  });

  it('[PAY-3] has a gateway order id of 31 characters', async () => {
    const w = world();
    await charge(deps(w), wanted());
    expect([ref.length, w.gateway.transactions[0]?.ref]).toEqual([31, ref]);
  });

  it('[PAY-1] repeated with the same key answers the same payment and charges once', async () => {
    const w = world();
    await charge(deps(w), wanted());
    w.pass(10);
    expect(await charge(deps(w), wanted())).toMatchObject({ outcome: 'repeated', payment: { ref } });
    expect(made(w)).toHaveLength(1);
  });

  it('with a key that was used for another body is refused', async () => {
    const w = world();
    await charge(deps(w), wanted());
    expect(await charge(deps(w), wanted({ fingerprint: 'body-2' }))).toEqual({ outcome: 'key-reused' });
  });

  it('[PAY-1] asked for twice at the same moment is made once', async () => {
    for (const key of ['request-1', 'request-2', undefined]) {
      const w = world();
      const both = await Promise.all([charge(deps(w), wanted()), charge(deps(w), wanted({ key }))]);
      expect(w.gateway.transactions).toHaveLength(1);
      const codes = both.map((one) => (one.outcome === 'refused' ? one.refusal.code : one.outcome)).sort();
      expect(codes).toEqual(key === 'request-1' ? ['charged', 'repeated'] : ['PAYMENT_IN_PROGRESS', 'charged']);
    }
  });

  it('[PAY-4] takes in what came before its answer', async () => {
    const w = world();
    w.gateway.during(async (call, when) => {
      if (call !== 'charge' || when === 'before') return;
      w.gateway.during(async () => undefined);
      await join(w.deps, { ref, body: w.gateway.moves(ref, 'settlement'), receivedAt: w.now(), id: 'early' });
    });
    expect(await charge(deps(w), wanted())).toMatchObject({ payment: { standing: { status: 'PAID' } } });
  });

  it('refused by the gateway is FAILED and can be followed by another', async () => {
    const w = world();
    w.gateway.fails('charge', { outcome: 'refused', code: '402', message: 'not activated' });
    expect(await charge(deps(w), wanted())).toMatchObject({
      payment: { standing: { status: 'FAILED', reason: 'gateway-402' } },
    });
    expect(await charge(deps(w), wanted({ key: 'request-2' }))).toMatchObject({
      outcome: 'charged',
      payment: { ref: second },
    });
  });

  it.each(['silent', 'deaf'] as const)(
    '[PAY-8] without an answer (%s) is UNKNOWN, never failed, with a deadline in 5 s',
    async (fault) => {
      const w = world();
      w.gateway.fails('charge', fault);
      expect(await charge(deps(w), wanted())).toMatchObject({
        payment: { standing: { status: 'UNKNOWN', reason: 'time-out' }, ask: { at: start + 5_000 } },
      });
    },
  );
});

describe('another way to pay', () => {
  it('[PAY-3] cancels the one before at the gateway first', async () => {
    const w = world();
    await charge(deps(w), wanted());
    expect(await charge(deps(w), wanted({ key: 'request-2', method: 'qris' }))).toMatchObject({
      outcome: 'charged',
      payment: { ref: second, method: 'qris' },
    });
    expect((await w.payment(ref)).standing.status).toBe('CANCELLED');
    expect(w.gateway.transactions.map(({ status }) => status)).toEqual(['cancel', 'pending']);
  });

  it('is refused when the customer paid the one before at that moment: the cancel lost', async () => {
    const w = world();
    await charge(deps(w), wanted());
    w.gateway.moves(ref, 'settlement');
    expect(await charge(deps(w), wanted({ key: 'request-2' }))).toMatchObject({
      outcome: 'refused',
      refusal: { code: 'ALREADY_PAID' },
    });
    expect((await w.payment(ref)).standing.status).toBe('PAID');
    expect(w.gateway.transactions).toHaveLength(1);
  });

  it('is refused when the money of an expired one came after another was made, and that one is over, too', async () => {
    const w = world();
    await charge(deps(w), wanted());
    await join(w.deps, { ref, body: w.gateway.moves(ref, 'expire'), receivedAt: w.now(), id: 'expired' });
    await charge(deps(w), wanted({ key: 'request-2' }));
    w.pass(1);
    await join(w.deps, { ref, body: w.gateway.moves(ref, 'settlement'), receivedAt: w.now(), id: 'late' });
    expect((await w.payment(ref)).standing.status).toBe('PAID');
    await cancel(deps(w), second);
    expect(await charge(deps(w), wanted({ key: 'request-3' }))).toMatchObject({
      outcome: 'refused',
      refusal: { code: 'ALREADY_PAID' },
    });
    expect(w.gateway.transactions).toHaveLength(2);
  });

  it('waits while the outcome of the one before is not known', async () => {
    const w = world();
    w.gateway.fails('charge', 'silent');
    await charge(deps(w), wanted());
    expect(await charge(deps(w), wanted({ key: 'request-2' }))).toMatchObject({
      refusal: { code: 'PAYMENT_IN_PROGRESS' },
    });
    expect(w.gateway.transactions).toHaveLength(1);
  });

  it('is not made when the gateway does not answer the cancel: later', async () => {
    const w = world();
    await charge(deps(w), wanted());
    w.gateway.fails('cancel', 'silent');
    await expect(charge(deps(w), wanted({ key: 'request-2' }))).rejects.toThrow('the gateway did not answer');
    expect(await charge(deps(w), wanted({ key: 'request-2' }))).toMatchObject({ outcome: 'charged' });
    expect(w.gateway.transactions.map(({ status }) => status)).toEqual(['cancel', 'pending']);
  });
});

describe('[PAY-12] the recovery of a charge without an answer', () => {
  const unknown = async (w: World, fault: 'silent' | 'deaf', wishes: Partial<Charge> = {}): Promise<void> => {
    w.gateway.fails('charge', fault);
    await charge(deps(w), wanted(wishes));
    w.gateway.calls.length = 0;
  };
  const woken = async (w: World, seconds: number): Promise<void> => {
    w.pass(seconds);
    await paymentDeadline(deps(w), ref, w.now());
  };

  it.each(['silent', 'deaf'] as const)(
    'repeats the call under the same key within five minutes (%s)',
    async (fault) => {
      const w = world();
      await unknown(w, fault);
      await woken(w, 5);
      expect(w.gateway.calls).toEqual([`charge ${ref}`]);
      expect([(await w.payment(ref)).standing.status, w.gateway.transactions.length]).toEqual(['PENDING', 1]);
    },
  );

  it('asks for the status later, and charges again only on 404', async () => {
    const [made, lost] = [world(), world()];
    await unknown(made, 'silent');
    await unknown(lost, 'deaf');
    await woken(made, 400);
    await woken(lost, 400);
    expect(made.gateway.calls).toEqual([`status ${ref}`]);
    expect(lost.gateway.calls).toEqual([`status ${ref}`, `charge ${ref}`]);
    expect([made.gateway.transactions.length, lost.gateway.transactions.length]).toEqual([1, 1]);
    expect([(await made.payment(ref)).standing.status, (await lost.payment(ref)).standing.status]).toEqual([
      'PENDING',
      'PENDING',
    ]);
  });

  it('asks for the status at once for Permata, which has no keys', async () => {
    const w = world();
    await unknown(w, 'silent', { method: 'permata_va' });
    await woken(w, 5);
    expect(w.gateway.calls).toEqual([`status ${ref}`]);
    expect((await w.payment(ref)).standing.status).toBe('PENDING');
  });

  it('takes the status when the gateway answers 406', async () => {
    const w = world();
    await unknown(w, 'silent');
    w.gateway.fails('charge', { outcome: 'conflict' });
    await woken(w, 5);
    expect(w.gateway.calls).toEqual([`charge ${ref}`, `status ${ref}`]);
    expect((await w.payment(ref)).standing.status).toBe('PENDING');
  });

  it('is not misled by a refusal of the repetition: the first call may have been made', async () => {
    const w = world();
    await unknown(w, 'silent');
    w.gateway.fails('charge', { outcome: 'refused', code: '411', message: 'token used' });
    await woken(w, 5);
    expect((await w.payment(ref)).standing.status).toBe('PENDING');
  });

  it('goes on with backoff while the gateway is down: 5 s, 30 s, 2 min, 10 min, …', async () => {
    const w = world();
    await unknown(w, 'deaf');
    const gaps: number[] = [];
    for (let i = 0; i < 6; i += 1) {
      const due = (await w.payment(ref)).ask?.at ?? 0;
      gaps.push((due - w.now()) / 1_000);
      w.gateway.fails('charge', 'deaf');
      w.gateway.fails('status', 'deaf');
      await woken(w, (due - w.now()) / 1_000);
    }
    expect(gaps).toEqual([5, 30, 120, 600, 3_600, 21_600]);
    expect((await w.payment(ref)).standing.status).toBe('UNKNOWN');
  });

  it('an answer kept for the repetition is as old as the first call: it never revives what was cancelled meanwhile', async () => {
    const w = world();
    await unknown(w, 'silent', { method: 'card', cardToken: 'token-1' });
    const body = w.gateway.moves(ref, 'cancel');
    w.pass(2);
    await join(w.deps, { ref, body, receivedAt: w.now(), id: 'm' });
    expect((await w.payment(ref)).standing.status).toBe('CANCELLED');
    await woken(w, 5);
    expect((await w.payment(ref)).standing.status).toBe('CANCELLED');
  });
});

describe('a cancel', () => {
  it('ends a waiting payment, once', async () => {
    const w = world();
    await charge(deps(w), wanted());
    expect((await cancel(w.deps, ref)).decision.outcome).toBe('happened');
    expect((await cancel(w.deps, ref)).decision.outcome).toBe('nothing');
    expect(w.gateway.calls.filter((call) => call.startsWith('cancel'))).toHaveLength(1);
  });

  it('[PAY-9] voids a captured card: the money is reversed', async () => {
    const w = world();
    await charge(deps(w), wanted({ method: 'card', cardToken: 'token-1' }));
    expect((await w.payment(ref)).standing.status).toBe('PAID');
    w.pass(1);
    expect((await cancel(w.deps, ref)).state?.standing.status).toBe('REVERSED');
  });

  it('that lost against the customer is refused, and the money counts', async () => {
    const w = world();
    await charge(deps(w), wanted());
    w.gateway.moves(ref, 'settlement');
    expect((await cancel(w.deps, ref)).decision).toMatchObject({
      outcome: 'refused',
      refusal: { code: 'ALREADY_PAID' },
    });
    expect((await w.payment(ref)).standing.status).toBe('PAID');
  });

  it('whose answer was lost is found out by the next question', async () => {
    const w = world();
    await charge(deps(w), wanted());
    w.gateway.fails('cancel', 'silent');
    await expect(cancel(w.deps, ref)).rejects.toThrow('the gateway did not answer');
    expect((await w.payment(ref)).standing.status).toBe('PENDING');
    expect(await check(w.deps, ref)).toBe('heard');
    expect((await w.payment(ref)).standing.status).toBe('CANCELLED');
  });
});
