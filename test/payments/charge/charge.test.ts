/** [PAY-1][PAY-3][PAY-12] The charge, one way to pay at a time, and its recovery. */
import { describe, expect, it } from 'vitest';
import { rupiah } from '../../../functions/kernel/rupiah.ts';
import { type Charge, cancel, charge, check } from '../../../functions/payments/commands.ts';
import type { PaymentRef } from '../../../functions/payments/payment.ts';
import { error } from '../../support/gateway.ts';
import { logLines } from '../../support/log.ts';
import { orderId, ref, rider, start } from '../../support/payments.ts';
import { type World, world } from '../../support/payments-world.ts';

logLines();
const wanted = (fields: Partial<Charge> = {}): Charge => ({
  orderId,
  riderId: rider,
  amount: rupiah(120_000),
  method: 'bca_va',
  key: 'request-1',
  fingerprint: 'body-1',
  ...fields,
});
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
    expect((await w.payment(ref)).standing.status).toBe('CANCELLED');
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

describe('[PAY-12] the recovery of a charge without an answer', () => {
  const unknown = async (w: World, fault: 'no-answer' | 'unreached', fields: Partial<Charge> = {}): Promise<void> => {
    w.gateway.fails('charge', fault);
    await charge(w.deps, wanted(fields));
    w.gateway.calls.length = 0;
  };
  const woken = (w: World, seconds: number): Promise<void> => w.wokenAfter(ref, seconds);

  it.each(['no-answer', 'unreached'] as const)(
    'repeats the call under the same key within five minutes (%s)',
    async (fault) => {
      const w = world();
      await unknown(w, fault);
      await woken(w, 5);
      expect(w.gateway.calls).toEqual([`charge ${ref}`]);
      expect([(await w.payment(ref)).standing.status, w.gateway.transactions.length]).toEqual(['PENDING', 1]);
    },
  );

  it('reads the status later, and charges again only on 404', async () => {
    const [made, lost] = [world(), world()];
    await unknown(made, 'no-answer');
    await unknown(lost, 'unreached');
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

  it('reads the status at once for Permata, which has no keys', async () => {
    const w = world();
    await unknown(w, 'no-answer', { method: 'permata_va' });
    await woken(w, 5);
    expect(w.gateway.calls).toEqual([`status ${ref}`]);
    expect((await w.payment(ref)).standing.status).toBe('PENDING');
  });

  it.each([
    [269.999, 'charge'],
    [270, 'status'],
  ])('%d s after the request sends the %s: an idempotency key lives five minutes', async (seconds, call) => {
    const w = world();
    await unknown(w, 'no-answer');
    await woken(w, seconds);
    expect(w.gateway.calls).toEqual([`${call} ${ref}`]);
  });

  it('repeats a card charge with its token', async () => {
    const w = world();
    await unknown(w, 'unreached', { method: 'card', cardToken: 'token-1' });
    await woken(w, 5);
    expect((await w.payment(ref)).standing).toMatchObject({ status: 'PAID', settled: false });
  });

  it('takes the status when the gateway answers 406', async () => {
    const w = world();
    await unknown(w, 'no-answer');
    w.gateway.fails('charge', error('406'));
    await woken(w, 5);
    expect(w.gateway.calls).toEqual([`charge ${ref}`, `status ${ref}`]);
    expect((await w.payment(ref)).standing.status).toBe('PENDING');
  });

  it('is not misled by a refusal of the repetition: the first call may have been made', async () => {
    const w = world();
    await unknown(w, 'no-answer');
    w.gateway.fails('charge', error('411', 'token used'));
    await woken(w, 5);
    expect((await w.payment(ref)).standing.status).toBe('PENDING');
  });

  it('continues with backoff while the gateway is down: 5 s, 30 s, 2 min, 10 min, …', async () => {
    const w = world();
    await unknown(w, 'unreached');
    const gaps: number[] = [];
    for (let i = 0; i < 6; i += 1) {
      const due = (await w.payment(ref)).ask?.at ?? 0;
      gaps.push((due - w.now()) / 1_000);
      w.gateway.fails('charge', 'unreached');
      w.gateway.fails('status', 'unreached');
      await woken(w, (due - w.now()) / 1_000);
    }
    expect(gaps).toEqual([5, 30, 120, 600, 3_600, 21_600]);
    expect((await w.payment(ref)).standing.status).toBe('UNKNOWN');
  });

  it('an answer kept for the repetition is as old as the first call: it never revives what was cancelled meanwhile', async () => {
    const w = world();
    await unknown(w, 'no-answer', { method: 'card', cardToken: 'token-1' });
    const body = w.gateway.moves(ref, 'cancel');
    w.pass(2);
    await w.notified(body, 'm');
    expect((await w.payment(ref)).standing.status).toBe('CANCELLED');
    await woken(w, 5);
    expect((await w.payment(ref)).standing.status).toBe('CANCELLED');
  });
});

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
