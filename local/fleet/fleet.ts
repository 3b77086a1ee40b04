/**
 * A taxi fleet in Jakarta: its cars and drivers, and what happens to each car (life.ts). Instants are the true time.
 * Pure: the same seed gives the same fleet, car by car, however many there are and however messages travel (device.ts).
 */
import type { CarId, DriverId, Instant, RiderId } from '../../functions/kernel/types.ts';
import { between, logNormal, normal, type Random, seededFor } from '../random.ts';
import { lifeOf } from './life.ts';

export type FleetOptions = {
  readonly seed: number;
  readonly cars: number;
  readonly from: Instant;
  readonly hours: number;
};

export type Car = ReturnType<typeof carOf>;
export type Driver = ReturnType<typeof driverOf>;
export type Shift = { readonly driver: Driver; readonly from: Instant; readonly to: Instant };
/** `startedAt` and `stoppedAt` are the argo's; without them it was never started. */
export type Trip = {
  readonly boardedAt: Instant;
  readonly leftAt: Instant;
  readonly argo: { readonly startedAt: Instant; readonly stoppedAt: Instant } | undefined;
};
/** One customer scans once; without a trip they are not on board: a child plays, a sticker is tried, a wrong car. */
export type Scanned = {
  readonly car: CarId;
  readonly customerId: RiderId;
  readonly at: Instant;
  readonly trip: Trip | undefined;
  /** The driver's answer to the question, and how long it takes, in ms; undefined when there is none. */
  readonly answer: { readonly confirmed: boolean; readonly afterMs: number } | undefined;
};
/** A stretch of the day in which the car moves or waits, with its positions at both ends. */
export type Stretch = {
  readonly from: Instant;
  readonly to: Instant;
  readonly moving: boolean;
  readonly start: Position;
  readonly end: Position;
};
export type Position = { readonly lat: number; readonly lng: number };

/** All that happened to one car, each in order of time. */
export type Life = {
  readonly car: Car;
  readonly shifts: readonly Shift[];
  readonly trips: readonly Trip[];
  readonly scans: readonly Scanned[];
  readonly stretches: readonly Stretch[];
};

const driverOf = (random: Random, n: number, shift: number) => ({
  driverId: `driver-${n}-${shift}` as DriverId,
  /** The share of trips without the argo, and of those whose argo is started on the way: high for a few drivers. */
  forgets: Math.min(0.3, logNormal(random, 0.002, 1.6)),
  startsLate: Math.min(0.3, logNormal(random, 0.006, 1.4)),
  /** The share of questions that the driver answers. */
  answers: between(random, 0.4, 0.95),
  /** The driver reports duty in the app, so that it is known who drives. */
  usesApp: random.chance(0.92),
});

const carOf = (seed: number, n: number) => {
  const random = seededFor(seed, n, 'car');
  const car = `B${1000 + (n % 9000)}T${String.fromCharCode(65 + Math.floor(n / 9000))}` as CarId;
  return {
    car,
    device: `meter-${car}`,
    /** Its firmware counts its power-ons. */
    countsBoots: random.chance(0.7),
    /** Its clock survives a power cut. */
    keepsTime: random.chance(0.8),
    /** How often its messages are held back, as a deviation of the logarithm: 0 is an average car, 2 a poor one. */
    lateness: normal(random, 0, 1),
    drivers: [driverOf(random, n, 0), driverOf(random, n, 1)] as const,
  };
};

/** @param options.from best a full hour; `hours` of one shift after another begin there */
export const fleet = (options: FleetOptions) => ({
  cars: Array.from({ length: options.cars }, (_, n) => carOf(options.seed, n)),
  lifeOf: (car: Car): Life => lifeOf(car, options),
});
