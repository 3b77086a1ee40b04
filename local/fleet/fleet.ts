/**
 * A taxi fleet in Jakarta as it drives: cars, shifts, trips, argos, customers who scan. Pure: the same seed gives the same fleet, car by car,
 * however many cars there are and whatever becomes of their messages (device.ts). Instants are epoch ms by the true time; lengths inside are
 * in minutes unless said otherwise.
 */
import { type CarId, type DriverId, type Instant, instant, type RiderId } from '../../functions/kernel/types.ts';
import { between, exponential, logNormal, normal, type Random, seededFor } from '../random.ts';

export type FleetOptions = {
  readonly seed: number;
  readonly cars: number;
  readonly from: Instant;
  readonly hours: number;
};

/** What stays with a car. */
export type Car = {
  readonly car: CarId;
  readonly device: string;
  /** Its firmware tells each power-on from the others. */
  readonly countsBoots: boolean;
  /** Its clock survives a power cut. */
  readonly keepsTime: boolean;
  /** How often its messages are held back, as a deviation of the logarithm: 0 is an average car, 2 a poor one. */
  readonly lateness: number;
  readonly drivers: readonly [Driver, Driver];
};

export type Driver = {
  readonly driverId: DriverId;
  /** Of his trips, those driven without the argo, and those whose argo he starts on the way: most drivers hardly ever, a few often. */
  readonly forgets: number;
  readonly startsLate: number;
  /** Of the questions put to him, those he answers. */
  readonly answers: number;
  /** He reports his duty in the app, so that it is known who drives. */
  readonly usesApp: boolean;
};

export type Shift = { readonly driver: Driver; readonly from: Instant; readonly to: Instant };
/** `startedAt` and `stoppedAt` are the argo's; without them it was never started. */
export type Trip = {
  readonly boardedAt: Instant;
  readonly leftAt: Instant;
  readonly argo: { readonly startedAt: Instant; readonly stoppedAt: Instant } | undefined;
};
/** One customer scans once. Without a trip he is not on board: a child plays, a sticker is tried, a wrong car. */
export type Scanned = {
  readonly car: CarId;
  readonly customerId: RiderId;
  readonly at: Instant;
  readonly trip: Trip | undefined;
  /** What the driver says when he is asked, and how long he takes, in ms; nothing when he does not answer. */
  readonly answer: { readonly confirmed: boolean; readonly afterMs: number } | undefined;
};
/** A stretch of the day in which the car moves or stands, with where it was at both ends. */
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

const minute = 60_000;
const hour = 60 * minute;
const jakarta = 7 * hour;

/** By Jakarta's hour, 0 to 23: minutes a free car waits for its next passenger, on average. */
const idle = [35, 45, 55, 60, 45, 25, 14, 9, 8, 11, 14, 14, 12, 13, 14, 13, 11, 8, 7, 9, 12, 15, 20, 28] as const;
const shiftHours = { from: 5, length: 11.5 } as const;
const scanningShare = 0.6;
/** Of the drivers without the argo, those who start it when a customer scans. */
const remindedShare = 0.7;
const idleScansPerHour = 0.03;
const kilometresPerMinute = 0.4;
const kilometresPerDegree = 111.32;
const centre: Position = { lat: -6.2, lng: 106.83 };

export const hourOf = (at: Instant): number => Math.floor(((at + jakarta) % (24 * hour)) / hour);

const carNumber = (n: number): CarId =>
  `B${1000 + (n % 9000)}T${String.fromCharCode(65 + Math.floor(n / 9000))}` as CarId;

const driverOf = (random: Random, n: number, shift: number): Driver => ({
  driverId: `driver-${n}-${shift}` as DriverId,
  forgets: Math.min(0.3, logNormal(random, 0.002, 1.6)),
  startsLate: Math.min(0.3, logNormal(random, 0.006, 1.4)),
  answers: between(random, 0.4, 0.95),
  usesApp: random.chance(0.92),
});

const carOf = (seed: number, n: number): Car => {
  const random = seededFor(seed, n, 'car');
  return {
    car: carNumber(n),
    device: `meter-${carNumber(n)}`,
    countsBoots: random.chance(0.7),
    keepsTime: random.chance(0.8),
    lateness: normal(random, 0, 1),
    drivers: [driverOf(random, n, 0), driverOf(random, n, 1)],
  };
};

/** @param options.from best a full hour; `hours` of one shift after another begin there */
export const fleet = (
  options: FleetOptions,
): { readonly cars: readonly Car[]; readonly lifeOf: (car: Car) => Life } => ({
  cars: Array.from({ length: options.cars }, (_, n) => carOf(options.seed, n)),
  lifeOf: (car) => lifeOf(car, options),
});

/** A day shift and a night shift, each with its driver; some shifts are not driven. */
const shiftsOf = ({ drivers }: Car, random: Random, { from, hours }: FleetOptions): readonly Shift[] => {
  const end = from + hours * hour;
  const midnight = from - ((from + jakarta) % (24 * hour)) - 24 * hour;
  const shifts: Shift[] = [];
  for (let n = 0; ; n += 1) {
    const begins = midnight + (shiftHours.from + 12 * n) * hour + normal(random, 0, 15) * minute;
    const ends = begins + shiftHours.length * hour;
    if (begins >= end) return shifts;
    const driven = random.chance(n % 2 === 0 ? 0.95 : 0.7);
    if (!driven || ends <= from) continue;
    shifts.push({
      driver: drivers[n % 2] as Driver,
      from: instant(Math.round(Math.max(from, begins))),
      to: instant(Math.round(Math.min(end, ends))),
    });
  }
};

const lifeOf = (car: Car, options: FleetOptions): Life => {
  const random = seededFor(options.seed, car.car, 'life');
  const [trips, scans, stretches]: [Trip[], Scanned[], Stretch[]] = [[], [], []];
  const shifts = shiftsOf(car, random, options);
  let place = { lat: normal(random, centre.lat, 0.05), lng: normal(random, centre.lng, 0.05) };
  let customers = 0;

  const scan = (at: number, trip: Trip | undefined, driver: Driver): void => {
    customers += 1;
    const answers = random.chance(driver.answers);
    // A driver seldom lies, and seldom errs.
    const confirmed = random.chance(trip ? 0.99 : 0.03);
    const afterMs = Math.round(exponential(random, 1.5) * minute + 5_000);
    scans.push({
      car: car.car,
      customerId: `customer-${car.car}-${customers}` as RiderId,
      at: instant(Math.round(at)),
      trip,
      answer: answers ? { confirmed, afterMs } : undefined,
    });
  };
  const goOn = (from: number, to: number, moving: boolean): void => {
    if (to - from < 1_000) return;
    const end = moving ? driven(random, place, (to - from) / minute) : place;
    stretches.push({ from: instant(Math.round(from)), to: instant(Math.round(to)), moving, start: place, end });
    place = end;
  };

  let now = 0;
  for (const { driver, from, to } of shifts) {
    now = Math.max(now, from);
    while (now < to) {
      const free = exponential(random, idle[hourOf(instant(now))] ?? 15) * minute;
      const boards = now + free + 2 * minute;
      const cruises = random.chance(0.45);
      // Hardly anybody scans an empty car that drives.
      const scansPerHour = cruises ? 0.1 * idleScansPerHour : idleScansPerHour;
      if (random.chance(1 - Math.exp((-scansPerHour * free) / hour)))
        scan(now + between(random, 0, free), undefined, driver);
      goOn(now, Math.min(to, now + free), cruises);
      if (boards >= to) {
        now = to;
        break;
      }
      goOn(now + free, boards - minute, true);
      goOn(boards - minute, boards + 0.5 * minute, false);
      const leaves = boards + Math.min(150, Math.max(4, logNormal(random, 22, 0.6))) * minute;
      const scansAt = random.chance(scanningShare) ? scanTime(random, boards, leaves) : undefined;
      const argo = argoFrom(random, { boards, leaves, scansAt }, driver);
      const trip = { boardedAt: instant(Math.round(boards)), leftAt: instant(Math.round(leaves)), argo };
      trips.push(trip);
      now = throughTraffic(random, goOn, boards + 0.5 * minute, leaves);
      if (scansAt !== undefined) scan(scansAt, trip, driver);
    }
  }
  return { car, shifts, trips, scans: scans.toSorted((a, b) => a.at - b.at), stretches };
};

type Ride = { readonly boards: number; readonly leaves: number; readonly scansAt: number | undefined };

/** The argo is started some seconds after boarding, sometimes on the way, sometimes never; it is stopped at the end. A scan reminds the driver. */
const argoFrom = (random: Random, { boards, leaves, scansAt }: Ride, { forgets, startsLate }: Driver): Trip['argo'] => {
  const [forgotten, late] = [random.chance(forgets), random.chance(startsLate)];
  const [wouldStart, hesitates] = [between(random, 2, 15) * minute, between(random, 2, 60) * 1_000];
  const reminded = random.chance(remindedShare) ? (scansAt ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
  const noticed = Math.min(
    forgotten ? Number.POSITIVE_INFINITY : boards + (late ? wouldStart : 0),
    Math.max(boards, reminded),
  );
  const startedAt = noticed + hesitates;
  const stoppedAt = leaves - between(random, 5, 60) * 1_000;
  return startedAt < stoppedAt
    ? { startedAt: instant(Math.round(startedAt)), stoppedAt: instant(Math.round(stoppedAt)) }
    : undefined;
};

/** While boarding, on the way, or to pay at the end, sometimes just after the argo was stopped. */
const scanTime = (random: Random, boards: number, leaves: number): number => {
  const when = between(random, 0, 1);
  if (when < 0.5) return boards + between(random, -20, 90) * 1_000;
  return when < 0.8 ? between(random, boards, leaves) : leaves - between(random, 45, 200) * 1_000;
};

/** Drives and stands in turn until `to`. */
const throughTraffic = (
  random: Random,
  goOn: (from: number, to: number, moving: boolean) => void,
  from: number,
  to: number,
): number => {
  let now = from;
  for (let moving = true; now < to; moving = !moving) {
    const next = Math.min(to, now + exponential(random, moving ? 5 : 1.2) * minute);
    goOn(now, next, moving);
    now = next;
  }
  return to;
};

/** Straight on in any direction; from the outskirts back towards the centre. */
const driven = (random: Random, { lat, lng }: Position, minutes: number): Position => {
  const kilometres = minutes * kilometresPerMinute * between(random, 0.5, 1.5);
  const outside = Math.hypot(lat - centre.lat, lng - centre.lng) > 0.12;
  const heading = outside ? Math.atan2(centre.lat - lat, centre.lng - lng) : between(random, 0, 2 * Math.PI);
  const degrees = kilometres / kilometresPerDegree;
  return { lat: lat + degrees * Math.sin(heading), lng: lng + degrees * Math.cos(heading) };
};
