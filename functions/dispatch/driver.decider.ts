/** The rules of what a driver reports: duty, position and car. */
import { carLeft, carTaken, driverOffDuty, driverOnDuty } from '../../events/driver.ts';
import { type Decision, happened, nothing } from '../kernel/decision.ts';
import type { CarId, DriverId, Instant } from '../kernel/types.ts';
import { type Driver, type DriverFact, newDriver, noDeadline } from './driver.ts';
import { type Place, pointOf, type ServiceLine } from './ride.ts';

export type Report = {
  readonly driverId: DriverId;
  readonly onDuty: boolean;
  readonly serviceLine?: ServiceLine | undefined;
  readonly position?: Pick<Place, 'lat' | 'lng'> | undefined;
  readonly car?: CarId | undefined;
  readonly at: Instant;
};
type DriverDecision = Decision<Driver, DriverFact>;

export const report = (command: Report, driver: Driver | undefined): DriverDecision => {
  const before = driver ?? newDriver(command.driverId);
  const { busy } = before;
  const next: Driver = {
    ...before,
    onDuty: command.onDuty,
    serviceLine: command.serviceLine ?? before.serviceLine,
    position: command.position ? { ...pointOf(command.position), at: command.at } : before.position,
    car: command.onDuty ? (command.car ?? before.car) : undefined,
    ...(busy ? { busy: busy.until === noDeadline ? { ...busy, until: command.at } : busy } : {}),
  };
  if (driver && isSame(before, next)) return nothing('nothing-new');
  return happened(next, command.at, ...dutyChanged(before, next), ...carChanged(before, next));
};

/** A report that contains nothing new is written again after this time only, which keeps a waiting driver listed. */
const rewriteAfterMs = 30_000;

const isSame = (before: Driver, next: Driver): boolean =>
  before.onDuty === next.onDuty &&
  before.serviceLine === next.serviceLine &&
  before.car === next.car &&
  isSamePosition(before, next);

const isSamePosition = ({ position: before }: Driver, { position: next }: Driver): boolean => {
  if (!before || !next) return before === next;
  return before.lat === next.lat && before.lng === next.lng && next.at - before.at < rewriteAfterMs;
};

const dutyChanged = (before: Driver, { driverId, onDuty, serviceLine }: Driver): readonly DriverFact[] =>
  before.onDuty === onDuty ? [] : [(onDuty ? driverOnDuty : driverOffDuty)({ driverId, serviceLine })];

/** A change from one car to another is one event: taking the new one. */
const carChanged = ({ car: left }: Driver, { driverId, car }: Driver): readonly DriverFact[] => {
  if (car === left) return [];
  if (car) return [carTaken({ driverId, car, left })];
  return left ? [carLeft({ driverId, car: left })] : [];
};
