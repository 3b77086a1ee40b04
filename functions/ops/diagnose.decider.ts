/** What diagnose asks of a ride (DSP-11, all but question 3), as rules over what is stored of it. */
import { type Instant, iso } from '../kernel/types.ts';
import { type Finding, type Question, questions } from './diagnose.questions.ts';

type Point = { readonly lat: number; readonly lng: number; readonly sequence: number };
export type RideEvent = {
  readonly type: string;
  readonly version: number;
  readonly at: Instant;
  readonly driverId?: string | undefined;
  readonly pickup?: Point | undefined;
};
/** A line of the dispatch log. It was claimed for the ride's `version` before the message went out at `sentAt`, if it did. */
export type Dispatch = {
  readonly driverId: string;
  readonly version: number;
  readonly claimedAt: Instant;
  readonly sentAt?: Instant | undefined;
};
export type StoredRide = {
  readonly status: string;
  readonly version: number;
  readonly pickup: Point;
  /** The drivers whose offers are PENDING. */
  readonly pending: readonly string[];
};
/** All that is stored of one ride. */
export type Told = {
  readonly rideId: string;
  readonly ride?: StoredRide | undefined;
  readonly events: readonly RideEvent[];
  readonly dispatches: readonly Dispatch[];
  /** Keys of lines that are not as this version writes them. */
  readonly unreadable: readonly string[];
};
const afterDecline = 10_000;
const hour = 3_600_000;
/** A decline is told the time at which it was asked, and written some milliseconds later. */
const untilWritten = 250;
const tolerance = 0.0001;
/** The time comes from the machine that was asked; the version, not the time, is the order. */
const clocksDiffer = 1_000;

const declines = (events: readonly RideEvent[]): readonly RideEvent[] =>
  events.filter(({ type }) => type === 'ride.declined' || type === 'ride.offer-declined');

/** Under policy `next` the ride goes on to others; only the driver who declined must not see it again. */
const concerns = (decline: RideEvent, { driverId }: Dispatch): boolean =>
  decline.type === 'ride.declined' || decline.driverId === driverId;

type Late = { readonly decline: RideEvent; readonly dispatch: Dispatch & { readonly sentAt: Instant } };

const sentAfterDecline = ({ events, dispatches }: Told): readonly Late[] =>
  declines(events).flatMap((decline) =>
    dispatches
      .filter((one): one is Late['dispatch'] => one.sentAt !== undefined && concerns(decline, one))
      .filter(({ sentAt }) => sentAt > decline.at && sentAt - decline.at <= afterDecline)
      .map((dispatch) => ({ decline, dispatch })),
  );

/** The worker had read the ride before it was declined: the two met on the way, and no rule was broken. */
const crossed = ({ decline, dispatch }: Late): boolean =>
  dispatch.version < decline.version && dispatch.claimedAt - decline.at <= untilWritten;

/** Dispatches that were on their way when the decline was written. */
export const crossings = (told: Told): number => sentAfterDecline(told).filter(crossed).length;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(3)} s`;

const dispatchedAfterDecline = (told: Told): readonly string[] =>
  sentAfterDecline(told)
    .filter((late) => !crossed(late))
    .map(
      ({ decline, dispatch: { driverId, sentAt, version } }) =>
        `sent to ${driverId} at ${iso(sentAt)} under version ${version}, ${seconds(sentAt - decline.at)} after ${decline.driverId ?? 'somebody'} declined (version ${decline.version})`,
    );

const dispatchedTwice = ({ dispatches }: Told): readonly string[] => {
  const sent = Map.groupBy(
    dispatches.flatMap(({ driverId, sentAt }) => (sentAt === undefined ? [] : [{ driverId, sentAt }])),
    ({ driverId }) => driverId,
  );
  return [...sent].flatMap(([driverId, all]) => {
    const times = all.map(({ sentAt }) => sentAt).toSorted((a, b) => a - b);
    const repeated = times.filter((time, i) => i > 0 && time - (times[i - 1] as number) <= hour);
    return repeated.length === 0 ? [] : [`sent ${times.length} times to ${driverId}: ${times.map(iso).join(', ')}`];
  });
};

const pendingOffers = ({ ride }: Told): readonly string[] =>
  !ride || ride.status === 'PENDING' || ride.status === 'SEARCHING' || ride.pending.length === 0
    ? []
    : [`the ride is ${ride.status} (version ${ride.version}) and awaits the answer of ${ride.pending.join(', ')}`];

/** Degrees, free of the last bits of a difference of decimals. */
const apart = (a: number, b: number): number => Math.round(Math.abs(a - b) * 1e9) / 1e9;
const shown = ({ lat, lng, sequence }: Point): string => `${lat}, ${lng} (sequence ${sequence})`;

const pickupDiffers = ({ ride, events }: Told): readonly string[] => {
  const logged = events.flatMap(({ pickup }) => pickup ?? []).toSorted((a, b) => b.sequence - a.sequence)[0];
  if (!ride || !logged) return [];
  const distance = Math.max(apart(ride.pickup.lat, logged.lat), apart(ride.pickup.lng, logged.lng));
  return distance > tolerance ? [`stored ${shown(ride.pickup)}, log ${shown(logged)}: ${distance}° apart`] : [];
};

const list = (versions: readonly number[]): string => `version${versions.length > 1 ? 's' : ''} ${versions.join(', ')}`;

/** What may still happen after an event. */
const ends: Readonly<Record<string, readonly string[]>> = {
  'ride.accepted': ['ride.pickup-updated', 'ride.cancelled'],
  'ride.declined': [],
  'ride.cancelled': [],
  'ride.expired': [],
};

const gaps = ({ ride, events }: Told): readonly string[] => {
  const versions = events.map(({ version }) => version);
  const newest = Math.max(ride?.version ?? 0, ...versions);
  const missing = Array.from({ length: newest }, (_, i) => i + 1).filter((version) => !versions.includes(version));
  const repeated = versions.filter((version, i) => versions.indexOf(version) !== i);
  return [
    ...(missing.length > 0 ? [`${list(missing)} of ${newest} missing`] : []),
    ...(repeated.length > 0 ? [`${list([...new Set(repeated)])} more than once`] : []),
    ...(ride && versions.some((version) => version > ride.version)
      ? [`the ride is at version ${ride.version}, its events at ${newest}`]
      : []),
    ...(ride ? [] : ['there are events, but no ride']),
  ];
};

const disorder = ({ events }: Told): readonly string[] => {
  let closed: RideEvent | undefined;
  let before: RideEvent | undefined;
  return events
    .toSorted((a, b) => a.version - b.version)
    .flatMap((event) => {
      const wrong: string[] = [];
      if ((event.version === 1) !== (event.type === 'ride.requested'))
        wrong.push(`version ${event.version} is ${event.type}`);
      if (closed && !ends[closed.type]?.includes(event.type))
        wrong.push(`${event.type} (version ${event.version}) after ${closed.type} (version ${closed.version})`);
      if (before && before.at - event.at > clocksDiffer)
        wrong.push(`version ${event.version} is of ${iso(event.at)}, version ${before.version} of ${iso(before.at)}`);
      before = event;
      if (ends[event.type]) closed = event;
      return wrong;
    });
};

const sequenceBroken = (told: Told): readonly string[] => [
  ...gaps(told),
  ...disorder(told),
  ...told.unreadable.map((key) => `${key} cannot be read`),
];

const rules: Readonly<Record<Exclude<Question, 'queues'>, (told: Told) => readonly string[]>> = {
  'after-decline': dispatchedAfterDecline,
  twice: dispatchedTwice,
  'pending-offers': pendingOffers,
  pickup: pickupDiffers,
  sequence: sequenceBroken,
};

/** What is wrong with one ride. */
export const judgeRide = (told: Told): readonly Finding[] =>
  (Object.keys(rules) as (keyof typeof rules)[]).flatMap((question) =>
    rules[question](told).map((evidence) => ({
      question,
      subject: told.rideId,
      evidence,
      runbook: questions[question].runbook,
    })),
  );
