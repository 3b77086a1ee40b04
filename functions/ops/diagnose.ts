/** Diagnose: reads a period or one ride, judges it, and reads again what looks wrong before it reports a finding. */
import type { RideRecord, RideRecords } from '../dispatch/commands.ts';
import { batchesOf } from '../kernel/batches.ts';
import type { Instant, OrderId } from '../kernel/types.ts';
import type { Clock } from '../platform/ports.ts';
import { crossings, judgeRide } from './diagnose.decider.ts';
import type { QueueReport } from './diagnose.queues.ts';
import { judgeQueue } from './queue-state.decider.ts';

export type DiagnoseDeps = Pick<Clock, 'pause'> & {
  readonly records: RideRecords;
  readonly queues: () => Promise<QueueReport>;
};
/** `since`: the rides of a period; `rideId`: one ride. */
export type Subject = { readonly since: Instant } | { readonly rideId: OrderId };

/** The story follows the state by less than this. */
const settleMs = 2_000;
const atOnce = 16;
const isSuspect = (record: RideRecord): boolean => judgeRide(record).length > 0;

/**
 * The period cuts stories off at its beginning, and the story follows the state: both look like gaps until the ride is
 * read as a whole, a moment later. A ride that keeps changing can be met between two writes once, hardly twice.
 */
const readAgain = async (
  { records, pause }: Pick<DiagnoseDeps, 'records' | 'pause'>,
  suspects: readonly RideRecord[],
  times = 2,
): Promise<readonly RideRecord[]> => {
  if (suspects.length === 0 || times === 0) return suspects;
  await pause(settleMs);
  const whole: RideRecord[] = [];
  for (const batch of batchesOf(suspects, atOnce)) {
    const read = await Promise.all(batch.map(({ rideId }) => records.one(rideId)));
    whole.push(...read.filter((record) => record !== undefined));
  }
  const { suspect = [], cleared = [] } = Object.groupBy(whole, (record) => (isSuspect(record) ? 'suspect' : 'cleared'));
  return [...cleared, ...(await readAgain({ records, pause }, suspect, times - 1))];
};

const read = async ({ records }: DiagnoseDeps, subject: Subject): Promise<readonly RideRecord[]> => {
  if ('since' in subject) return records.period(subject.since);
  const record = await records.one(subject.rideId);
  return record ? [record] : [];
};

/** The diagnosis is of no ride when the one in question does not exist. */
export const diagnose = async (deps: DiagnoseDeps, subject: Subject) => {
  const [{ queues, agesUnknown }, found] = await Promise.all([deps.queues(), read(deps, subject)]);
  const whole = await readAgain(deps, found.filter(isSuspect));
  const rides = [...found.filter((ride) => !isSuspect(ride)), ...whole];
  return {
    rides: found.length,
    findings: [...rides.flatMap(judgeRide), ...queues.flatMap(judgeQueue)],
    queues,
    ...(agesUnknown ? { agesUnknown } : {}),
    /** On their way when their ride was declined: not a finding, no function could have known. */
    crossed: rides.reduce((sum, ride) => sum + crossings(ride), 0),
    cost: deps.records.cost(),
  };
};
export type Diagnosis = Awaited<ReturnType<typeof diagnose>>;
