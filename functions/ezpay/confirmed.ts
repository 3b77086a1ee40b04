/** What changes with a scan that is confirmed: its order is opened, the driver of its car is occupied. Pure. */
import { busyUntil, type Driver, type DriverFact, driverRef, newDriver, occupy } from '../dispatch/rules.ts';
import { type Decision, nothing } from '../kernel/decision.ts';
import type { DriverId } from '../kernel/types.ts';
import { type Order, type OrderDecision, openScanned, orderRef, type Trip } from '../orders/rules.ts';
import { type Change, changeOf } from '../platform/store.ts';
import type { EzPay } from './ezpay.ts';

export type Confirmed = Extract<EzPay, { status: 'CONFIRMED' }>;

/** A hailed taxi is a regular one. */
export const tripOfScan = (scan: Confirmed, driverId: DriverId | undefined): Trip => {
  const { orderId, customerId: riderId, car, paymentMethod, at: openedAt } = scan;
  return { orderId, riderId, ...(driverId ? { driverId } : {}), serviceLine: 'BB', openedAt, car, paymentMethod };
};

export const openOrderOf = (scan: Confirmed, driverId: DriverId | undefined, order: Order | undefined): OrderDecision =>
  openScanned(tripOfScan(scan, driverId), order);

/** A driver who has a ride keeps it; a trip that the argo has already ended occupies nobody. */
export const occupyDriver = (
  { orderId, trip, at }: Confirmed,
  driverId: DriverId,
  driver: Driver | undefined,
): Decision<Driver, DriverFact> =>
  trip?.stoppedAt === undefined
    ? occupy({ by: 'ezpay', orderId, until: busyUntil('ezpay', at), at }, driver ?? newDriver(driverId))
    : nothing('trip-is-over');

/** The same for a scan that is confirmed at once. */
export const changesWith = (scan: EzPay, driverId: DriverId | undefined): readonly Change[] => {
  if (scan.status !== 'CONFIRMED') return [];
  const opened = changeOf(orderRef(scan.orderId), (order) => openOrderOf(scan, driverId, order));
  if (!driverId) return [opened];
  return [opened, changeOf(driverRef(driverId), (driver) => occupyDriver(scan, driverId, driver))];
};
