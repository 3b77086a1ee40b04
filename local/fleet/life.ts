/** One car in its shifts: it waits or cruises, takes customers on board, drives through traffic, and is scanned. */
import { instant, type RiderId } from '../../functions/kernel/types.ts';
import { between, exponential, logNormal, normal, type Random, seededFor } from '../random.ts';
import type { Car, Driver, FleetOptions, Life, Position, Scanned, Shift, Stretch, Trip } from './fleet.ts';

const minute = 60_000;
const hour = 60 * minute;
const jakarta = 7 * hour;

/** By Jakarta's hour, 0 to 23: minutes a free car waits for its next passenger, on average. */
const waits = [35, 45, 55, 60, 45, 25, 14, 9, 8, 11, 14, 14, 12, 13, 14, 13, 11, 8, 7, 9, 12, 15, 20, 28] as const;
const shiftHours = { from: 5, length: 11.5 } as const;
const scanningShare = 0.6;
/** Of the drivers without the argo, those who start it when a customer scans. */
const remindedShare = 0.7;
const idleScansPerHour = 0.03;
const kilometresPerMinute = 0.4;
const kilometresPerDegree = 111.32;
const centre: Position = { lat: -6.2, lng: 106.83 };

/** Epoch ms inside the model may have fractions. */
const rounded = (at: number) => instant(Math.round(at));
const waitAt = (at: number): number => waits[Math.floor(((at + jakarta) % (24 * hour)) / hour)] ?? 15;

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
    const [driver] = n % 2 === 0 ? drivers : drivers.slice(1);
    if (driver && driven && ends > from)
      shifts.push({ driver, from: rounded(Math.max(from, begins)), to: rounded(Math.min(end, ends)) });
  }
};

/** What is collected of one car while it drives. */
const recorder = (car: Car, random: Random) => {
  const [scans, stretches]: [Scanned[], Stretch[]] = [[], []];
  let place = { lat: normal(random, centre.lat, 0.05), lng: normal(random, centre.lng, 0.05) };
  return {
    scans,
    stretches,
    scan: (at: number, trip: Trip | undefined, driver: Driver): void => {
      const answers = random.chance(driver.answers);
      // Wrong answers are rare.
      const confirmed = random.chance(trip ? 0.99 : 0.03);
      const afterMs = Math.round(exponential(random, 1.5) * minute + 5_000);
      scans.push({
        car: car.car,
        customerId: `customer-${car.car}-${scans.length + 1}` as RiderId,
        at: rounded(at),
        trip,
        answer: answers ? { confirmed, afterMs } : undefined,
      });
    },
    spend: (from: number, to: number, moving: boolean): void => {
      if (to - from < 1_000) return;
      const end = moving ? driven(random, place, (to - from) / minute) : place;
      stretches.push({ from: rounded(from), to: rounded(to), moving, start: place, end });
      place = end;
    },
  };
};
type Recorder = ReturnType<typeof recorder>;

export const lifeOf = (car: Car, options: FleetOptions): Life => {
  const random = seededFor(options.seed, car.car, 'life');
  const shifts = shiftsOf(car, random, options);
  const record = recorder(car, random);
  const trips: Trip[] = [];
  let now = 0;
  for (const { driver, from, to } of shifts) {
    now = Math.max(now, from);
    while (now < to) {
      const free = exponential(random, waitAt(now)) * minute;
      const boards = now + free + 2 * minute;
      const cruises = random.chance(0.45);
      // An empty car that drives is scanned very rarely.
      const scansPerHour = cruises ? 0.1 * idleScansPerHour : idleScansPerHour;
      if (random.chance(1 - Math.exp((-scansPerHour * free) / hour)))
        record.scan(now + between(random, 0, free), undefined, driver);
      record.spend(now, Math.min(to, now + free), cruises);
      if (boards >= to) {
        now = to;
        break;
      }
      record.spend(now + free, boards - minute, true);
      record.spend(boards - minute, boards + 0.5 * minute, false);
      const leaves = boards + Math.min(150, Math.max(4, logNormal(random, 22, 0.6))) * minute;
      const scansAt = random.chance(scanningShare) ? scanTime(random, boards, leaves) : undefined;
      const argo = argoOf(random, { boards, leaves, scansAt }, driver);
      const trip = { boardedAt: rounded(boards), leftAt: rounded(leaves), argo };
      trips.push(trip);
      throughTraffic(random, record, boards + 0.5 * minute, leaves);
      now = leaves;
      if (scansAt !== undefined) record.scan(scansAt, trip, driver);
    }
  }
  const { scans, stretches } = record;
  return { car, shifts, trips, scans: scans.toSorted((a, b) => a.at - b.at), stretches };
};

type Ride = { readonly boards: number; readonly leaves: number; readonly scansAt: number | undefined };

/** The argo is started after boarding, on the way or never, and stopped at the end. A scan reminds the driver. */
const argoOf = (random: Random, { boards, leaves, scansAt }: Ride, { forgets, startsLate }: Driver): Trip['argo'] => {
  const never = Number.POSITIVE_INFINITY;
  const [forgotten, late] = [random.chance(forgets), random.chance(startsLate)];
  const [lateBy, hesitates] = [between(random, 2, 15) * minute, between(random, 2, 60) * 1_000];
  const reminded = random.chance(remindedShare) ? (scansAt ?? never) : never;
  const noticed = Math.min(forgotten ? never : boards + (late ? lateBy : 0), Math.max(boards, reminded));
  const startedAt = noticed + hesitates;
  const stoppedAt = leaves - between(random, 5, 60) * 1_000;
  return startedAt < stoppedAt ? { startedAt: rounded(startedAt), stoppedAt: rounded(stoppedAt) } : undefined;
};

/** While boarding, on the way, or to pay at the end, sometimes just after the argo was stopped. */
const scanTime = (random: Random, boards: number, leaves: number): number => {
  const when = between(random, 0, 1);
  if (when < 0.5) return boards + between(random, -20, 90) * 1_000;
  return when < 0.8 ? between(random, boards, leaves) : leaves - between(random, 45, 200) * 1_000;
};

/** Drives and waits in turn. */
const throughTraffic = (random: Random, { spend }: Recorder, from: number, to: number): void => {
  let now = from;
  for (let moving = true; now < to; moving = !moving) {
    const next = Math.min(to, now + exponential(random, moving ? 5 : 1.2) * minute);
    spend(now, next, moving);
    now = next;
  }
};

/** Straight on in any direction; from the outskirts back towards the centre. */
const driven = (random: Random, { lat, lng }: Position, minutes: number): Position => {
  const kilometres = minutes * kilometresPerMinute * between(random, 0.5, 1.5);
  const outside = Math.hypot(lat - centre.lat, lng - centre.lng) > 0.12;
  const heading = outside ? Math.atan2(centre.lat - lat, centre.lng - lng) : between(random, 0, 2 * Math.PI);
  const degrees = kilometres / kilometresPerDegree;
  return { lat: lat + degrees * Math.sin(heading), lng: lng + degrees * Math.cos(heading) };
};
