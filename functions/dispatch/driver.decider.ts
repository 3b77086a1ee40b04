/** The rules of a driver: what he reports of himself, and being busy with one order at a time. */
import { carLeft, carTaken, driverOffDuty, driverOnDuty } from '../../events/driver.ts';
import { type Decision, happened, nothing, type Refusal, refused } from '../kernel/decision.ts';
import type { CarId, DriverId, Instant, OrderId } from '../kernel/types.ts';
import { type Driver, type DriverFact, newDriver, type Position } from './driver.ts';
import { pointOf, type ServiceLine } from './ride.ts';

export type Report = {
  readonly driverId: DriverId;
  readonly onDuty: boolean;
  readonly serviceLine?: ServiceLine | undefined;
  readonly position?: Omit<Position, 'at'> | undefined;
  readonly car?: CarId | undefined;
  readonly at: Instant;
};
type DriverDecision = Decision<Driver, DriverFact>;

/** A report that says nothing new is not written again within this time. */
const sameFor = 30_000;

export const report = (command: Report, driver: Driver | undefined): DriverDecision => {
  const before = driver ?? newDriver(command.driverId);
  const next: Driver = {
    ...before,
    onDuty: command.onDuty,
    serviceLine: command.serviceLine ?? before.serviceLine,
    position: command.position ? { ...pointOf(command.position), at: command.at } : before.position,
    car: command.onDuty ? (command.car ?? before.car) : undefined,
  };
  if (driver && saysNothingNew(driver, next)) return nothing('nothing-new');
  const changedDuty = before.onDuty !== next.onDuty;
  return happened(next, command.at, ...(changedDuty ? [dutyChanged(next)] : []), ...carChanged(before, next));
};

export const assign = (
  orderId: OrderId,
  at: Instant,
  driverId: DriverId,
  driver: Driver | undefined,
): DriverDecision => {
  const before = driver ?? newDriver(driverId);
  if (before.orderId === orderId) return nothing('already-assigned');
  if (before.orderId) return refused(driverBusy);
  return happened({ ...before, orderId }, at);
};

/** Frees the driver of this order; another order he has meanwhile is not touched. */
export const release = (orderId: OrderId, at: Instant, driver: Driver | undefined): DriverDecision => {
  if (driver?.orderId !== orderId) return nothing('not-busy-with-this-order');
  const { orderId: _, ...free } = driver;
  return happened(free, at);
};

const saysNothingNew = (before: Driver, next: Driver): boolean =>
  before.onDuty === next.onDuty &&
  before.serviceLine === next.serviceLine &&
  before.car === next.car &&
  samePlace(before, next);

const samePlace = (before: Driver, next: Driver): boolean => {
  if (!before.position || !next.position) return before.position === next.position;
  const still = before.position.lat === next.position.lat && before.position.lng === next.position.lng;
  return still && next.position.at - before.position.at < sameFor;
};

const dutyChanged = ({ driverId, onDuty, serviceLine }: Driver): DriverFact =>
  (onDuty ? driverOnDuty : driverOffDuty)({ driverId, serviceLine });

/** A change from one car to another is one event: taking the new one. */
const carChanged = ({ car: left }: Driver, { driverId, car }: Driver): readonly DriverFact[] => {
  if (car === left) return [];
  if (car) return [carTaken({ driverId, car, left })];
  return left ? [carLeft({ driverId, car: left })] : [];
};

export const driverBusy: Refusal = {
  code: 'DRIVER_BUSY',
  message: 'This driver already has a ride. Finish or cancel it first.',
};
