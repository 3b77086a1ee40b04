/** What people do to a trip and its money in the wrong order, on a running stack. */
// biome-ignore-all lint/style/noExcessiveLinesPerFile: one stack, read as a whole
import { randomUUID } from 'node:crypto';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/own-stack.ts';
import { fare, type PaymentsStack, paymentsStack } from '../support/payments-stack.ts';

const fees = { BB: 15_000, GB: 100_000 };
const quote = 1_000_000;
let stack: PaymentsStack;
beforeAll(async () => {
  stack = await paymentsStack({ CANCELLATION_FEE: JSON.stringify(fees), CANCELLATION_GRACE_SECONDS: '0' });
}, 120_000);
afterAll(() => stack.end());

type Trip = { readonly orderId: string; readonly rider: string; readonly driver: string };
let count = 0;
const accepted = async (more: object = {}): Promise<Trip> => {
  count += 1;
  const [rider, driver] = [`trip-rider-${count}`, `trip-driver-${count}`];
  const { body } = await stack.by('rider', rider, 'POST', '/rides', {
    serviceLine: 'BB',
    pickup: { lat: -6.1767, lng: 106.8306 },
    destination: { lat: -6.1256, lng: 106.6559 },
    candidates: [driver],
    ...more,
  });
  expect((await stack.by('driver', driver, 'POST', `/rides/${body.rideId}/accept`)).status).toBe(200);
  return { orderId: body.rideId, rider, driver };
};
const byDriver = ({ driver }: Trip, path: string, body?: object) => stack.by('driver', driver, 'POST', path, body);
const pickUp = (trip: Trip) => byDriver(trip, `/rides/${trip.orderId}/pick-up`);
const finish = (trip: Trip, body: object = { fare }) => byDriver(trip, `/orders/${trip.orderId}/finish`, body);
const cancel = ({ rider, orderId }: Trip) => stack.by('rider', rider, 'POST', `/rides/${orderId}/cancel`);
const orderOf = async ({ orderId }: Trip) => (await stack.by('operator', 'op', 'GET', `/orders/${orderId}`)).body;
const orderIs = (trip: Trip, expected: object) =>
  until(async () => {
    const order = await orderOf(trip);
    return Object.entries(expected).every(([name, value]) => order[name] === value);
  });
const paymentsOf = ({ orderId }: Trip) => stack.payments(orderId);
const paymentIs = (trip: Trip, i: number, status: string) =>
  until(async () => (await paymentsOf(trip))[i]?.status === status);
const busyOf = async ({ driver }: Trip) => (await stack.by('driver', driver, 'GET', '/drivers/me')).body.busy;
const finished = async (): Promise<Trip> => {
  const trip = await accepted();
  await pickUp(trip);
  expect((await finish(trip)).status).toBe(200);
  return trip;
};
const pays = (ref: string) => stack.gateway('POST', `transactions/${ref}/pay`);
const charge = async (trip: Trip, body: object): Promise<string> => {
  const answer = await stack.charge(trip, body);
  expect(answer).toMatchObject({ status: 201 });
  return answer.body.ref;
};
const paidBy = async (trip: Trip, body: object): Promise<string> => {
  const ref = await charge(trip, body);
  await pays(ref);
  await until(async () => (await paymentsOf(trip)).at(-1).status === 'PAID');
  return ref;
};
const settledCard = async (): Promise<Trip & { readonly ref: string }> => {
  const trip = await finished();
  const { token_id: cardToken } = await stack.gateway('POST', 'card-tokens', { card: 'accept' });
  const ref = await paidBy(trip, { method: 'card', cardToken });
  await stack.gateway('POST', `transactions/${ref}/settle`);
  await until(async () => (await paymentsOf(trip))[0].settled === true);
  return { ...trip, ref };
};
const refund = (ref: string, body: object = {}, key: string = randomUUID()) =>
  stack.as(
    'operator',
    'op',
    'POST',
    `/payments/${ref}/refund`,
    { reason: 'wrong route', ...body },
    {
      'idempotency-key': key,
    },
  );
const refundsOf = async (trip: Trip) =>
  (await paymentsOf(trip)).flatMap((one: { readonly refunds: readonly object[] }) => one.refunds);
/** As if the time had come at which its first open refund is repeated. */
const refundNow = async (ref: string): Promise<void> =>
  stack.aged(
    ref,
    'SET #state.#refunds[0].#ask.#at = :past',
    { '#refunds': 'refunds', '#ask': 'ask', '#at': 'at' },
    {
      ':past': Date.now() - 1_000,
    },
  );
type Line = {
  readonly type: string;
  readonly amount?: number;
  readonly refunded?: number;
  readonly chargedBack?: number;
};
const worth = ({ type, amount = 0, refunded = 0, chargedBack = 0 }: Line): number => {
  if (type === 'payment.settled') return amount;
  return type === 'refund.changed' || type === 'chargeback.recorded' ? -refunded - chargedBack : 0;
};
/** What the facts of its payments add up to. */
const factsOf = async ({ orderId }: Trip): Promise<number> => {
  const { body } = await stack.by('operator', 'op', 'GET', `/orders/${orderId}/story`);
  return (body.lines as Line[]).reduce((sum, line) => sum + worth(line), 0);
};

describe('[ORD-1] a trip', () => {
  it('that its rider wants to cancel on the way goes on, and is finished once', async () => {
    const trip = await accepted();
    await pickUp(trip);
    expect(await cancel(trip)).toMatchObject({ status: 409, body: { code: 'RIDE_UNDER_WAY' } });
    expect(await busyOf(trip)).toMatchObject({ by: 'ride' });
    expect((await finish(trip)).body.order.status).toBe('FINISHED');
    expect(await cancel(trip)).toMatchObject({ status: 409, body: { code: 'RIDE_CLOSED' } });
    expect(await orderOf(trip)).toMatchObject({ status: 'FINISHED', toPay: fare });
  });

  it('that its driver ends on the way owes nothing, and frees them', async () => {
    const trip = await accepted();
    await pickUp(trip);
    await byDriver(trip, `/rides/${trip.orderId}/cancel`, { reason: 'accident' });
    expect(await orderOf(trip)).toMatchObject({ status: 'CANCELLED', toPay: 0 });
    expect(await busyOf(trip)).toBeUndefined();
    expect(await finish(trip)).toMatchObject({ status: 409, body: { code: 'ORDER_CANCELLED' } });
    expect(await stack.charge(trip, { method: 'qris' })).toMatchObject({ status: 409, body: { code: 'NOTHING_OWED' } });
  });

  it('that its rider cancels after the acceptance owes the fee of the settings, once', async () => {
    const trip = await accepted();
    await cancel(trip);
    expect((await cancel(trip)).body.alreadyProcessed).toBe(true);
    expect(await orderOf(trip)).toMatchObject({ status: 'CANCELLED', toPay: fees.BB });
    expect(await finish(trip, { fare: 950_000 })).toMatchObject({ status: 409, body: { code: 'ORDER_CANCELLED' } });
    await paidBy(trip, { method: 'qris' });
    expect(await orderOf(trip)).toMatchObject({ toPay: 0, surplus: 0, cancellation: { fee: fees.BB, isPaid: true } });
    for (const purpose of ['cancellation', 'base'])
      expect((await stack.charge(trip, { method: 'qris', purpose })).status).toBe(409);
  });

  it('keeps a driver who was left busy no longer than the deadline', async () => {
    const trip = await finished();
    await stack.hooks.idle();
    const past = Date.now() - 1_000;
    await stack.database.send(
      new UpdateItemCommand({
        TableName: 'tuntas-local-state',
        Key: { pk: { S: `DRIVER#${trip.driver}` }, sk: { S: 'DRIVER' } },
        UpdateExpression: 'SET #state.#busy = :busy',
        ExpressionAttributeNames: { '#state': 'state', '#busy': 'busy' },
        ExpressionAttributeValues: {
          ':busy': { M: { by: { S: 'ride' }, orderId: { S: trip.orderId }, until: { N: String(past) } } },
        },
      }),
    );
    expect(await busyOf(trip)).toMatchObject({ by: 'ride', orderId: trip.orderId });
    await stack.enqueue('timers', { pk: `DRIVER#${trip.driver}`, sk: 'DRIVER', dueAt: past });
    await until(async () => (await busyOf(trip)) === undefined);
  });
});

describe('[ORD-4] a refund', () => {
  it('whose answers are lost, then the rest, then the deadline: the money goes back once', async () => {
    const trip = await finished();
    const ref = await paidBy(trip, { method: 'gopay' });
    await stack.fault(trip.orderId, { kind: 'lost' });
    await stack.fault(trip.orderId, { kind: 'drop', done: true }, { on: 'refund' });
    expect((await refund(ref, { amount: 40_000 }, 'lost-1')).body.payment.refunds).toMatchObject([
      { status: 'REQUESTED' },
    ]);
    await stack.recovered();
    expect((await refund(ref, {}, 'lost-2')).body.payment.refunds).toMatchObject([
      { amount: 40_000 },
      { amount: fare - 40_000 },
    ]);
    expect((await refund(ref, { amount: 1 })).body.code).toBe('NOTHING_LEFT_TO_REFUND');
    await refundNow(ref);
    await until(async () =>
      (await refundsOf(trip)).every(({ status }: { readonly status: string }) => status !== 'REQUESTED'),
    );
    expect((await paymentsOf(trip))[0]).toMatchObject({ status: 'REFUNDED', refunded: fare, left: 0 });
    const { state } = await stack.gateway('GET', `transactions/${ref}`);
    expect(state.refunds).toMatchObject([{ amount: 40_000 }, { amount: fare - 40_000 }]);
    await stack.hooks.idle();
    expect(await factsOf(trip)).toBe(0);
  });

  it('after two partial chargebacks is bounded by the rest, and closed by a third', async () => {
    const trip = await settledCard();
    for (const amount of [30_000, 70_000]) {
      await stack.gateway('POST', `transactions/${trip.ref}/chargeback`, { amount });
      await until(async () => (await paymentsOf(trip))[0].left === fare - amount);
    }
    expect(await refund(trip.ref, { amount: fare - 69_999 })).toMatchObject({
      status: 422,
      body: { code: 'REFUND_TOO_LARGE' },
    });
    const { body } = await refund(trip.ref);
    const [{ key, amount, status }] = body.payment.refunds;
    expect([amount, status]).toEqual([fare - 70_000, 'MANUAL']);
    await stack.gateway('POST', `transactions/${trip.ref}/chargeback`);
    await paymentIs(trip, 0, 'CHARGED_BACK');
    const path = `/payments/${trip.ref}/refunds/${key}/paid-back`;
    expect(await stack.by('operator', 'op', 'POST', path, { reference: 'BCA 1' })).toMatchObject({
      status: 409,
      body: { code: 'NOTHING_LEFT' },
    });
    await stack.hooks.idle();
    expect(await factsOf(trip)).toBe(0);
  });

  it('that is open when the card is charged back is voided, and not sent again', async () => {
    const trip = await settledCard();
    await stack.fault(trip.orderId, { kind: 'drop', done: false }, { on: 'refund' });
    const [{ key }] = (await refund(trip.ref)).body.payment.refunds;
    await stack.gateway('POST', `transactions/${trip.ref}/chargeback`);
    await paymentIs(trip, 0, 'CHARGED_BACK');
    await stack.recovered();
    expect(await refundsOf(trip)).toMatchObject([{ key, status: 'VOIDED', why: 'the money was charged back' }]);
    const path = `/payments/${trip.ref}/refunds/${key}/paid-back`;
    expect(await stack.by('operator', 'op', 'POST', path, { reference: 'BCA 1' })).toMatchObject({
      status: 409,
      body: { code: 'NOTHING_LEFT' },
    });
    await stack.hooks.idle();
    expect(await factsOf(trip)).toBe(0);
  });
});

describe('[ORD-6][ORD-7] two ways to pay', () => {
  const expiredThen = async (): Promise<{ trip: Trip; a: string; b: string }> => {
    const trip = await finished();
    const a = await charge(trip, { method: 'permata_va' });
    await stack.gateway('POST', `transactions/${a}/expire`);
    await paymentIs(trip, 0, 'EXPIRED');
    const b = await charge(trip, { method: 'bca_va' });
    return { trip, a, b };
  };
  const settlesLate = async (trip: Trip, ref: string): Promise<void> => {
    const fields = { transaction_status: 'settlement', status_code: '200', settlement_time: '2026-11-22 09:00:00' };
    await stack.gateway('POST', 'faults', { fault: { kind: 'fields', fields }, order: ref, on: 'status' });
    await stack.gateway('POST', `transactions/${ref}/notify`, fields);
    await paymentIs(trip, 0, 'PAID');
  };

  it('the late one pays: the other is ended', async () => {
    const { trip, a } = await expiredThen();
    await settlesLate(trip, a);
    expect(await orderOf(trip)).toMatchObject({ status: 'PAID', paymentRef: a });
    await stack.orderNow(trip.orderId);
    await paymentIs(trip, 1, 'CANCELLED');
    expect(await orderOf(trip)).toMatchObject({ status: 'PAID', surplus: 0 });
  });

  it('both pay: the newer goes back', async () => {
    const { trip, a, b } = await expiredThen();
    await settlesLate(trip, a);
    await pays(b);
    await paymentIs(trip, 1, 'PAID');
    expect(await orderOf(trip)).toMatchObject({ status: 'PAID', paymentRef: a, surplus: fare });
    await stack.orderNow(trip.orderId);
    await until(async () => (await refundsOf(trip)).length === 1);
    expect((await paymentsOf(trip))[1].refunds).toMatchObject([
      { key: `surplus-${b}`, amount: fare, status: 'MANUAL' },
    ]);
    const path = `/payments/${b}/refunds/surplus-${b}/paid-back`;
    expect((await stack.by('operator', 'op', 'POST', path, { reference: 'BCA 2' })).status).toBe(200);
    expect(await orderOf(trip)).toMatchObject({ status: 'PAID', paymentRef: a, surplus: 0, toPay: 0 });
    await stack.hooks.idle();
  });

  it('both pay, and the first is reversed: the second pays the order, and is not given back by hand', async () => {
    const { trip, a, b } = await expiredThen();
    await settlesLate(trip, a);
    await pays(b);
    await paymentIs(trip, 1, 'PAID');
    await stack.orderNow(trip.orderId);
    await until(async () => (await refundsOf(trip)).length === 1);
    await stack.endFaults();
    const fields = { transaction_status: 'deny', status_code: '202' };
    await stack.gateway('POST', 'faults', { fault: { kind: 'fields', fields }, order: a, on: 'status' });
    await stack.gateway('POST', `transactions/${a}/notify`, fields);
    await paymentIs(trip, 0, 'REVERSED');
    expect(await orderOf(trip)).toMatchObject({ status: 'PAID', paymentRef: b, surplus: 0 });
    await stack.orderNow(trip.orderId);
    await until(async () => (await paymentsOf(trip))[1].refunds[0].status === 'VOIDED');
    const path = `/payments/${b}/refunds/surplus-${b}/paid-back`;
    expect(await stack.by('operator', 'op', 'POST', path, { reference: 'BCA 3' })).toMatchObject({
      status: 409,
      body: { code: 'NOTHING_LEFT' },
    });
    expect(await orderOf(trip)).toMatchObject({ status: 'PAID', paymentRef: b, toPay: 0 });
  });

  it('requested at the same moment bring no more than is owed', async () => {
    const trip = await finished();
    const answers = await Promise.all(
      ['gopay', 'qris', 'bca_va', 'bni_va', 'bri_va'].map((method) => stack.charge(trip, { method, amount: 50_000 })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
    expect((await orderOf(trip)).payments.filter(({ isOpen }: { readonly isOpen: boolean }) => isOpen)).toHaveLength(1);
  });

  it('cash and the app at the same moment: what is too much goes back', async () => {
    const trip = await accepted();
    await pickUp(trip);
    await finish(trip);
    const ref = await charge(trip, { method: 'gopay' });
    const [cash] = await Promise.all([finish(trip, { fare, inCash: true }), pays(ref)]);
    await paymentIs(trip, 0, 'PAID');
    const order = await orderOf(trip);
    expect(order).toMatchObject({ status: 'PAID', surplus: cash.status === 200 ? fare : 0 });
  });
});

describe('[ORD-3][ORD-5] a refunded order', () => {
  it('is paid by another payment, and to be paid again when that is reversed', async () => {
    const trip = await finished();
    const first = await paidBy(trip, { method: 'gopay' });
    await refund(first);
    await orderIs(trip, { status: 'FINISHED', toPay: fare });
    const second = await paidBy(trip, { method: 'permata_va' });
    expect(await orderOf(trip)).toMatchObject({ status: 'PAID', paymentRef: second, surplus: 0 });
    await stack.gateway('POST', `transactions/${second}/reverse`);
    await orderIs(trip, { status: 'FINISHED', toPay: fare });
    expect((await paymentsOf(trip)).map(({ status }: { readonly status: string }) => status)).toEqual([
      'REFUNDED',
      'REVERSED',
    ]);
  });
});

describe('[ORD-13] a rental car that is paid before the trip', () => {
  const prepaid = async (): Promise<Trip & { readonly ref: string }> => {
    const trip = await accepted({ serviceLine: 'GB', quote });
    const ref = await paidBy(trip, { method: 'gopay' });
    expect(await orderOf(trip)).toMatchObject({ status: 'ACTIVE', paid: quote, toPay: 0 });
    expect(await stack.charge(trip, { method: 'qris' })).toMatchObject({ status: 409, body: { code: 'ALREADY_PAID' } });
    return { ...trip, ref };
  };
  const returned = async (trip: Trip, ref: string, amount: number): Promise<void> => {
    await stack.orderNow(trip.orderId);
    await until(async () => (await refundsOf(trip)).length === 1);
    await refundNow(ref);
    await orderIs(trip, { surplus: 0 });
    expect(await refundsOf(trip)).toMatchObject([{ key: `surplus-${ref}`, amount }]);
  };

  it('and costs more: the rest is to be paid', async () => {
    const trip = await prepaid();
    await pickUp(trip);
    expect((await finish(trip, { fare: quote + 250_000 })).body.order).toMatchObject({
      status: 'FINISHED',
      toPay: 250_000,
    });
    await paidBy(trip, { method: 'qris' });
    await orderIs(trip, { status: 'PAID', toPay: 0, surplus: 0 });
  });

  it('and costs less: the difference goes back', async () => {
    const trip = await prepaid();
    await pickUp(trip);
    expect((await finish(trip, { fare: quote - 250_000 })).body.order).toMatchObject({
      status: 'PAID',
      surplus: 250_000,
    });
    await returned(trip, trip.ref, 250_000);
    expect(await orderOf(trip)).toMatchObject({ status: 'PAID', toPay: 0 });
  });

  it('and costs less, while an operator refunds the same difference: it goes back once', async () => {
    const trip = await prepaid();
    await pickUp(trip);
    await finish(trip, { fare: quote - 250_000 });
    expect((await refund(trip.ref, { amount: 250_000 })).status).toBe(200);
    await orderIs(trip, { surplus: 0 });
    await stack.hooks.idle();
    expect(await refundsOf(trip)).toHaveLength(1);
    expect(await orderOf(trip)).toMatchObject({ status: 'PAID', toPay: 0, surplus: 0 });
  });

  it('and is cancelled: all but the fee goes back', async () => {
    const trip = await prepaid();
    await cancel(trip);
    expect(await orderOf(trip)).toMatchObject({
      status: 'CANCELLED',
      surplus: quote - fees.GB,
      toPay: 0,
      cancellation: { fee: fees.GB, isPaid: true },
    });
    await returned(trip, trip.ref, quote - fees.GB);
  });
});

describe('[ORD-13] what is not owed', () => {
  it('is refused with what is', async () => {
    const trip = await accepted();
    await pickUp(trip);
    const charged = async (body: object) => {
      const { status, body: answer } = await stack.charge(trip, body);
      return [status, answer.code];
    };
    expect(await charged({ method: 'qris' })).toEqual([409, 'NOT_FINISHED']);
    expect(await finish(trip, { fare: 4_999_000, extra: 1_001 })).toMatchObject({
      status: 422,
      body: { code: 'FARE_TOO_HIGH' },
    });
    expect((await finish(trip, { fare, extra: 10_000 })).status).toBe(200);
    expect(await charged({ method: 'qris', purpose: 'overtime' })).toEqual([409, 'NOTHING_OWED']);
    expect(await charged({ method: 'qris', purpose: 'cancellation' })).toEqual([409, 'NOTHING_OWED']);
    expect(await charged({ method: 'qris', purpose: 'extra', amount: 10_001 })).toEqual([422, 'AMOUNT_TOO_HIGH']);
    expect(await charged({ method: 'qris', amount: fare + 1 })).toEqual([422, 'AMOUNT_TOO_HIGH']);
    await paidBy(trip, { method: 'qris', purpose: 'extra' });
    expect(await charged({ method: 'qris', purpose: 'extra' })).toEqual([409, 'ALREADY_PAID']);
    await paidBy(trip, { method: 'gopay' });
    await orderIs(trip, { status: 'PAID', toPay: 0, surplus: 0 });
  });
});
