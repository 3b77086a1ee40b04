/** The timeline of a car's reports, a pure function of their set: which are in doubt, and when the argo ran. */
import { type Instant, instant } from '../kernel/types.ts';
import { eventsKept, type MeterEvent } from './argo.ts';

const minute = 60_000;
const hour = 60 * minute;

/** The stated tolerances of event time. */
export const tolerances = {
  /** A device's clock may be this far ahead of ours before its time is doubted. */
  ahead: 2 * minute,
  /** Steps of one device's clock that are not called going back. */
  backwards: 2 * minute,
  /** A report may come this late and still count; the worst seen was 52 minutes. */
  late: 6 * hour,
  /** Further from our clock than this, the device's clock was never set. */
  unset: 24 * hour,
  /** A sequence that falls by more than this began again; one that falls by less came late. */
  restart: 64,
  /** A second stop this soon after a stop is the same stop pressed twice. */
  pressedTwice: minute,
  /** A stop whose start is missing means that the argo ran, at most this long. */
  unseenRun: 3 * hour,
  /** A start whose stop never came counts this long. */
  longestRun: 24 * hour,
  /** A driver is not occupied by a start older than this: its stop was lost. */
  lostStop: 3 * hour,
} as const;

/**
 * Why a report is suspect.
 * `future`, `clock-unset`: the device's time is impossible, ours is used. `late`, `regressing`, `overtaken`: the report
 * decides nothing. `overlapping`: a start while the argo ran; the first start counts. `unstarted`: a lone stop.
 */
type Doubt = 'future' | 'clock-unset' | 'late' | 'regressing' | 'overtaken' | 'overlapping' | 'unstarted';

/** One run of the argo. Without `startedAt` the start was lost, after `since`; without `stoppedAt` it still runs. */
export type Run =
  | { readonly startedAt: Instant; readonly stoppedAt?: Instant | undefined }
  | { readonly since: Instant; readonly stoppedAt: Instant };

type Placed = { readonly event: MeterEvent; readonly at: Instant; readonly doubt?: Doubt | undefined };
export type Timeline = { readonly placed: readonly Placed[]; readonly runs: readonly Run[] };

type Clock = 'good' | 'late' | 'future' | 'clock-unset';

/** The two clocks of a message. */
type Times = Pick<MeterEvent, 'deviceTime' | 'receivedAt'>;

const clockOf = ({ deviceTime, receivedAt }: Times): Clock => {
  const ahead = deviceTime - receivedAt;
  if (ahead > tolerances.unset) return 'clock-unset';
  if (ahead > tolerances.ahead) return 'future';
  if (-ahead > 7 * tolerances.unset) return 'clock-unset';
  return -ahead > tolerances.late ? 'late' : 'good';
};

/** The device knows when it happened. */
export const isTimed = (event: Times): boolean => clockOf(event) === 'good';

/** When it happened: the device's time where it can be, never after its receipt; else the time of receipt. */
export const placeOf = (event: Times): Instant => {
  const clock = clockOf(event);
  return clock === 'good' || clock === 'late'
    ? instant(Math.min(event.deviceTime, event.receivedAt))
    : event.receivedAt;
};

/** A total order of different reports: by when they happened, then by the device's count. */
export const compare = (a: MeterEvent, b: MeterEvent): number =>
  placeOf(a) - placeOf(b) ||
  (a.boot ?? 0) - (b.boot ?? 0) ||
  a.sequence - b.sequence ||
  (a.kind === b.kind ? 0 : a.kind === 'STARTED' ? -1 : 1) ||
  (a.device < b.device ? -1 : a.device > b.device ? 1 : 0) ||
  a.deviceTime - b.deviceTime;

/** Two copies of one report. */
export const isCopy = (a: MeterEvent, b: MeterEvent): boolean =>
  a.device === b.device &&
  a.boot === b.boot &&
  a.sequence === b.sequence &&
  a.kind === b.kind &&
  a.deviceTime === b.deviceTime;

const countedEarlier = (a: MeterEvent, b: MeterEvent): boolean =>
  a.device === b.device && a.boot === b.boot && a.sequence < b.sequence;

/**
 * Sequence, device time and receipt each give an order of two reports. Where sequence and device time disagree, receipt
 * decides: with the sequence, the clock went back (`regressing`); with the clock, the sequence restarted.
 */
const regresses = (event: MeterEvent, all: readonly MeterEvent[]): boolean =>
  all.some(
    (other) =>
      countedEarlier(other, event) &&
      clockOf(other) === 'good' &&
      other.receivedAt < event.receivedAt &&
      other.deviceTime - event.deviceTime > tolerances.backwards,
  );

/** A report without a usable clock that came after one counted later: it must not be placed behind it. */
const isOvertaken = (event: MeterEvent, all: readonly MeterEvent[]): boolean =>
  all.some(
    (other) =>
      countedEarlier(event, other) &&
      other.receivedAt < event.receivedAt &&
      (event.boot !== undefined || other.sequence - event.sequence <= tolerances.restart),
  );

/** The doubt about a report, alone and compared with the others, whatever the argo was doing. */
const doubtOf = (event: MeterEvent, all: readonly MeterEvent[]): Doubt | undefined => {
  const clock = clockOf(event);
  if (clock === 'late') return 'late';
  if (clock === 'good') return regresses(event, all) ? 'regressing' : undefined;
  return isOvertaken(event, all) ? 'overtaken' : clock;
};

const decidesNothing = (doubt: Doubt | undefined): boolean =>
  doubt === 'late' || doubt === 'regressing' || doubt === 'overtaken';

/** @param events in the order of `compare`, without copies */
export const timelineOf = (events: readonly MeterEvent[]): Timeline => {
  const placed: Placed[] = [];
  const runs: Run[] = [];
  let running: Instant | undefined;
  let before: Placed | undefined;
  for (const event of events) {
    const at = placeOf(event);
    const own = doubtOf(event, events);
    if (decidesNothing(own)) {
      placed.push({ event, at, doubt: own });
      continue;
    }
    const [isStart, wasRunning] = [event.kind === 'STARTED', running !== undefined];
    const doubt = own ?? (isStart !== wasRunning ? undefined : isStart ? 'overlapping' : 'unstarted');
    if (isStart) running ??= at;
    else {
      const run = running === undefined ? unseenRun(at, before, events.length) : { startedAt: running, stoppedAt: at };
      if (run) runs.push(run);
      running = undefined;
    }
    before = { event, at, doubt };
    placed.push(before);
  }
  if (running !== undefined) runs.push({ startedAt: running });
  return { placed, runs };
};

/** A meter that is stopped has been running: since what is known before it, but not for longer than a trip may be. */
const unseenRun = (stoppedAt: Instant, before: Placed | undefined, known: number): Run | undefined => {
  if (before?.event.kind === 'STOPPED' && stoppedAt - before.at <= tolerances.pressedTwice) return undefined;
  // With a full list the start may just have been forgotten, and its trip is long over.
  if (!before && known >= eventsKept) return undefined;
  return { since: instant(Math.max(before?.at ?? 0, stoppedAt - tolerances.unseenRun)), stoppedAt };
};

/** The run a scan belongs to: the argo ran at `at`, or was started at most `wait` after it. */
export const runAt = (runs: readonly Run[], at: Instant, wait: number): Run | undefined =>
  runs.find((run) => {
    if ('since' in run) return at > run.since && at <= run.stoppedAt;
    const until = run.stoppedAt ?? instant(run.startedAt + tolerances.longestRun);
    return at >= run.startedAt - wait && at <= until;
  });

/** Whether the reports cover that moment: a full list has dropped what was before its oldest. */
export const remembers = (events: readonly MeterEvent[], at: Instant): boolean => {
  const oldest = events.at(-eventsKept);
  return oldest === undefined || at > placeOf(oldest);
};

/** The state of the argo now, and since when. */
export const nowOf = ({
  runs,
  placed,
}: Timeline): { readonly status: 'STARTED' | 'STOPPED' | 'UNKNOWN'; readonly since?: Instant } => {
  const last = runs.at(-1);
  if (last && 'startedAt' in last && last.stoppedAt === undefined) return { status: 'STARTED', since: last.startedAt };
  const stop = placed.findLast(({ doubt }) => !decidesNothing(doubt));
  return stop ? { status: 'STOPPED', since: stop.at } : { status: 'UNKNOWN' };
};

export const doubtIn = ({ placed }: Timeline, event: MeterEvent): Doubt | undefined =>
  placed.find((one) => isCopy(one.event, event))?.doubt;

/** From its time to its receipt; unknown from a doubtful clock. */
export const lagOf = ({ event, at, doubt }: Placed): number | undefined =>
  doubt === 'future' || doubt === 'clock-unset' || doubt === 'overtaken' ? undefined : event.receivedAt - at;

/** Whether the start was seen or lost, and both ends. */
const boundsOf = (run: Run): readonly [string, Instant, Instant | undefined] =>
  'since' in run ? ['lost', run.since, run.stoppedAt] : ['seen', run.startedAt, run.stoppedAt];

export const sameRun = (a: Run | undefined, b: Run | undefined): boolean => {
  if (!a || !b) return a === b;
  const [x, y] = [boundsOf(a), boundsOf(b)];
  return x.every((bound, i) => bound === y[i]);
};
