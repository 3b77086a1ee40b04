/** The rules of a car's argo: what a report of its device, a position, a driver and a paid order change. */
import { argoStarted, argoStopped, argoSuspect, carMovedOff } from '../../events/argo.ts';
import { type Decision, happened, nothing } from '../kernel/decision.ts';
import { type CarId, type DriverId, type Instant, iso, type OrderId } from '../kernel/types.ts';
import type { Timeline } from './argo.timeline.ts';
import { compare, doubtIn, isCopy, isTimed, nowOf, placeOf, sameRun, timelineOf } from './argo.timeline.ts';
import { type Argo, type ArgoFact, eventsKept, type Gps, type MeterEvent, outcomesKept, type Record } from './argo.ts';

type Position = { readonly lat: number; readonly lng: number };

export type ArgoCommand = { readonly at: Instant } & (
  | {
      readonly type: 'report';
      readonly event: MeterEvent;
      /** Of the car at that moment, where the device gave it. */
      readonly position?: Position | undefined;
    }
  | { readonly type: 'ping'; readonly position: Position; readonly seenAt: Instant }
  /** The driver took the car, or left it. */
  | { readonly type: 'drive'; readonly driverId: DriverId; readonly drives: boolean }
  /**
   * An EzPay order in this car was confirmed or failed. `proven`: by a report of the argo; absent while unknown.
   * `graceFrom`: with a proof, from when the next scan has grace.
   */
  | {
      readonly type: 'record-outcome';
      readonly orderId: OrderId;
      readonly confirmed: boolean;
      readonly proven?: boolean | undefined;
      readonly graceFrom?: Instant | undefined;
    }
);
type CommandOf<Type extends ArgoCommand['type']> = Extract<ArgoCommand, { type: Type }>;
type ArgoDecision = Decision<Argo, ArgoFact>;

export const decide = (command: ArgoCommand, car: CarId, argo: Argo | undefined): ArgoDecision => {
  const known = argo ?? { car, events: [] };
  switch (command.type) {
    case 'report':
      return report(command, known);
    case 'ping':
      return ping(command, known);
    case 'drive':
      return drive(command, known);
    case 'record-outcome':
      return recordOutcome(command, known);
  }
};

/** The reports with one more, the same in every order of arrival: of copies the first receipt counts. */
const withEvent = (events: readonly MeterEvent[], event: MeterEvent): readonly MeterEvent[] => {
  const copy = events.find((one) => isCopy(one, event));
  if (copy && copy.receivedAt <= event.receivedAt) return events;
  const next = events.filter((one) => one !== copy);
  const place = next.findLastIndex((one) => compare(one, event) < 0) + 1;
  return next.toSpliced(place, 0, event).slice(-eventsKept);
};

const report = ({ event, position, at }: CommandOf<'report'>, argo: Argo): ArgoDecision => {
  const events = withEvent(argo.events, event);
  if (events === argo.events) return nothing('duplicate');
  if (!events.includes(event)) return nothing('too-old');
  const [before, after] = [timelineOf(argo.events), timelineOf(events)];
  // A report may have waited for long: without a reliable time its position may be of any moment.
  const gps = position && isTimed(event) ? (gpsAfter(argo.gps, position, placeOf(event)) ?? argo.gps) : argo.gps;
  return happened({ ...argo, events, ...(gps && { gps }) }, at, reported(event, argo, before, after));
};

/** `argo.suspect` when the report decided nothing, else the start or stop it reports. */
const reported = (event: MeterEvent, { car, driver }: Argo, before: Timeline, after: Timeline): ArgoFact => {
  const doubt = doubtIn(after, event);
  const decides =
    before.runs.length !== after.runs.length || before.runs.some((run, i) => !sameRun(run, after.runs[i]));
  const [was, is] = [nowOf(before), nowOf(after)];
  const declared = !decides && doubt ? argoSuspect : event.kind === 'STARTED' ? argoStarted : argoStopped;
  return declared({
    car,
    device: event.device,
    sequence: event.sequence,
    kind: event.kind,
    deviceTime: iso(event.deviceTime),
    receivedAt: iso(event.receivedAt),
    happenedAt: iso(placeOf(event)),
    doubt,
    fare: event.fare,
    argo: is.status,
    since: is.since === undefined ? undefined : iso(is.since),
    changed: was.status !== is.status || was.since !== is.since,
    drivenBy: driver?.driverId,
  });
};

/** Metres from its last known place at which a car has moved on. */
const far = 150;
/** A car that has not moved on for so long is standing. */
const standsAfter = 2 * 60_000;
/** A position older than this is outdated. */
const stale = 5 * 60_000;
const metresPerDegree = 111_320;

const distance = (a: Position, b: Position): number =>
  Math.hypot((a.lat - b.lat) * metresPerDegree, (a.lng - b.lng) * metresPerDegree * Math.cos((a.lat * Math.PI) / 180));

/** What is known of the car's movement with one more position; nothing new when it is older than the last. */
const gpsAfter = (gps: Gps | undefined, { lat, lng }: Position, at: Instant): Gps | undefined => {
  if (!gps) return { lat, lng, at, moving: false };
  if (at <= gps.at) return undefined;
  return { lat, lng, at, moving: distance(gps, { lat, lng }) > far || (gps.moving && at - gps.at < standsAfter) };
};

/** Written only when the evidence changes: the car moved on, came to stand, or sent no position for a while. */
const ping = ({ position, seenAt, at }: CommandOf<'ping'>, argo: Argo): ArgoDecision => {
  const { gps } = argo;
  const next = gpsAfter(gps, position, seenAt);
  if (!next) return nothing('older-position');
  const changes = !gps || next.moving !== gps.moving || distance(gps, next) > far || seenAt - gps.at >= stale;
  if (!changes) return nothing('same-evidence');
  const movesOff = next.moving && !gps?.moving;
  const facts = movesOff ? [carMovedOff({ car: argo.car, seenAt: iso(seenAt) })] : [];
  return happened({ ...argo, gps: next }, at, ...facts);
};

const drive = ({ driverId, drives, at }: CommandOf<'drive'>, argo: Argo): ArgoDecision => {
  const { driver, ...rest } = argo;
  if (driver && driver.since > at) return nothing('older-report');
  if (!drives) return driver?.driverId === driverId ? happened(rest, at) : nothing('another-drives');
  if (driver?.driverId === driverId) return nothing('drives-already');
  return happened({ ...argo, driver: { driverId, since: at } }, at);
};

const fades = 0.98;
const thousandths = (value: number): number => Math.round(value * 1_000) / 1_000;
const recordWith = ({ scans, unproven }: Record = { scans: 0, unproven: 0 }, proven: boolean): Record => ({
  scans: thousandths(scans * fades + 1),
  unproven: thousandths(unproven * fades + (proven ? 0 : 1)),
});

const recordOutcome = (command: CommandOf<'record-outcome'>, argo: Argo): ArgoDecision => {
  const { orderId, confirmed, proven, graceFrom, at } = command;
  const before = argo.orders ?? [];
  const known = before.find((one) => one.orderId === orderId);
  if (known && known.at >= at) return nothing('known-already');
  const outcome = { orderId, at, confirmed, ...(graceFrom === undefined ? {} : { graceFrom }) };
  const orders = [...before.filter((one) => one !== known), outcome].sort((a, b) => a.at - b.at).slice(-outcomesKept);
  const record = proven === undefined ? argo.record : recordWith(argo.record, proven);
  return orders.some((one) => one.orderId === orderId)
    ? happened({ ...argo, orders, record }, at)
    : nothing('older-order');
};
