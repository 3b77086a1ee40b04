/** An order: the trip and its money, from the accepted ride or the confirmed scan on. One item. */
import type { FactOf } from '../../events/event.ts';
import { type Aggregate, refOf } from '../kernel/aggregate.ts';
import { type Key, orderOf, orderPartition } from '../kernel/keys.ts';
import type { Rupiah } from '../kernel/rupiah.ts';
import type { CarId, DriverId, Instant, OrderId, RiderId } from '../kernel/types.ts';
import { orderShape, upgraded } from './order.upgrade.ts';

export type Trip = {
  readonly orderId: OrderId;
  readonly riderId: RiderId;
  /** Missing while nobody drives it: the ride was given back, or the driver of a scanned car is not known. */
  readonly driverId?: DriverId | undefined;
  readonly serviceLine: 'BB' | 'SB' | 'GB';
  readonly openedAt: Instant;
  /** The car that was scanned. */
  readonly car?: CarId | undefined;
  /** What its customer chose at the scan. */
  readonly paymentMethod?: string | undefined;
};

/** What money of an order is for; each is owed and charged separately. */
export const purposes = ['base', 'overtime', 'extra', 'tip', 'cancellation'] as const;
export type Purpose = (typeof purposes)[number];
export type Amounts = Readonly<Partial<Record<Purpose, Rupiah>>>;

/** What the order knows of one of its payments, as of one version of it: an older one changes nothing. */
export type Share = {
  readonly purpose: Purpose;
  readonly method: string;
  /** What it was charged for. */
  readonly amount: Rupiah;
  readonly version: number;
  /** Of its money, what is still there. */
  readonly left: Rupiah;
  /** Of what is left, what is promised to go back. */
  readonly returning: Rupiah;
  /** Of that, what a person is to pay back because it was too much. */
  readonly surplusByHand?: Rupiah | undefined;
  /** The customer can still pay it, or its outcome is not known. */
  readonly isOpen: boolean;
};

/** `owner`: the people it belongs to from now on; what can be done without them is done. */
export type Ask = { readonly at: Instant; readonly count: number; readonly owner?: 'finance' | undefined };

export type Money = {
  readonly owed: Amounts;
  readonly cash: Amounts;
  readonly payments: Readonly<Record<string, Share>>;
  /** When the order reads its payments next, and how often it has without an end. */
  readonly ask?: Ask | undefined;
};

/** Its driver is asked to finish the trip: the argo stopped at that time, or the trip takes too long since then. */
export type Proposal = {
  readonly at: Instant;
  /** What the argo showed. */
  readonly fare?: Rupiah | undefined;
  readonly reminders: number;
  /** Who ends the trip now that its driver has not. */
  readonly owner?: 'operations' | undefined;
};

type Base = Trip & Money & { readonly pickedUpAt?: Instant | undefined };
type Finished = Base & { readonly fare: Rupiah; readonly finishedAt: Instant };
/** `paymentRef`: the payment that counts, the oldest that holds money. */
type Covered = { readonly paymentRef: string; readonly paidAt: Instant };

export type Order =
  | (Base & {
      readonly status: 'ACTIVE';
      readonly proposal?: Proposal | undefined;
      /** When a trip that nobody ends is looked at. */
      readonly watchAt?: Instant | undefined;
    })
  | (Base & { readonly status: 'CANCELLED'; readonly reason: string; readonly cancelledAt: Instant })
  | (Finished & { readonly status: 'FINISHED' })
  | (Finished & Covered & { readonly status: 'PAID' });
export type InStatus<Status extends Order['status']> = Extract<Order, { status: Status }>;

export type OrderFact = FactOf<typeof import('../../events/order.ts')>;

/** Stored as the payment's reference when the driver took the fare in cash. */
export const cashRef = (orderId: OrderId): string => `${orderId}-cash`;

const sortKey = 'ORDER';
const orderAggregate: Aggregate<Order, OrderFact, OrderId> = {
  name: 'ORDER',
  key: (id) => ({ pk: orderPartition(id), sk: sortKey }),
  schema: orderShape,
  upgrade: upgraded,
  dueAt: (order) => {
    const due = [order.ask?.at, order.status === 'ACTIVE' ? order.watchAt : undefined].filter((at) => at !== undefined);
    return due.length > 0 ? (Math.min(...due) as Instant) : undefined;
  },
};

export const orderRef = (orderId: OrderId) => refOf(orderAggregate, orderId);
/** The order whose item has this key. */
export const orderAt = ({ pk, sk }: Key): OrderId | undefined => (sk === sortKey ? orderOf(pk) : undefined);
