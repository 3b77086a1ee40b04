/** What diagnose answers about a ride (DSP-11, all but question 3), as rules over what is stored of it. */
import type { RideRecord } from '../dispatch/commands.ts';
import { type Instant, iso } from '../kernel/types.ts';
import { type Finding, type Question, questions } from './diagnose.questions.ts';

type RideEvent = RideRecord['events'][number];
type Dispatch = RideRecord['dispatches'][number];
type Point = NonNullable<RideEvent['pickup']>;

const afterDeclineMs = 10_000;
const hourMs = 3_600_000;
/** A decline has the time of its request, and is written some milliseconds later. */
const writtenAfterMs = 250;
/** Degrees. */
const tolerance = 0.0001;
/** Times come from the machines of the functions; the version, not the time, is the order. */
const clocksDifferMs = 1_000;

const declines = (events: readonly RideEvent[]): readonly RideEvent[] =>
  events.filter(({ type }) => type === 'ride.declined' || type === 'ride.offer-declined');

/** Under policy `next` the search continues; only the driver who declined must not be shown the ride again. */
const concerns = (decline: RideEvent, { driverId }: Dispatch): boolean =>
  decline.type === 'ride.declined' || decline.driverId === driverId;

type Late = { readonly decline: RideEvent; readonly dispatch: Dispatch & { readonly sentAt: Instant } };

const sentAfterDecline = ({ events, dispatches }: RideRecord): readonly Late[] =>
  declines(events).flatMap((decline) =>
    dispatches
      .filter((one): one is Late['dispatch'] => one.sentAt !== undefined && concerns(decline, one))
      .filter(({ sentAt }) => sentAt > decline.at && sentAt - decline.at <= afterDeclineMs)
      .map((dispatch) => ({ decline, dispatch })),
  );

/** The worker had read the ride before it was declined: the two crossed, and no rule was broken. */
const hasCrossed = ({ decline, dispatch }: Late): boolean =>
  dispatch.version < decline.version && dispatch.claimedAt - decline.at <= writtenAfterMs;

/** Dispatches that were on their way when the decline was written. */
export const crossings = (record: RideRecord): number => sentAfterDecline(record).filter(hasCrossed).length;

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(3)} s`;

const dispatchedAfterDecline = (record: RideRecord): readonly string[] =>
  sentAfterDecline(record)
    .filter((late) => !hasCrossed(late))
    .map(({ decline, dispatch: { driverId, sentAt, version } }) => {
      const declined = `${decline.driverId ?? 'a driver'} declined (version ${decline.version})`;
      const after = seconds(sentAt - decline.at);
      return `sent to ${driverId} at ${iso(sentAt)} under version ${version}, ${after} after ${declined}`;
    });

/** Who lost the ride to a driver that gave it back is offered it again. */
const dispatchedTwice = ({ dispatches, events }: RideRecord): readonly string[] => {
  const givenBack = events.filter(({ type }) => type === 'ride.given-back').map(({ at }) => at);
  const sent = Map.groupBy(
    dispatches.flatMap(({ driverId, sentAt }) => (sentAt === undefined ? [] : [{ driverId, sentAt }])),
    ({ driverId }) => driverId,
  );
  return [...sent].flatMap(([driverId, all]) => {
    const times = all.map(({ sentAt }) => sentAt).toSorted((a, b) => a - b);
    const isRepeated = times.some((at, i) => {
      const before = times[i - 1];
      if (before === undefined || at - before > hourMs) return false;
      return !givenBack.some((since) => before <= since && since <= at);
    });
    return isRepeated ? [`sent ${times.length} times to ${driverId}: ${times.map(iso).join(', ')}`] : [];
  });
};

const pendingOffers = ({ ride }: RideRecord): readonly string[] =>
  !ride || ride.status === 'PENDING' || ride.status === 'SEARCHING' || ride.pending.length === 0
    ? []
    : [`the ride is ${ride.status} (version ${ride.version}) and awaits the answer of ${ride.pending.join(', ')}`];

/** Degrees, free of the last bits of a difference of decimals. */
const apart = (a: number, b: number): number => Math.round(Math.abs(a - b) * 1e9) / 1e9;
const shown = ({ lat, lng, sequence }: Point): string => `${lat}, ${lng} (sequence ${sequence})`;

const pickupDiffers = ({ ride, events }: RideRecord): readonly string[] => {
  const logged = events.flatMap(({ pickup }) => pickup ?? []).toSorted((a, b) => b.sequence - a.sequence)[0];
  if (!ride || !logged) return [];
  const distance = Math.max(apart(ride.pickup.lat, logged.lat), apart(ride.pickup.lng, logged.lng));
  return distance > tolerance ? [`stored ${shown(ride.pickup)}, log ${shown(logged)}: ${distance}° apart`] : [];
};

const list = (versions: readonly number[]): string => `version${versions.length > 1 ? 's' : ''} ${versions.join(', ')}`;

const gaps = ({ ride, events }: RideRecord): readonly string[] => {
  const versions = events.map(({ version }) => version);
  const newest = Math.max(ride?.version ?? 0, ...versions);
  const missing = Array.from({ length: newest }, (_, i) => i + 1).filter((version) => !versions.includes(version));
  const repeated = versions.filter((version, i) => versions.indexOf(version) !== i);
  return [
    ...(missing.length > 0 ? [`${list(missing)} of ${newest} missing`] : []),
    ...(repeated.length > 0 ? [`${list([...new Set(repeated)])} more than once`] : []),
    ...(ride && newest > ride.version ? [`the ride is at version ${ride.version}, its events at ${newest}`] : []),
    ...(ride ? [] : ['there are events, but no ride']),
  ];
};

/** What may happen after an event that ends the search or begins it again. */
const ends: Readonly<Record<string, readonly string[]>> = {
  'ride.accepted': [
    'ride.pickup-updated',
    'ride.picked-up',
    'ride.completed',
    'ride.given-back',
    'ride.overdue',
    'ride.cancelled',
  ],
  'ride.picked-up': ['ride.completed', 'ride.overdue', 'ride.cancelled'],
  'ride.completed': [],
  // The search continues.
  'ride.given-back': [
    'ride.offered',
    'ride.offer-declined',
    'ride.search-continued',
    'ride.pickup-updated',
    'ride.accepted',
    'ride.declined',
    'ride.cancelled',
    'ride.expired',
  ],
  'ride.declined': [],
  'ride.cancelled': [],
  'ride.expired': [],
};

const disorder = ({ events }: RideRecord): readonly string[] => {
  const ordered = events.toSorted((a, b) => a.version - b.version);
  return ordered.flatMap((event, i) => {
    const { type, version, at } = event;
    const closed = ordered.slice(0, i).findLast((one) => ends[one.type]);
    const before = ordered[i - 1];
    return [
      ...((version === 1) === (type === 'ride.requested') ? [] : [`version ${version} is ${type}`]),
      ...(closed && !ends[closed.type]?.includes(type)
        ? [`${type} (version ${version}) after ${closed.type} (version ${closed.version})`]
        : []),
      ...(before && before.at - at > clocksDifferMs
        ? [`version ${version} is of ${iso(at)}, version ${before.version} of ${iso(before.at)}`]
        : []),
    ];
  });
};

const sequenceBroken = (record: RideRecord): readonly string[] => [
  ...gaps(record),
  ...disorder(record),
  ...record.unreadable.map((key) => `${key} cannot be read`),
];

const rules: Readonly<Record<Exclude<Question, 'queues'>, (record: RideRecord) => readonly string[]>> = {
  'after-decline': dispatchedAfterDecline,
  twice: dispatchedTwice,
  'pending-offers': pendingOffers,
  pickup: pickupDiffers,
  sequence: sequenceBroken,
};

/** What is wrong with one ride. */
export const judgeRide = (record: RideRecord): readonly Finding[] =>
  (Object.keys(rules) as (keyof typeof rules)[]).flatMap((question) =>
    rules[question](record).map((evidence) => ({
      question,
      subject: record.rideId,
      evidence,
      runbook: questions[question].runbook,
    })),
  );
