/** Orders on the model of the tables: their routes and worker, after rides and scans, with the routes of payments. */
import { accept, dispatchDeps, pickUp, reportDriver, request } from '../../functions/dispatch/commands.ts';
import { answerScan, changeArgo, ezpayDeps, scanCar } from '../../functions/ezpay/commands.ts';
import type { Mode } from '../../functions/ezpay/ezpay.ts';
import type { Method } from '../../functions/kernel/route.ts';
import { rupiah } from '../../functions/kernel/rupiah.ts';
import { type CarId, type DriverId, instant, type OrderId, type RiderId } from '../../functions/kernel/types.ts';
import { compose as composeEvents } from '../../functions/orders/events.compose.ts';
import { compose as composeOrders } from '../../functions/orders/orders.compose.ts';
import { type PaymentRef, paymentRef as paymentRefTo } from '../../functions/payments/payment.ts';
import { compose as composePayments } from '../../functions/payments/payments.compose.ts';
import { itemOf } from '../../functions/platform/item.ts';
import type { Dynamo, Http } from '../../functions/platform/ports.ts';
import { request as rideRequest } from '../support/dispatch.ts';
import { type Answered, type Asked, answered, httpEvent } from '../support/http.ts';
import { answer, given } from '../support/payments.ts';
import { start, testPorts } from '../support/ports.ts';
import { delivered } from '../support/queue.ts';

type Ask = Omit<Asked, 'method' | 'path'>;
type Stored = { readonly version: number; readonly state: Readonly<Record<string, unknown>> };

export const orderId = 'TNT-20261121-0000042' as OrderId;
export const rider = 'rider-1' as RiderId;
export const car = 'BB1234' as CarId;
export const paymentRef = `${orderId}-1795232640`;
export const operator = { sub: 'operator-1', roles: ['operator'] };
export const driver = { sub: 'driver-1', roles: ['driver'] };

/** A gateway that gives every charge a QR code. */
const gateway: Http = async (_, { body = '{}' }) => {
  const { transaction_details: details } = JSON.parse(body) as {
    readonly transaction_details: { readonly order_id: string; readonly gross_amount: number };
  };
  const answer = {
    status_code: '201',
    transaction_id: 'tx-1',
    order_id: details.order_id,
    merchant_id: 'G700000001',
    gross_amount: `${details.gross_amount}.00`,
    currency: 'IDR',
    payment_type: 'qris',
    transaction_status: 'pending',
  };
  return { status: 200, text: JSON.stringify(answer) };
};

/** @param dynamo the client of the tables, when a test counts its calls */
export const ordersWorld = (dynamo?: Dynamo) => {
  const world = testPorts({ http: gateway, ...(dynamo ? { dynamo } : {}) });
  const { ports, env, table, clock } = world;
  const apis = { orders: composeOrders(ports, env), payments: composePayments(ports, env) };
  const worker = composeEvents(ports, env);
  const dispatch = dispatchDeps(ports, env);
  const ezpay = ezpayDeps(ports, env);

  const ask = async (api: keyof typeof apis, route: string, asked: Ask = {}): Promise<Answered> => {
    const [method, path] = route.split(' ') as [Method, string & `/${string}`];
    return answered(await apis[api](httpEvent({ method, path, params: { id: orderId }, ...asked })));
  };

  return {
    ...world,
    /** What the last write of an item of the order published. */
    published: (sk: 'RIDE' | 'EZPAY' | 'ORDER'): readonly object[] =>
      JSON.parse(String(table.read('State', { pk: `ORDER#${orderId}`, sk })?.outbox ?? '[]')) as readonly object[],
    /** Delivers events to the worker, one after another. @returns those it did not take */
    deliver: async (...events: readonly object[]): Promise<readonly object[]> => {
      const left: object[] = [];
      for (const event of events) if ((await worker(delivered([event]))).batchItemFailures.length > 0) left.push(event);
      return left;
    },
    ride: async (): Promise<void> => {
      const wanted = rideRequest({ rideId: orderId, riderId: rider, requestedAt: clock.now() });
      await request(dispatch, wanted, ['driver-1' as DriverId]);
    },
    accepted: () => accept(dispatch, orderId, { driverId: 'driver-1' as DriverId, at: clock.now() }),
    pickedUp: () =>
      pickUp(dispatch, orderId, { by: () => ({ role: 'driver', id: 'driver-1' as DriverId }), at: clock.now() }),
    /** The driver reports that they drive the car. */
    drivenBy: async (name: string): Promise<void> => {
      const [driverId, at] = [name as DriverId, clock.now()];
      await reportDriver(dispatch, { driverId, onDuty: true, car, at });
      await changeArgo(ezpay, car, { type: 'drive', driverId, drives: true, at });
    },
    argoStarts: () => {
      const at = clock.now();
      const event = { device: 'meter-1', sequence: 1, kind: 'STARTED', deviceTime: at, receivedAt: at } as const;
      return changeArgo(ezpay, car, { type: 'report', event, at });
    },
    scan: (mode: Mode = 'strict') =>
      scanCar(ezpay, {
        orderId,
        customerId: rider,
        car,
        paymentMethod: 'qris',
        scannedAt: clock.now(),
        mode,
        windowMs: 300_000,
        answerMs: 600_000,
      }),
    answerScan: (confirmed: boolean) =>
      answerScan(ezpay, orderId, { driverId: 'driver-1' as DriverId, confirmed, at: clock.now() }),
    order: (who: Ask = {}) => ask('orders', 'GET /orders/{id}', who),
    finish: (body: object = { fare: 120_000 }, who: Ask = driver) =>
      ask('orders', 'POST /orders/{id}/finish', { body, ...who }),
    pay: () => ask('payments', 'POST /orders/{id}/payments', { body: { method: 'qris' } }),
    /** The customer pays, or the money leaves again; the order was not there when it happened. */
    money: (status: 'settlement' | 'deny', amount = 120_000, name = paymentRef): void => {
      const ref = paymentRefTo(name as PaymentRef);
      const grossAmount = `${amount}.00`;
      const reports = status === 'deny' ? ['settlement', 'deny'] : ['settlement'];
      const answers = reports.map((one, i) => answer(one, { grossAmount, reportedAt: instant(start + i) }));
      const state = given({ ref: ref.id as PaymentRef, method: 'qris', amount: rupiah(amount) }, ...answers);
      const decision = { outcome: 'happened', state, at: clock.now(), facts: [] } as const;
      table.put('State', itemOf(ref, decision, status === 'deny' ? 5 : 3));
    },
    stored: (): Stored | undefined =>
      table.read('State', { pk: `ORDER#${orderId}`, sk: 'ORDER' }) as Stored | undefined,
    busyWith: (): unknown =>
      (
        table.read('State', { pk: 'DRIVER#driver-1', sk: 'DRIVER' })?.state as
          | { busy?: { orderId?: string } }
          | undefined
      )?.busy?.orderId,
  };
};

const paymentEvent = {
  orderId,
  paymentRef,
  riderId: rider,
  method: 'qris',
  amount: 120_000,
  transactionId: 'tx-1',
  at: '2026-11-21T03:50:00.000Z',
};
export const settled = (more: object = {}): object => ({
  ...paymentEvent,
  id: `${paymentRef}/PAYMENT/3`,
  version: 3,
  type: 'payment.settled',
  captured: false,
  ...more,
});
export const reversed = (more: object = {}): object => ({
  ...paymentEvent,
  id: `${paymentRef}/PAYMENT/4`,
  version: 4,
  type: 'payment.reversed',
  reversed: 120_000,
  ...more,
});
