/** The client of the apps of riders, drivers and operators. */
import type { Tuntas, TuntasOptions } from './api.ts';
import { type Calls, calls, newKey, pathOf } from './calls.ts';
import { http } from './http.ts';
import { notificationFilter } from './notification-filter.ts';
import { realtime } from './realtime.ts';
import { rereading } from './reread.ts';
import { rideCalls } from './ride-calls.ts';
import type { Argo, CarCode, EzPayOrder, Order, Payment, PaymentChanged, Story } from './types.ts';

type OrderCalls = Pick<
  Tuntas,
  'story' | 'getOrder' | 'finish' | 'pay' | 'payments' | 'checkPayment' | 'cancelPayment' | 'refund'
>;

const ofOrder = (orderId: string, rest?: string): string => pathOf('orders', orderId, rest);
const ofPayment = (ref: string, rest: string): string => pathOf('payments', ref, rest);

const orderCalls = ({ get, post }: Calls): OrderCalls => ({
  story: (orderId, options) => get<Story>(ofOrder(orderId, '/story'), options),
  getOrder: (orderId, options) => get<Order>(ofOrder(orderId), options),
  finish: async (orderId, fare, { overtime, extra, inCash, ...options } = {}) =>
    (await post<{ order: Order }>(ofOrder(orderId, '/finish'), { fare, overtime, extra, inCash }, options)).order,
  pay: (orderId, body, options = {}) =>
    post<Payment>(ofOrder(orderId, '/payments'), body, { key: newKey(), ...options }),
  payments: async (orderId, options) =>
    (await get<{ payments: readonly Payment[] }>(ofOrder(orderId, '/payments'), options)).payments,
  checkPayment: async (ref, options) =>
    (await post<{ payment: Payment }>(ofPayment(ref, '/check'), undefined, options)).payment,
  cancelPayment: (ref, options) => post<PaymentChanged>(ofPayment(ref, '/cancel'), undefined, options),
  refund: (ref, body, options = {}) =>
    post<PaymentChanged>(ofPayment(ref, '/refund'), body, { key: newKey(), ...options }),
});

type EzPayCalls = Pick<Tuntas, 'scan' | 'getScan' | 'confirmScan' | 'carCode' | 'argo'>;

const ezPayCalls = ({ get, post }: Calls): EzPayCalls => ({
  scan: (body, options) => post<EzPayOrder>('/ezpay', body, options),
  getScan: (orderId, options) => get<EzPayOrder>(pathOf('ezpay', orderId), options),
  confirmScan: (orderId, confirmed, options) =>
    post<EzPayOrder>(pathOf('ezpay', orderId, '/confirm'), { confirmed }, options),
  carCode: (car, options) => get<CarCode>(pathOf('cars', car, '/code'), options),
  argo: (car, options) => get<Argo>(pathOf('cars', car, '/argo'), options),
});

/** @throws {Error} when the platform lacks `fetch` (or, at `connect`, `WebSocket`) and none is passed */
export const tuntas = (options: TuntasOptions): Tuntas => {
  const api = calls(http(options));
  const filter = notificationFilter(options.storage, options.storageFailed);
  const reread = rereading(filter);
  const rides = rideCalls(api, filter, reread.learn);
  const ezPay = ezPayCalls(api);
  return {
    ...rides,
    ...orderCalls(api),
    ...ezPay,
    connect: ({ driver = false } = {}) => {
      const { websocket, token, WebSocket, timing } = options;
      if (!websocket) throw new Error('the option "websocket" is missing');
      const read = { ride: rides.getRide, driver: driver ? () => rides.getDriver() : undefined, argo: ezPay.argo };
      const app = realtime({
        websocket,
        token,
        filter,
        catchUp: (resumed, on) => reread.catchUp(resumed, read, on),
        WebSocket,
        timing,
      });
      app.on('NEW_RIDE_REQUEST', ({ rideId }) => reread.offered(rideId));
      app.on('RIDE_WITHDRAWN', ({ rideId }) => reread.withdrawn(rideId));
      return app;
    },
    filter,
  };
};
