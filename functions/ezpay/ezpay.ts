/** An EzPay order: a passenger scanned the code in a car; whether the trip is confirmed. One item per order. */

import type { FactOf } from '../../events/event.ts';
import { type Aggregate, refOf } from '../kernel/aggregate.ts';
import { type Key, orderOf, orderPartition } from '../kernel/keys.ts';
import type { CarId, DriverId, Instant, OrderId, RiderId } from '../kernel/types.ts';
import type { Run } from './argo.timeline.ts';

/** What happens to a scan that neither the argo nor a recent order confirms: refused, refused, left waiting. */
export const modes = ['strict', 'grace', 'async'] as const;
export type Mode = (typeof modes)[number];

export const paymentMethods = ['gopay', 'qris', 'card', 'cash'] as const;
type PaymentMethod = (typeof paymentMethods)[number];

/** A scan before the customer's other orders are known. */
export type ScanRequest = {
  readonly orderId: OrderId;
  readonly customerId: RiderId;
  readonly car: CarId;
  readonly paymentMethod: PaymentMethod;
  readonly scannedAt: Instant;
  /** The mode this order began with, and keeps. */
  readonly mode: Mode;
  /** How long the order waits for the argo's report, and how long a start after the scan still counts. */
  readonly windowMs: number;
  /** How long the order waits for the driver's answer after that. */
  readonly answerMs: number;
};
export type Scan = ScanRequest & {
  /** The customer's unconfirmed order in another car, which this scan replaces. */
  readonly supersedes?: OrderId | undefined;
  /** The customer's ongoing confirmed orders in other cars, the latest first. */
  readonly beside?: readonly OrderId[] | undefined;
};

/** Who confirms that the trip is real. `predictor` only ever shortens the wait. */
export type Witness =
  | { readonly by: 'argo' }
  | { readonly by: 'grace'; readonly orderId: OrderId }
  | { readonly by: 'driver'; readonly driverId: DriverId }
  | { readonly by: 'predictor'; readonly probability: number; readonly model: string };

/** What grace and the predictor confirm is proven later, or never; a driver confirms what the argo has not reported. */
export const provenBy = (by: Witness['by']): boolean | undefined =>
  by === 'argo' ? true : by === 'driver' ? false : undefined;

export type Failure = 'ARGO_NOT_STARTED' | 'DRIVER_DENIED' | 'SCANNED_OTHER_CAR';

/** `trip`: from the argo's reports so far; in a cancelled order it shows that the trip was real. */
type Known = Scan & { readonly trip?: Run | undefined };

/** The time of the latest evidence that the predictor has judged the order by. */
type Judged = { readonly judgedBy?: number | undefined };

export type EzPay =
  | (Known & Judged & { readonly status: 'WAITING'; readonly askAt: Instant })
  | (Known & Judged & { readonly status: 'ASKING'; readonly askedAt: Instant; readonly cancelAt: Instant })
  /** `proofBy`: confirmed by the predictor alone, to be proven until then. */
  | (Known & {
      readonly status: 'CONFIRMED';
      readonly witness: Witness;
      readonly at: Instant;
      readonly proofBy?: Instant | undefined;
    })
  | (Known & { readonly status: 'REFUSED'; readonly reason: 'ARGO_NOT_STARTED'; readonly at: Instant })
  | (Known & { readonly status: 'CANCELLED'; readonly reason: Failure; readonly at: Instant });

export type OpenEzPay = Extract<EzPay, { status: 'WAITING' | 'ASKING' }>;
type FailedEzPay = Extract<EzPay, { status: 'REFUSED' | 'CANCELLED' }>;

/** The scan waits, where another would be refused at once. */
export const isAsync = ({ mode }: Pick<Scan, 'mode'>): boolean => mode === 'async';

/** Its outcome is still awaited. */
export const isOpen = (order: EzPay): order is OpenEzPay => order.status === 'WAITING' || order.status === 'ASKING';
export const hasFailed = (order: EzPay): order is FailedEzPay =>
  order.status === 'REFUSED' || order.status === 'CANCELLED';

/** A confirmed order is the trip of its customer until the argo was stopped, at most this long. */
const longestTrip = 3 * 3_600_000;

/** A scan at `at` by the same customer in the same car belongs to this order. */
export const isOngoing = (order: EzPay, at: Instant): boolean => {
  if (isOpen(order)) return true;
  if (order.status !== 'CONFIRMED') return false;
  const endedAt = order.trip?.stoppedAt;
  return at - order.scannedAt < longestTrip && (endedAt === undefined || endedAt > at);
};

/** A failed order whose trip the argo reported after all. */
export const isWronglyFailed = (order: EzPay): boolean =>
  hasFailed(order) && order.reason !== 'SCANNED_OTHER_CAR' && order.trip !== undefined;

/** The states of the older clients: 2 success, -2 failed; 1 while the outcome is open. */
export const legacyState = (order: EzPay): 2 | 1 | -2 => (order.status === 'CONFIRMED' ? 2 : isOpen(order) ? 1 : -2);

const dueAt = (order: EzPay): Instant | undefined => {
  switch (order.status) {
    case 'WAITING':
      return order.askAt;
    case 'ASKING':
      return order.cancelAt;
    case 'CONFIRMED':
      return order.proofBy;
    case 'REFUSED':
    case 'CANCELLED':
      return undefined;
  }
};

export type EzPayFact = FactOf<typeof import('../../events/ezpay.ts')>;

export const ezpayAggregate: Aggregate<EzPay, EzPayFact, OrderId> = {
  name: 'EZPAY',
  key: (id) => ({ pk: orderPartition(id), sk: 'EZPAY' }),
  dueAt,
};

/** The order whose scan has this key. */
export const ezpayIn = ({ pk, sk }: Key): OrderId | undefined => (sk === 'EZPAY' ? orderOf(pk) : undefined);
export const ezpayRef = (orderId: OrderId) => refOf(ezpayAggregate, orderId);
