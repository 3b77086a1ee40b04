/**
 * The messages of a car's device, and when they arrive: late, twice, out of order, from wrong clocks, or never.
 * Pure: the same seed gives the same messages, and the profile changes only how they travel.
 */
import { type CarId, type Instant, instant } from '../../functions/kernel/types.ts';
import { between, exponential, logNormal, normal, pareto, type Random, seededFor } from '../random.ts';
import type { FleetOptions, Life, Position, Stretch } from './fleet.ts';
import { type Profile, type ProfileName, profiles } from './profiles.ts';

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

/** One message on its way. A copy is a separate delivery. */
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
  const span = { from: journey.from, to: journey.from + journey.hours * hour };
  const random = seededFor(journey.seed, car, journey.profile);
  const { holes, held } = interruptions(random, profile, span, Math.exp(profile.spread * life.car.lateness));

  const deliveries: Delivery[] = [];
  for (const { at, message } of written(life, span, profile, random)) {
    const travels = logNormal(random, profile.network.median, profile.network.sigma) * second;
    const [lost, doubled, overtaken] = [profile.lost, profile.duplicated, profile.reordered].map((share) =>
      random.chance(share),
    );
    const straggles = exponential(random, 20) * second;
    const copied = exponential(random, 30) * second;
    const isPing = message.kind === 'PING';
    if (isPing && holes.some((hole) => isIn(hole, at))) continue;
    if (lost) continue;
    // Reports wait in the outbox; positions are sent when they are taken, or not at all.
    const leaves = isPing ? at : releasedFrom(held, at);
    const arrives = leaves + travels + (overtaken ? straggles : 0);
    const happenedAt = instant(Math.round(at));
    for (const when of doubled ? [arrives, arrives + copied] : [arrives])
      deliveries.push({ car, device, message, happenedAt, arrivesAt: instant(Math.round(when)) });
  }
  return deliveries.toSorted((a, b) => a.arrivesAt - b.arrivesAt);
};

const isIn = ({ from, to }: Span, at: number): boolean => at >= from && at < to;

/** Spans may follow or overlap each other. */
const releasedFrom = (held: readonly Span[], at: number): number => {
  const span = held.find((one) => isIn(one, at));
  return span ? releasedFrom(held, span.to) : at;
};

/** @returns holes in the coverage, and all spans in which reports are held back */
const interruptions = (random: Random, profile: Profile, { from, to }: Span, rate: number) => {
  const spans = (perHour: number, length: () => number): readonly Span[] => {
    const found: Span[] = [];
    const next = (): number => exponential(random, hour / (perHour * rate));
    for (let at = from + next(); at < to; at += next()) found.push({ from: at, to: at + length() * minute });
    return found;
  };
  const { stuck, incident } = profile;
  const holes = spans(profile.holes.perHour, () => exponential(random, profile.holes.mean));
  const held = [...holes, ...spans(stuck.perHour, () => pareto(random, stuck.shortest, stuck.tail, stuck.longest))];
  for (let at = from - (from % day) - day + incidentBegins; at < to; at += day)
    if (random.chance(incident.share)) held.push({ from: at, to: at + incident.length * minute });
  return { holes, held };
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
    for (let cut = cuts[0]; cut !== undefined && cut <= moment.at; cut = cuts[0]) {
      poweredOn = cut;
      cuts.shift();
      boot += 1;
      sequence = 0;
    }
    sequence += 1;
    // Until its clock is set again it counts from the power-on.
    const unset = poweredOn > 0 && !keepsTime && moment.at - poweredOn < 10 * minute;
    const deviceTime = Math.round(unset ? moment.at - poweredOn : moment.at + skew);
    const { kind, position } = moment;
    return { ...moment, message: { kind, sequence, ...(countsBoots && { boot }), deviceTime, position } };
  });
};

/** Starts and stops of the argo, and a position each minute on the move, each five minutes waiting. */
const momentsOf = ({ stretches, trips }: Life): readonly Moment[] => {
  const pings = stretches.flatMap((stretch) => {
    const found: Moment[] = [];
    for (let at: number = stretch.from; at < stretch.to; at += stretch.moving ? minute : 5 * minute)
      found.push({ at, kind: 'PING', position: placeIn(stretch, at) });
    return found;
  });
  // Trips and stretches are both in order of time.
  let index = 0;
  const reported = (kind: 'STARTED' | 'STOPPED', at: number): Moment => {
    while ((stretches[index + 1]?.from ?? Number.POSITIVE_INFINITY) <= at) index += 1;
    const stretch = stretches[index];
    return { at, kind, position: stretch ? placeIn(stretch, at) : { lat: 0, lng: 0 } };
  };
  const reports = trips.flatMap(({ argo }) =>
    argo ? [reported('STARTED', argo.startedAt), reported('STOPPED', argo.stoppedAt)] : [],
  );
  return [...pings, ...reports].toSorted((a, b) => a.at - b.at);
};

/** About ten metres off, as receivers are, the same for the same moment. */
const placeIn = ({ from, to, start, end }: Stretch, at: number): Position => {
  const share = Math.min(1, (at - from) / (to - from));
  const off = (turn: number): number => 0.0001 * Math.sin(at * turn);
  return {
    lat: sixDecimals(start.lat + share * (end.lat - start.lat) + off(1)),
    lng: sixDecimals(start.lng + share * (end.lng - start.lng) + off(2)),
  };
};

/** A decimetre. */
const sixDecimals = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;
