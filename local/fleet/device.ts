/**
 * What the device of a car sends of its life, and when it arrives: late, twice, out of order, from a wrong clock, after power cuts, or never.
 * Pure: the same seed gives the same messages, and the profile changes only how they travel.
 */
import { type CarId, type Instant, instant } from '../../functions/kernel/types.ts';
import type { FleetOptions, Life, Position, Stretch } from './fleet.ts';
import { type Profile, type ProfileName, profiles } from './profiles.ts';
import { between, exponential, logNormal, normal, pareto, type Random, seededFor } from '../random.ts';

/** What the device publishes to `tuntas/cars/{car}/argo`; car and device are of the connection. */
export type DeviceMessage = {
  readonly kind: 'STARTED' | 'STOPPED' | 'PING';
  /** Counts all messages of the device; begins again at 0 after a power cut. */
  readonly sequence: number;
  /** The number of its power-ons, from firmware that counts them. */
  readonly boot?: number;
  /** Epoch ms by its own clock. */
  readonly deviceTime: number;
  readonly position?: Position;
};

/** One message on its way. A copy is a delivery of its own. */
export type Delivery = {
  readonly car: CarId;
  readonly device: string;
  readonly message: DeviceMessage;
  readonly happenedAt: Instant;
  readonly arrivesAt: Instant;
};

type Span = { readonly from: number; readonly to: number };
type Moment = { readonly at: number; readonly kind: DeviceMessage['kind']; readonly position: Position };
type Written = Moment & { readonly message: DeviceMessage };

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
/** 03:44 in Jakarta, within a day of UTC. */
const incidentBegins = 20 * hour + 44 * minute;

export type Journey = Pick<FleetOptions, 'seed' | 'from' | 'hours'> & { readonly profile: ProfileName };

/** @returns the deliveries in order of arrival; lost messages are left out */
export const deliveriesOf = (life: Life, journey: Journey): readonly Delivery[] => {
  const { car, device } = life.car;
  const profile: Profile = profiles[journey.profile];
  const from = journey.from;
  const to = from + journey.hours * hour;
  const random = seededFor(journey.seed, car, journey.profile);
  const rate = Math.exp(profile.spread * life.car.lateness);
  const holes = spans(
    random,
    { from, to },
    profile.holes.perHour * rate,
    () => exponential(random, profile.holes.mean) * minute,
  );
  const { perHour, shortest, tail, longest } = profile.stuck;
  const stuck = spans(random, { from, to }, perHour * rate, () => pareto(random, shortest, tail, longest) * minute);
  const held = [...holes, ...stuck, ...incidentsOf(random, profile, { from, to })];

  const deliveries: Delivery[] = [];
  let lastLeft = 0;
  for (const { at, message } of written(life, { from, to }, profile, random)) {
    const travels = logNormal(random, profile.network.median, profile.network.sigma) * second;
    const [lost, doubled, overtaken] = [profile.lost, profile.duplicated, profile.reordered].map((share) =>
      random.chance(share),
    );
    const straggles = exponential(random, 20) * second;
    const copied = exponential(random, 30) * second;
    if (message.kind === 'PING' && holes.some((hole) => isIn(hole, at))) continue;
    // Reports leave the outbox in their order; positions are sent when they are taken, or not at all.
    const leaves = message.kind === 'PING' ? at : Math.max(lastLeft, releasedFrom(held, at));
    if (message.kind !== 'PING') lastLeft = leaves;
    if (lost) continue;
    const arrives = leaves + travels + (overtaken ? straggles : 0);
    const deliver = (when: number): void =>
      void deliveries.push({
        car,
        device,
        message,
        happenedAt: instant(Math.round(at)),
        arrivesAt: instant(Math.round(when)),
      });
    deliver(arrives);
    if (doubled) deliver(arrives + copied);
  }
  return deliveries.toSorted((a, b) => a.arrivesAt - b.arrivesAt);
};

const isIn = ({ from, to }: Span, at: number): boolean => at >= from && at < to;

/** Spans may follow or overlap each other. */
const releasedFrom = (held: readonly Span[], at: number): number => {
  const span = held.find((one) => isIn(one, at));
  return span ? releasedFrom(held, span.to) : at;
};

const spans = (random: Random, { from, to }: Span, perHour: number, length: () => number): readonly Span[] => {
  const found: Span[] = [];
  for (let at = from + exponential(random, hour / perHour); at < to; at += exponential(random, hour / perHour)) {
    found.push({ from: at, to: at + length() });
  }
  return found;
};

const incidentsOf = (random: Random, { incident }: Profile, { from, to }: Span): readonly Span[] => {
  const found: Span[] = [];
  for (let at = from - (from % day) - day + incidentBegins; at < to; at += day) {
    if (random.chance(incident.share)) found.push({ from: at, to: at + incident.length * minute });
  }
  return found;
};

/** The messages as the device writes them: counted, and dated by its clock. */
const written = (life: Life, { from, to }: Span, profile: Profile, random: Random): readonly Written[] => {
  const { countsBoots, keepsTime } = life.car;
  const skew = random.chance(profile.wrongClocks)
    ? between(random, -1, 1) * 90 * minute
    : normal(random, 0, random.chance(0.08) ? 40 : 1.5) * second;
  const cuts: number[] = [];
  for (let at = from; at < to; at += exponential(random, day / profile.powerCutsPerDay)) if (at > from) cuts.push(at);
  let [boot, sequence, poweredOn] = [1, 0, 0];
  return momentsOf(life).map((moment): Written => {
    while (cuts[0] !== undefined && cuts[0] <= moment.at) {
      poweredOn = cuts.shift() as number;
      boot += 1;
      sequence = 0;
    }
    sequence += 1;
    // Until it hears the time again it counts from the power-on.
    const unset = poweredOn > 0 && !keepsTime && moment.at - poweredOn < 10 * minute;
    return {
      ...moment,
      message: {
        kind: moment.kind,
        sequence,
        ...(countsBoots ? { boot } : {}),
        deviceTime: Math.round(unset ? moment.at - poweredOn : moment.at + skew),
        position: moment.position,
      },
    };
  });
};

/** Starts and stops of the argo, and a position each minute on the move, each five minutes standing. */
const momentsOf = ({ stretches, trips }: Life): readonly Moment[] => {
  const pings = stretches.flatMap((stretch) => {
    const found: Moment[] = [];
    for (let at: number = stretch.from; at < stretch.to; at += stretch.moving ? minute : 5 * minute)
      found.push({ at, kind: 'PING', position: placeIn(stretch, at) });
    return found;
  });
  const where = (at: number): Position => {
    const stretch = stretchAt(stretches, at);
    return stretch ? placeIn(stretch, at) : { lat: 0, lng: 0 };
  };
  const reports = trips.flatMap(({ argo }): readonly Moment[] =>
    argo
      ? [
          { at: argo.startedAt, kind: 'STARTED', position: where(argo.startedAt) },
          { at: argo.stoppedAt, kind: 'STOPPED', position: where(argo.stoppedAt) },
        ]
      : [],
  );
  return [...pings, ...reports].toSorted((a, b) => a.at - b.at);
};

/** The last stretch that began by then. */
const stretchAt = (stretches: readonly Stretch[], at: number): Stretch | undefined => {
  let [low, high] = [0, stretches.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((stretches[middle] as Stretch).from <= at) low = middle + 1;
    else high = middle;
  }
  return stretches[low - 1];
};

/** About ten metres off, as receivers are, the same for the same moment. */
const placeIn = ({ from, to, start, end }: Stretch, at: number): Position => {
  const share = Math.min(1, (at - from) / (to - from));
  const off = (turn: number): number => 0.0001 * Math.sin(at * turn);
  return {
    lat: round(start.lat + share * (end.lat - start.lat) + off(1)),
    lng: round(start.lng + share * (end.lng - start.lng) + off(2)),
  };
};

/** Six decimals: a decimetre. */
const round = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;
