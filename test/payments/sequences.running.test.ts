/** Every order and duplication of the gateway's notifications, and people at the same moment, on a running stack: the result is right, and one. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { midtransKey } from '../../local/gateway/own-key.ts';
import { until } from '../support/own-stack.ts';
import { fare, type PaymentsStack, paymentsStack } from '../support/payments-stack.ts';
import { seeded } from '../support/random.ts';

let stack: PaymentsStack;
beforeAll(async () => {
  stack = await paymentsStack();
}, 120_000);
afterAll(() => stack.end());

type Step = (ref: string) => Promise<unknown>;
const does =
  (what: string, body: object = {}): Step =>
  (ref) =>
    stack.gateway('POST', `transactions/${ref}/${what}`, body);
/** As by the gateway's dashboard: with the key, past us. */
const byDashboard =
  (what: string, body: object = {}): Step =>
  async (ref) => {
    const response = await fetch(`${stack.ready.midtrans}/v2/${ref}/${what}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Basic ${btoa(`${midtransKey()}:`)}` },
      body: JSON.stringify(body),
    });
    expect(((await response.json()) as { status_code: string }).status_code).toMatch(/^(200|407)$/);
  };
const refund =
  (key: string, amount: number): Step =>
  (ref) =>
    byDashboard('refund', { refund_key: `${key}-${ref}`, amount, reason: 'salah rute 🙏' })(ref);
const card = async (kind: string): Promise<object> => ({
  method: 'card',
  cardToken: (await stack.gateway('POST', 'card-tokens', { card: kind })).token_id,
});

/** The payment's status, what of it went back, the order's status, how often it was told that the money came, went back by the bank, and was charged back. */
type End = readonly [
  status: string,
  refunded: number,
  order: string,
  settled: number,
  reversed: number,
  chargedBack: number,
];
type History = {
  readonly name: string;
  readonly body: () => Promise<object> | object;
  readonly steps: readonly Step[];
  /** When the gateway tells all of it afterwards. */
  readonly after: End;
  /** When it tells each step as it happens, where that is another end. */
  readonly during?: End;
};
const histories: readonly History[] = [
  {
    name: 'a transfer, paid',
    body: () => ({ method: 'bca_va' }),
    steps: [does('pay')],
    after: ['PAID', 0, 'PAID', 1, 0, 0],
  },
  {
    name: 'a bill, paid',
    body: () => ({ method: 'mandiri_bill' }),
    steps: [does('pay')],
    after: ['PAID', 0, 'PAID', 1, 0, 0],
  },
  {
    name: 'a transfer, expired',
    body: () => ({ method: 'bni_va' }),
    steps: [does('expire')],
    after: ['EXPIRED', 0, 'FINISHED', 0, 0, 0],
  },
  {
    name: 'a transfer, cancelled by the dashboard',
    body: () => ({ method: 'bri_va' }),
    steps: [byDashboard('cancel')],
    after: ['CANCELLED', 0, 'FINISHED', 0, 0, 0],
  },
  {
    name: 'a code that failed',
    body: () => ({ method: 'qris' }),
    steps: [does('fail')],
    after: ['FAILED', 0, 'FINISHED', 0, 0, 0],
  },
  {
    name: 'a transfer, paid and reversed',
    body: () => ({ method: 'permata_va' }),
    steps: [does('pay'), does('reverse')],
    after: ['DENIED', 0, 'FINISHED', 0, 0, 0],
    during: ['REVERSED', 0, 'FINISHED', 1, 1, 0],
  },
  { name: 'a card, denied', body: () => card('deny'), steps: [does('pay')], after: ['DENIED', 0, 'FINISHED', 0, 0, 0] },
  {
    name: 'a card, captured and settled',
    body: () => card('accept'),
    steps: [does('pay'), does('settle')],
    after: ['PAID', 0, 'PAID', 1, 0, 0],
  },
  {
    name: 'a card, captured and voided',
    body: () => card('accept'),
    steps: [does('pay'), byDashboard('cancel')],
    after: ['CANCELLED', 0, 'FINISHED', 0, 0, 0],
    during: ['REVERSED', 0, 'FINISHED', 1, 1, 0],
  },
  {
    name: 'a card, reviewed, approved and settled',
    body: () => card('challenge'),
    steps: [does('pay'), byDashboard('approve'), does('settle')],
    after: ['PAID', 0, 'PAID', 1, 0, 0],
  },
  {
    name: 'a card, reviewed and refused',
    body: () => card('challenge'),
    steps: [does('pay'), byDashboard('deny')],
    after: ['DENIED', 0, 'FINISHED', 0, 0, 0],
  },
  {
    name: 'a wallet, given back in part',
    body: () => ({ method: 'gopay' }),
    steps: [does('pay'), refund('rf-1', 20_000), does('confirm-refunds')],
    after: ['PARTIALLY_REFUNDED', 20_000, 'PAID', 1, 0, 0],
  },
  {
    name: 'a code, given back in two parts, both confirmed',
    body: () => ({ method: 'qris' }),
    steps: [
      does('pay'),
      refund('rf-1', 20_000),
      does('confirm-refunds'),
      refund('rf-2', 67_000),
      does('confirm-refunds'),
    ],
    after: ['REFUNDED', fare, 'PAID', 1, 0, 0],
  },
  {
    name: 'a card, charged back in part, then whole',
    body: () => card('accept'),
    steps: [does('pay'), does('settle'), does('chargeback', { amount: 30_000 }), does('chargeback')],
    after: ['CHARGED_BACK', 0, 'PAID', 1, 0, fare],
  },
];

const random = seeded(20_261_121);
const shuffled = <T>(list: readonly T[]): readonly T[] =>
  list
    .map((value) => ({ value, place: random.below(2 ** 32) }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value);

/** What the gateway wanted to tell of a payment, in the order it happened; nothing of it was delivered. */
const untold = async (ref: string): Promise<readonly string[]> => {
  await stack.gateway('POST', 'quiet');
  return (await stack.gateway('GET', `notifications?id=${ref}`)).map(({ body }: { readonly body: string }) => body);
};

const chargedUnheard = async ({ body }: History) => {
  const trip = await stack.finishedTrip();
  await stack.fault(trip.orderId, { kind: 'lost' });
  const answer = await stack.charge(trip, await body());
  expect(answer.status).toBe(201);
  return { ...trip, ref: answer.body.ref as string };
};

/** @returns how many were sent */
const tellAll = async (bodies: readonly string[]): Promise<number> => {
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
  const told = (type: string) => lines.filter((line) => line.type === type);
  const [settled, reversed] = [told('payment.settled').length, told('payment.reversed').length];
  // The facts add up to the state, whatever way led to it.
  expect([told('order.paid').length, told('order.unpaid').length]).toEqual([settled, reversed]);
  expect(told('refund.changed').reduce((sum, { refunded }) => sum + Number(refunded), 0)).toBe(payments[0].refunded);
  const chargedBack = told('chargeback.recorded').reduce((sum, line) => sum + Number(line.chargedBack), 0);
  return [payments[0].status, payments[0].refunded, await stack.order(orderId), settled, reversed, chargedBack];
};

const heard = (orderId: string, times: number): Promise<void> =>
  until(async () => (await stack.syncLines(orderId)).filter(({ effect }) => effect !== undefined).length >= times);

describe('[PAY-5] told after all of it happened', () => {
  it.each(histories)('$name: in any order, with copies, at once or one by one, it is the same', async (history) => {
    const runs = await Promise.all(
      ['as it happened', 'backwards', 'shuffled', 'shuffled', 'one by one'].map(async (way) => {
        const trip = await chargedUnheard(history);
        for (const step of history.steps) await step(trip.ref);
        const bodies = await untold(trip.ref);
        expect(bodies).toHaveLength(history.steps.length + 1);
        const ordered =
          way === 'backwards'
            ? bodies.toReversed()
            : way === 'as it happened'
              ? bodies
              : shuffled([...bodies, ...bodies]);
        if (way === 'one by one')
          for (const [i, body] of ordered.entries()) {
            await tellAll([body]);
            await heard(trip.orderId, i + 1);
          }
        else await heard(trip.orderId, await tellAll(ordered));
        return trip;
      }),
    );
    await stack.hooks.idle();
    for (const trip of runs) expect(await endOf(trip)).toEqual(history.after);
  });
});

describe('[PAY-5] told step by step, each time with a copy of what was told before', () => {
  it.each(histories)('$name', async (history) => {
    const trip = await chargedUnheard(history);
    let sent = 0;
    for (const step of history.steps) {
      await step(trip.ref);
      const bodies = await untold(trip.ref);
      const last = bodies.at(-1) as string;
      sent += await tellAll(shuffled([last, last, ...shuffled(bodies).slice(0, 2)]));
      await heard(trip.orderId, sent);
    }
    sent += await tellAll(shuffled(await untold(trip.ref)));
    await heard(trip.orderId, sent);
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

  it('[PAY-9] refunds, checks and copies of notifications: what went back is what the gateway gave back, never more than came', async () => {
    const trip = await paid({ method: 'gopay' });
    const bodies = await untold(trip.ref);
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
    expect(await endOf(trip)).toEqual(['PARTIALLY_REFUNDED', 80_000, 'PAID', 1, 0, 0]);
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

  it('[PAY-3] the customer pays while the payment is cancelled, checked and charged otherwise: paid once, or to be paid in one way', async () => {
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
