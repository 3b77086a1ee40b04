/** The routes of orders and payments on the model of the table and of the gateway: everything real but the network. */
import { accept, dispatchDeps, request } from '../../functions/dispatch/commands.ts';
import type { Method, RouteKey } from '../../functions/kernel/route.ts';
import type { DriverId } from '../../functions/kernel/types.ts';
import { contacts } from '../../functions/notify/commands.ts';
import { endpoints as orderEndpoints } from '../../functions/orders/orders.endpoints.ts';
import { routes as orderRoutes } from '../../functions/orders/orders.routes.ts';
import { endpoints } from '../../functions/payments/payments.endpoints.ts';
import { routes } from '../../functions/payments/payments.routes.ts';
import { httpApi } from '../../functions/platform/http.ts';
import { request as rideRequest } from './dispatch.ts';
import { type Answered, type Asked, answered, httpEvent } from './http.ts';
import { clientOf } from './memory-table.ts';
import { orderId, rider } from './payments.ts';
import { world } from './payments-world.ts';

type Ask = Omit<Asked, 'method' | 'path'>;
export const operator = { sub: 'operator-1', roles: ['operator'] };
export const driver = { sub: 'driver-1', roles: ['driver'] };
export const stranger = { sub: 'rider-2', roles: ['rider'] };

export const paymentsApi = () => {
  const w = world();
  const deps = {
    ...w.deps,
    paymentsOf: w.paymentsOf,
    merchantId: 'G700000001',
    remember: contacts(clientOf(w.table), 'State').remember,
  };
  const handler = httpApi(
    [...orderRoutes, ...routes],
    { ...orderEndpoints(deps), ...endpoints(deps) } as Readonly<
      Record<RouteKey, ReturnType<typeof endpoints>['POST /payments/{ref}/check']>
    >,
    { rolesClaim: 'roles', now: w.now },
  );
  const ask = async (route: string, asked: Ask = {}): Promise<Answered> => {
    const [method, path] = route.split(' ') as [Method, string];
    return answered(await handler(httpEvent({ method, path, sub: rider, ...asked })));
  };
  const dispatch = dispatchDeps(clientOf(w.table), 'State');
  return {
    ...w,
    all: deps,
    ask,
    ride: async (): Promise<void> => {
      const wanted = rideRequest({ rideId: orderId, riderId: rider, requestedAt: w.now() });
      await request(dispatch, wanted, ['driver-1' as DriverId]);
    },
    accepted: async (): Promise<void> => {
      await accept(dispatch, orderId, { driverId: 'driver-1' as DriverId, at: w.now() });
    },
    finish: (fare: unknown = 120_000, who: Ask = driver) =>
      ask('POST /orders/{id}/finish', { params: { id: orderId }, body: { fare }, ...who }),
    pay: (body: unknown = { method: 'bca_va' }, key?: string, who: Ask = {}) =>
      ask('POST /orders/{id}/payments', {
        params: { id: orderId },
        body,
        ...(key ? { headers: { 'idempotency-key': key } } : {}),
        ...who,
      }),
    /** An accepted ride, finished with its fare. */
    finished: async (fare = 120_000) => {
      const wanted = rideRequest({ rideId: orderId, riderId: rider, requestedAt: w.now() });
      await request(dispatch, wanted, ['driver-1' as DriverId]);
      await accept(dispatch, orderId, { driverId: 'driver-1' as DriverId, at: w.now() });
      await ask('POST /orders/{id}/finish', { params: { id: orderId }, body: { fare }, ...driver });
    },
  };
};
