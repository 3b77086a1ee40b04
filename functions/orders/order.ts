/** An order: the trip and its money, from the accepted ride or the confirmed scan on. One item. */

import type { FactOf } from '../../events/event.ts';
import { type Aggregate, refOf } from '../kernel/aggregate.ts';
import { orderPartition } from '../kernel/keys.ts';
import type { Rupiah } from '../kernel/rupiah.ts';
import type { CarId, DriverId, Instant, OrderId, RiderId } from '../kernel/types.ts';

export type Trip = {
  readonly orderId: OrderId;
  readonly riderId: RiderId;
  /** Nobody may be known to drive a car that was scanned; then it is whoever drives it when the trip is finished. */
  readonly driverId?: DriverId | undefined;
  readonly serviceLine: 'BB' | 'SB' | 'GB';
  readonly openedAt: Instant;
  /** The car that was scanned. */
  readonly car?: CarId | undefined;
  /** How its customer wanted to pay when he scanned. */
  readonly paymentMethod?: string | undefined;
};

type Finished = Trip & { readonly fare: Rupiah; readonly finishedAt: Instant };

export type Order =
  | (Trip & { readonly status: 'ACTIVE' })
  | (Trip & { readonly status: 'CANCELLED'; readonly reason: string; readonly cancelledAt: Instant })
  | (Finished & { readonly status: 'FINISHED' })
  | (Finished & { readonly status: 'PAID'; readonly paymentRef: string; readonly paidAt: Instant });

/** What stands for the payment when the driver took the fare in cash. */
export const cashRef = (orderId: OrderId): string => `${orderId}-cash`;

export type OrderFact = FactOf<typeof import('../../events/order.ts')>;

export const orderAggregate: Aggregate<Order, OrderFact, OrderId> = {
  name: 'ORDER',
  key: (id) => ({ pk: orderPartition(id), sk: 'ORDER' }),
  dueAt: () => undefined,
};

export const orderRef = (orderId: OrderId) => refOf(orderAggregate, orderId);
