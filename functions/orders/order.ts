/** An order: the trip and its money, from the accepted ride on. One item. */
import type { Rupiah } from '../platform/rupiah.ts';
import type { Aggregate } from '../platform/store.ts';
import type { DriverId, Instant, OrderId, RiderId } from '../platform/types.ts';

export type Trip = {
  readonly orderId: OrderId;
  readonly riderId: RiderId;
  readonly driverId: DriverId;
  readonly serviceLine: 'BB' | 'SB' | 'GB';
  readonly openedAt: Instant;
};

type Finished = Trip & { readonly fare: Rupiah; readonly finishedAt: Instant };

export type Order =
  | (Trip & { readonly status: 'ACTIVE' })
  | (Trip & { readonly status: 'CANCELLED'; readonly reason: string; readonly cancelledAt: Instant })
  | (Finished & { readonly status: 'FINISHED' })
  | (Finished & { readonly status: 'PAID'; readonly paymentRef: string; readonly paidAt: Instant });

export const orderAggregate: Aggregate<Order> = {
  name: 'ORDER',
  source: 'tuntas.orders',
  key: (id) => ({ pk: `ORDER#${id}`, sk: 'ORDER' }),
  dueAt: () => undefined,
};

export const orderRef = (orderId: OrderId) => ({ aggregate: orderAggregate, id: orderId });
