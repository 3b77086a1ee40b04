/** Notifications in every order and twice, and people at the same moment, on a running stack: one right result. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/own-stack.ts';
import { type End, type History, historiesOn } from '../support/payment-histories.ts';
import { type PaymentsStack, paymentsStack } from '../support/payments-stack.ts';
import { seeded } from '../support/random.ts';

let stack: PaymentsStack;
beforeAll(async () => {
  stack = await paymentsStack();
}, 120_000);
afterAll(() => stack.end());

const histories = historiesOn(() => stack);

const random = seeded(20_261_121);
const shuffled = <T>(list: readonly T[]): readonly T[] =>
  list
    .map((value) => ({ value, place: random.below(2 ** 32) }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value);

/** The notifications of a payment, in the order they happened; none was delivered. */
const undelivered = async (ref: string): Promise<readonly string[]> => {
  await stack.gateway('POST', 'quiet');
  return (await stack.gateway('GET', `notifications?id=${ref}`)).map(({ body }: { readonly body: string }) => body);
};

const chargedUnreported = async ({ body }: History) => {
  const trip = await stack.finishedTrip();
  await stack.fault(trip.orderId, { kind: 'lost' });
  const answer = await stack.charge(trip, await body());
  expect(answer.status).toBe(201);
  return { ...trip, ref: answer.body.ref as string };
};

/** @returns how many were sent */
const sendAll = async (bodies: readonly string[]): Promise<number> => {
  const answers = await Promise.all(bodies.map((body) => stack.post(body)));
  expect(answers.map(({ status }) => status)).toEqual(bodies.map(() => 200));
  return bodies.length;
};

const endOf = async ({ orderId }: { readonly orderId: string }): Promise<End> => {
  const payments = await stack.payments(orderId);
  expect(payments).toHaveLength(1);
  const { lines } = (await stack.by('operator', 'op', 'GET', `/orders/${orderId}/story`)).body as {
    lines: Record<string, unknown>[];
  };
  const ofType = (type: string) => lines.filter((line) => line.type === type);
  const [settled, reversed] = [ofType('payment.settled').length, ofType('payment.reversed').length];
  // The facts add up to the state, whatever way led to it.
  const isPaid = (await stack.order(orderId)) === 'PAID';
  expect(ofType('order.paid').length - ofType('order.unpaid').length).toBe(isPaid ? 1 : 0);
  expect(ofType('refund.changed').reduce((sum, { refunded }) => sum + Number(refunded), 0)).toBe(payments[0].refunded);
  const chargedBack = ofType('chargeback.recorded').reduce((sum, line) => sum + Number(line.chargedBack), 0);
  return [payments[0].status, payments[0].refunded, await stack.order(orderId), settled, reversed, chargedBack];
};

const decided = (orderId: string, times: number): Promise<void> =>
  until(async () => (await stack.syncLines(orderId)).filter(({ effect }) => effect !== undefined).length >= times);

describe('[PAY-5] notifications sent after all of it happened', () => {
  it.each(histories)('$name: in any order, with copies, at once or one by one, it is the same', async (history) => {
    const runs = await Promise.all(
      ['as it happened', 'backwards', 'shuffled', 'shuffled', 'one by one'].map(async (way) => {
        const trip = await chargedUnreported(history);
        for (const step of history.steps) await step(trip.ref);
        const bodies = await undelivered(trip.ref);
        expect(bodies).toHaveLength(history.steps.length + 1);
        const ordered =
          way === 'backwards'
            ? bodies.toReversed()
            : way === 'as it happened'
              ? bodies
              : shuffled([...bodies, ...bodies]);
        if (way === 'one by one')
          for (const [i, body] of ordered.entries()) {
            await sendAll([body]);
            await decided(trip.orderId, i + 1);
          }
        else await decided(trip.orderId, await sendAll(ordered));
        return trip;
      }),
    );
    await stack.hooks.idle();
    for (const trip of runs) expect(await endOf(trip)).toEqual(history.after);
  });
});

describe('[PAY-5] told step by step, each time with a copy of what was told before', () => {
  it.each(histories)('$name', async (history) => {
    const trip = await chargedUnreported(history);
    let sent = 0;
    for (const step of history.steps) {
      await step(trip.ref);
      const bodies = await undelivered(trip.ref);
      const last = bodies.at(-1) as string;
      sent += await sendAll(shuffled([last, last, ...shuffled(bodies).slice(0, 2)]));
      await decided(trip.orderId, sent);
    }
    sent += await sendAll(shuffled(await undelivered(trip.ref)));
    await decided(trip.orderId, sent);
    await stack.hooks.idle();
    expect(await endOf(trip)).toEqual(history.during ?? history.after);
  });
});

describe('people at the same moment', () => {
  const paid = async (body: object) => {
    const trip = await stack.charged(body);
    await stack.gateway('POST', `transactions/${trip.ref}/pay`);
    await until(async () => (await stack.order(trip.orderId)) === 'PAID');
    return trip;
  };

  it('[PAY-9] refunds, checks and copies of notifications: what went back is what the gateway gave back', async () => {
    const trip = await paid({ method: 'gopay' });
    const bodies = await undelivered(trip.ref);
    const asked = (key: string, amount: number) =>
      stack.as(
        'operator',
        'op',
        'POST',
        `/payments/${trip.ref}/refund`,
        { amount, reason: 'putar balik' },
        { 'idempotency-key': key },
      );
    const check = () => stack.by('operator', 'op', 'POST', `/payments/${trip.ref}/check`);
    await Promise.all([
      ...['a', 'a', 'a', 'b', 'c', 'd'].map((key) => asked(key, 40_000)),
      ...bodies.map((body) => stack.post(body)),
      check(),
      check(),
    ]);
    await stack.gateway('POST', `transactions/${trip.ref}/confirm-refunds`);
    await until(async () => {
      const { refunds } = (await stack.payments(trip.orderId))[0];
      return (
        refunds.length > 0 &&
        refunds.every(({ status }: { readonly status: string }) => status === 'CONFIRMED' || status === 'DENIED')
      );
    });
    await stack.hooks.idle();
    const [payment] = await stack.payments(trip.orderId);
    const { state } = await stack.gateway('GET', `transactions/${trip.ref}`);
    const given = state.refunds.reduce((sum: number, one: { readonly amount: number }) => sum + one.amount, 0);
    expect([payment.refunded, given, payment.status]).toEqual([80_000, 80_000, 'PARTIALLY_REFUNDED']);
    expect(await endOf(trip)).toEqual(['PARTIALLY_REFUNDED', 80_000, 'FINISHED', 1, 0, 0]);
  });

  it('[PAY-1] one key with five bodies: one of them is charged', async () => {
    const trip = await stack.finishedTrip();
    const methods = ['bca_va', 'bni_va', 'bri_va', 'cimb_va', 'qris'];
    const answers = await Promise.all(methods.map((method) => stack.charge(trip, { method }, 'one-key')));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(await stack.ledger(trip.orderId)).toHaveLength(1);
    const again = await Promise.all(methods.map((method) => stack.charge(trip, { method }, 'one-key')));
    expect(again.map(({ status }) => status).sort()).toEqual([200, 422, 422, 422, 422]);
  });

  it('[PAY-3] the customer pays while it is cancelled, checked, charged: paid once, or payable one way', async () => {
    const played = await Promise.all(
      Array.from({ length: 8 }, async (_, i) => {
        const trip = await stack.charged();
        const things = [
          () => stack.by('rider', trip.rider, 'POST', `/payments/${trip.ref}/cancel`),
          () => stack.by('rider', trip.rider, 'POST', `/payments/${trip.ref}/check`),
          () => stack.charge(trip, { method: 'qris' }),
          () => stack.gateway('POST', `transactions/${trip.ref}/pay`).catch(() => 'too late'),
        ];
        await Promise.all([...things.slice(i % 4), ...things.slice(0, i % 4)].map((thing) => thing()));
        return trip;
      }),
    );
    await stack.gateway('POST', 'quiet');
    await stack.hooks.idle();
    for (const { orderId } of played) {
      const states = (await stack.ledger(orderId)).map(({ state }) => state.status);
      const [money, open] = [
        states.filter((one) => one === 'settlement').length,
        states.filter((one) => one === 'pending').length,
      ];
      expect(money + open).toBeLessThanOrEqual(1);
      expect(await stack.order(orderId)).toBe(money === 1 ? 'PAID' : 'FINISHED');
      const known = (await stack.payments(orderId)).map(({ status }: { readonly status: string }) => status);
      expect(known.filter((one: string) => one === 'PAID')).toHaveLength(money);
      expect(known.filter((one: string) => one === 'PENDING')).toHaveLength(open);
    }
  });
});
