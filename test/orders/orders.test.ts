/** An order: opened by an accepted ride, finished with its fare, paid by the settlement of its payment. */
import { describe, expect, it } from 'vitest';
import { check } from '../../functions/kernel/schema.ts';
import { iso } from '../../functions/kernel/types.ts';
import { openOrder } from '../../functions/orders/commands.ts';
import { orderFact, orderFacts } from '../../functions/orders/events.worker.ts';
import { problemOf } from '../support/http.ts';
import { logLines } from '../support/log.ts';
import { orderId, ref, rider } from '../support/payments.ts';
import { driver, operator, paymentsApi, stranger } from '../support/payments-api.ts';

const lines = logLines();
type Api = ReturnType<typeof paymentsApi>;
const stored = (api: Api) =>
  api.table.read('State', { pk: `ORDER#${orderId}`, sk: 'ORDER' }) as
    | { state: { status: string }; version: number }
    | undefined;

const paymentFact = (api: Api, type: string, wishes: object = {}): object => ({
  id: `${ref}/PAYMENT/3`,
  type,
  orderId,
  paymentRef: ref,
  riderId: rider,
  method: 'qris',
  amount: 120_000,
  version: 3,
  at: iso(api.now()),
  transactionId: 'tx-1',
  ...(type === 'payment.settled' ? { captured: false } : { reversed: 120_000 }),
  ...wishes,
});
const told = (api: Api, fact: object) => orderFacts(api.deps)(check(orderFact, fact));
const accepted = (api: Api): object => ({
  id: `${orderId}/RIDE/2`,
  type: 'ride.accepted',
  rideId: orderId,
  riderId: rider,
  version: 2,
  at: iso(api.now()),
  driverId: 'driver-1',
  withdrawn: [],
});

describe('an order', () => {
  it('is opened by the event of the accepted ride, once', async () => {
    const api = paymentsApi();
    await api.ride();
    await api.accepted();
    await told(api, accepted(api));
    await told(api, accepted(api));
    expect(stored(api)).toMatchObject({
      version: 1,
      state: { status: 'ACTIVE', riderId: rider, driverId: 'driver-1', serviceLine: 'BB' },
    });
  });

  it('is opened by whoever needs it before the event has come', async () => {
    const api = paymentsApi();
    await api.ride();
    expect(await openOrder(api.deps, orderId)).toBeUndefined();
    await api.accepted();
    expect((await api.ask('GET /orders/{id}', { params: { id: orderId } })).body).toMatchObject({
      status: 'ACTIVE',
      version: 1,
    });
    await told(api, accepted(api));
    expect(stored(api)?.version).toBe(1);
  });

  it('is over when its ride is cancelled', async () => {
    const api = paymentsApi();
    await api.ride();
    await api.accepted();
    await told(api, accepted(api));
    await told(api, {
      ...accepted(api),
      type: 'ride.cancelled',
      version: 3,
      by: 'rider',
      reason: 'late',
      countsAgainstDriver: false,
    });
    expect(stored(api)?.state.status).toBe('CANCELLED');
    expect(problemOf(await api.finish())).toMatchObject({ status: 409, code: 'ORDER_CANCELLED' });
  });
});

describe('finishing an order', () => {
  it('is done once, with one fare', async () => {
    const api = paymentsApi();
    await api.finished();
    const again = await api.finish(120_000);
    expect(again).toMatchObject({
      status: 200,
      body: { alreadyProcessed: true, order: { status: 'FINISHED', fare: 120_000 } },
    });
    expect(problemOf(await api.finish(130_000))).toMatchObject({ status: 409, code: 'ALREADY_FINISHED' });
  });

  it('frees the driver', async () => {
    const api = paymentsApi();
    await api.finished();
    const busy = api.table.read('State', { pk: 'DRIVER#driver-1', sk: 'DRIVER' }) as { state: { orderId?: string } };
    await told(api, { ...accepted(api), id: `${orderId}/ORDER/2`, type: 'order.finished', orderId, fare: 120_000 });
    const free = api.table.read('State', { pk: 'DRIVER#driver-1', sk: 'DRIVER' }) as { state: { orderId?: string } };
    expect([busy.state.orderId, free.state.orderId]).toEqual([orderId, undefined]);
  });

  it.each([
    ['nothing', undefined],
    ['no money', 0],
    ['a part of a rupiah', 0.5],
    ['text', '120000'],
    ['more than any trip', 1_000_000_000],
  ])('with %s for the fare is refused', async (_, fare) => {
    const api = paymentsApi();
    await api.ride();
    await api.accepted();
    const body = fare === undefined ? {} : { fare };
    expect(
      problemOf(await api.ask('POST /orders/{id}/finish', { params: { id: orderId }, body, ...driver })),
    ).toMatchObject({
      status: 400,
      fields: ['fare'],
    });
  });

  it('is for its driver and for operators', async () => {
    const api = paymentsApi();
    await api.ride();
    await api.accepted();
    expect(problemOf(await api.finish(1, { sub: 'driver-2', roles: ['driver'] }))).toMatchObject({
      status: 404,
      code: 'ORDER_NOT_FOUND',
    });
    expect(problemOf(await api.finish(1, { roles: ['rider'] }))).toMatchObject({ status: 403, code: 'WRONG_ROLE' });
    expect((await api.finish(120_000, operator)).status).toBe(200);
  });

  it('is seen by its people only', async () => {
    const api = paymentsApi();
    await api.finished();
    const as = async (who: object) => (await api.ask('GET /orders/{id}', { params: { id: orderId }, ...who })).status;
    expect([await as({}), await as(driver), await as(operator), await as(stranger)]).toEqual([200, 200, 200, 404]);
  });
});

describe('[PAY-7] the money of an order', () => {
  it('makes it PAID with one write, once', async () => {
    const api = paymentsApi();
    await api.finished();
    await told(api, paymentFact(api, 'payment.settled'));
    await told(api, paymentFact(api, 'payment.settled'));
    expect(stored(api)).toMatchObject({ version: 3, state: { status: 'PAID', paymentRef: ref } });
    expect(lines.metric('OrderPaid')).toEqual([1]);
  });

  it('[PAY-9] that is reversed makes it unpaid again; the reversal of another payment does not', async () => {
    const api = paymentsApi();
    await api.finished();
    await told(api, paymentFact(api, 'payment.settled'));
    await told(api, paymentFact(api, 'payment.reversed', { paymentRef: `${orderId}-1795232999` }));
    expect(stored(api)?.state.status).toBe('PAID');
    await told(api, paymentFact(api, 'payment.reversed'));
    expect(stored(api)?.state.status).toBe('FINISHED');
  });

  it('that came twice, by two payments, is refused loudly: one of them must go back', async () => {
    const api = paymentsApi();
    await api.finished();
    await told(api, paymentFact(api, 'payment.settled'));
    await told(api, paymentFact(api, 'payment.settled', { paymentRef: `${orderId}-1795232999` }));
    expect(stored(api)).toMatchObject({ version: 3, state: { status: 'PAID', paymentRef: ref } });
    expect(lines.metric('OrderFactRefused')).toEqual([1]);
    expect(lines.named('Decided').at(-1)).toMatchObject({ command: 'settle', outcome: 'refused', code: 'PAID_TWICE' });
  });

  it('of another amount does not pay it', async () => {
    const api = paymentsApi();
    await api.finished();
    await told(api, paymentFact(api, 'payment.settled', { amount: 100_000 }));
    expect(stored(api)?.state.status).toBe('FINISHED');
    expect(lines.metric('OrderFactRefused')).toEqual([1]);
  });

  it('that comes before its order waits for it', async () => {
    const api = paymentsApi();
    await expect(told(api, paymentFact(api, 'payment.settled'))).rejects.toThrow('came before its order');
  });
});
