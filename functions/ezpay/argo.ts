/** A car's argo: the reports of its device, one item per car. Its state follows from the reports (argo.timeline.ts). */

import type { FactOf } from '../../events/event.ts';
import { type Aggregate, refOf } from '../kernel/aggregate.ts';
import { carPartition } from '../kernel/keys.ts';
import type { Rupiah } from '../kernel/rupiah.ts';
import type { CarId, DriverId, Instant, OrderId } from '../kernel/types.ts';

/** One report of a device: the argo was started or stopped. Two copies differ at most in their time of receipt. */
export type MeterEvent = {
  readonly device: string;
  /** Raised by the device with each power-on; older devices send none. */
  readonly boot?: number | undefined;
  /** Counts the device's messages; begins again when the device loses it. */
  readonly sequence: number;
  readonly kind: 'STARTED' | 'STOPPED';
  /** By the device's clock, which may be wrong. */
  readonly deviceTime: Instant;
  /** By our clock: the first copy received. */
  readonly receivedAt: Instant;
  /** Of the trip that a stop ended, where the device gives it. */
  readonly fare?: Rupiah | undefined;
};

/** The last position that changed the evidence. */
export type Gps = { readonly lat: number; readonly lng: number; readonly at: Instant; readonly moving: boolean };

export type Argo = {
  readonly car: CarId;
  /** The latest reports, in the order of the timeline. */
  readonly events: readonly MeterEvent[];
  readonly gps?: Gps | undefined;
  /** The driver who took this car last. */
  readonly driver?: { readonly driverId: DriverId; readonly since: Instant } | undefined;
  /** How the car's latest EzPay orders ended, oldest first. */
  readonly orders?: readonly Outcome[] | undefined;
  readonly record?: Record | undefined;
};

/** How many of the car's scans the argo reported; each counts less than the next, so that about fifty count. */
export type Record = { readonly scans: number; readonly unproven: number };

export type Outcome = {
  readonly orderId: OrderId;
  readonly at: Instant;
  readonly confirmed: boolean;
  /** The argo proved the trip: grace counts from then; after a late proof, from the scan. */
  readonly graceFrom?: Instant | undefined;
};

/** Enough to see a car that fails again and again. */
export const outcomesKept = 6;

/** The car's last successful EzPay order. */
export const lastSuccess = ({ orders = [] }: Argo): Outcome | undefined =>
  orders.findLast(({ confirmed }) => confirmed);

/** The car's last order that the argo proved. What grace or the predictor confirmed gives no grace to the next. */
export const lastProven = ({ orders = [] }: Argo): (Outcome & { readonly graceFrom: Instant }) | undefined =>
  orders
    .flatMap(({ graceFrom, ...order }) => (graceFrom === undefined ? [] : [{ ...order, graceFrom }]))
    .toSorted((a, b) => a.graceFrom - b.graceFrom)
    .at(-1);

/** Of its latest orders, the share that failed; known only when there are enough of them. */
export const failureRate = ({ orders = [] }: Argo): number | undefined =>
  orders.length < outcomesKept ? undefined : orders.filter(({ confirmed }) => !confirmed).length / orders.length;

/** When the latest evidence of a trip arrived: a report or a changed position. */
export const lastEvidenceAt = ({ events, gps }: Argo): number =>
  Math.max(gps?.at ?? 0, ...events.map(({ receivedAt }) => receivedAt));

/** Reports kept: with two trips an hour, three hours of them in about 1.5 KB. */
export const eventsKept = 12;

export type ArgoFact = FactOf<typeof import('../../events/argo.ts')>;

const argoAggregate: Aggregate<Argo, ArgoFact, CarId> = {
  name: 'ARGO',
  key: (id) => ({ pk: carPartition(id), sk: 'ARGO' }),
  dueAt: () => undefined,
};

export const argoRef = (car: CarId) => refOf(argoAggregate, car);
