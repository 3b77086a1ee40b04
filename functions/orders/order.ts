/** An order: the trip and its money, from the accepted ride or the confirmed scan on. One item. */
import type { FactOf } from '../../events/event.ts';
import { type Aggregate, refOf } from '../kernel/aggregate.ts';
import { orderPartition } from '../kernel/keys.ts';
import type { Rupiah } from '../kernel/rupiah.ts';
import type { CarId, DriverId, Instant, OrderId, RiderId } from '../kernel/types.ts';

export type Trip = {
  readonly orderId: OrderId;
  readonly riderId: RiderId;
  /** Missing while the driver of a scanned car is not known; the driver who finishes the trip becomes its driver. */
  readonly driverId?: DriverId | undefined;
  readonly serviceLine: 'BB' | 'SB' | 'GB';
  readonly openedAt: Instant;
  /** The car that was scanned. */
  readonly car?: CarId | undefined;
  /** What its customer chose at the scan. */
  readonly paymentMethod?: string | undefined;
};
type Finished = Trip & { readonly fare: Rupiah; readonly finishedAt: Instant };

export type Order =
  | (Trip & { readonly status: 'ACTIVE' })
  | (Trip & { readonly status: 'CANCELLED'; readonly reason: string; readonly cancelledAt: Instant })
  | (Finished & { readonly status: 'FINISHED' })
  | (Finished & { readonly status: 'PAID'; readonly paymentRef: string; readonly paidAt: Instant });

export type OrderFact = FactOf<typeof import('../../events/order.ts')>;

/** Stored as the payment's reference when the driver took the fare in cash. */
export const cashRef = (orderId: OrderId): string => `${orderId}-cash`;

const orderAggregate: Aggregate<Order, OrderFact, OrderId> = {
  name: 'ORDER',
  key: (id) => ({ pk: orderPartition(id), sk: 'ORDER' }),
  dueAt: () => undefined,
};

export const orderRef = (orderId: OrderId) => refOf(orderAggregate, orderId);
