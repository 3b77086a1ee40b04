/** The routes of orders and payments as they are deployed, on the ports of a test and the model of the gateway. */
import { accept, dispatchDeps, pickUp, request } from '../../functions/dispatch/commands.ts';
import { type RouteKey, routeKey } from '../../functions/kernel/route.ts';
import type { DriverId } from '../../functions/kernel/types.ts';
import { compose as composeOrders } from '../../functions/orders/orders.compose.ts';
import { routes as orderRoutes } from '../../functions/orders/orders.routes.ts';
import { compose } from '../../functions/payments/payments.compose.ts';
import type { routes } from '../../functions/payments/payments.routes.ts';
import { request as rideRequest } from './dispatch.ts';
import { type Answered, type Asked, answered, httpEvent } from './http.ts';
import { orderId, rider } from './payments.ts';
import { world } from './payments-world.ts';

type Ask = Omit<Asked, 'method' | 'path'>;
type Route = (typeof routes)[number] | (typeof orderRoutes)[number];
type Key = Route extends infer Each extends Route ? `${Each['method']} ${Each['path']}` : never;
export const operator = { sub: 'operator-1', roles: ['operator'] };
export const driver = { sub: 'driver-1', roles: ['driver'] };
export const stranger = { sub: 'rider-2', roles: ['rider'] };

const ofOrders = new Set<RouteKey>(orderRoutes.map(routeKey));

export const paymentsApi = () => {
  const w = world({ order: false });
  const [orders, payments] = [composeOrders(w.ports, w.env), compose(w.ports, w.env)];
  const ask = async (route: Key, asked: Ask = {}): Promise<Answered> => {
    const [method, path] = route.split(' ') as [Asked['method'], Asked['path']];
    const handler = ofOrders.has(route) ? orders : payments;
    return answered(await handler(httpEvent({ method, path, sub: rider, ...asked })));
  };
  const dispatch = dispatchDeps(w.ports, w.env);
  const ride = async (): Promise<void> => {
    const wanted = rideRequest({ rideId: orderId, riderId: rider, requestedAt: w.now() });
    await request(dispatch, wanted, ['driver-1' as DriverId]);
  };
  const accepted = async (): Promise<void> => {
    await accept(dispatch, orderId, { driverId: 'driver-1' as DriverId, at: w.now() });
  };
  const pickedUp = async (): Promise<void> => {
    const by = { role: 'driver', id: 'driver-1' as DriverId } as const;
    await pickUp(dispatch, orderId, { by: () => by, at: w.now() });
  };
  const finish = (fare: unknown = 120_000, who: Ask = driver): Promise<Answered> =>
    ask('POST /orders/{id}/finish', { params: { id: orderId }, body: { fare }, ...who });
  return {
    ...w,
    ask,
    ride,
    accepted,
    pickedUp,
    finish,
    pay: (body: unknown = { method: 'bca_va' }, key?: string, who: Ask = {}) =>
      ask('POST /orders/{id}/payments', {
        params: { id: orderId },
        body,
        ...(key ? { headers: { 'idempotency-key': key } } : {}),
        ...who,
      }),
    /** A ride, finished with its fare. */
    finished: async (fare = 120_000): Promise<void> => {
      await ride();
      await accepted();
      await pickedUp();
      await finish(fare);
    },
  };
};
