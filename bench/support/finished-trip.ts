/** A trip that is over and to be paid, as its order is stored. */
import { rupiah } from '../../functions/kernel/rupiah.ts';
import type { DriverId, OrderId, RiderId } from '../../functions/kernel/types.ts';
import { finish, open } from '../../functions/orders/order.decider.ts';
import { orderRef } from '../../functions/orders/order.ts';
import type { Store } from '../../functions/platform/store.ts';
import { realPorts } from './functions.ts';
import { fare } from './simulated-gateway.ts';

export const finishedTrip = async (store: Store, orderId: OrderId): Promise<void> => {
  const at = realPorts.now();
  const trip = {
    orderId,
    riderId: 'rider-1' as RiderId,
    driverId: 'driver-1' as DriverId,
    serviceLine: 'BB',
    openedAt: at,
  } as const;
  await store.transition(orderRef(orderId), (order) => open(trip, order));
  await store.transition(orderRef(orderId), (order) => finish({ fare: rupiah(fare), at }, order));
};
