/** Diagnose: reads a period or one ride, judges it, and reads what looks wrong a second time before it says so. */
import { batchesOf } from '../kernel/batches.ts';
import type { Instant } from '../kernel/types.ts';
import type { Clock } from '../platform/ports.ts';
import { crossings, judgeRide, type Told } from './diagnose.decider.ts';
import type { Finding } from './diagnose.questions.ts';
import type { QueueReport } from './diagnose.queues.ts';
import type { Cost, Reader } from './diagnose.store.ts';
import { judgeQueue, type QueueState } from './queue-state.decider.ts';

export type Diagnosis = {
  readonly rides: number;
  readonly findings: readonly Finding[];
  readonly queues: readonly QueueState[];
  readonly agesUnknown?: string;
  /** Dispatches that were on their way when their ride was declined. No finding: nobody could have known. */
  readonly crossed: number;
  readonly cost: Cost;
};
export type DiagnoseDeps = Pick<Clock, 'pause'> & {
  readonly reader: Reader;
  readonly queues: () => Promise<QueueReport>;
};
/** `since`: the rides of a period; `rideId`: one ride. */
export type Subject = { readonly since: Instant } | { readonly rideId: string };

/** The story follows the state by less than this. */
const settleMs = 2_000;
const atOnce = 16;
const isSuspect = (told: Told): boolean => judgeRide(told).length > 0;

/**
 * The period cuts stories off at its beginning, and the story follows the state: both look like gaps until the ride is read as a whole, a moment later.
 * A ride that goes on changing can be met in between once, hardly twice.
 */
const readAgain = async (
  { reader, pause }: Pick<DiagnoseDeps, 'reader' | 'pause'>,
  suspects: readonly Told[],
  times = 2,
): Promise<readonly Told[]> => {
  if (suspects.length === 0 || times === 0) return suspects;
  await pause(settleMs);
  const whole: Told[] = [];
  for (const batch of batchesOf(suspects, atOnce)) {
    const read = await Promise.all(batch.map(({ rideId }) => reader.one(rideId)));
    whole.push(...read.filter((told) => told !== undefined));
  }
  const [still, cleared] = [whole.filter(isSuspect), whole.filter((told) => !isSuspect(told))];
  return [...cleared, ...(await readAgain({ reader, pause }, still, times - 1))];
};

const read = async ({ reader }: DiagnoseDeps, subject: Subject): Promise<readonly Told[]> => {
  if ('since' in subject) return reader.period(subject.since);
  const told = await reader.one(subject.rideId);
  return told ? [told] : [];
};

/** No rides are diagnosed when the one that was asked for does not exist. */
export const diagnose = async (deps: DiagnoseDeps, subject: Subject): Promise<Diagnosis> => {
  const [{ queues, agesUnknown }, told] = await Promise.all([deps.queues(), read(deps, subject)]);
  const whole = await readAgain(deps, told.filter(isSuspect));
  const rides = [...told.filter((ride) => !isSuspect(ride)), ...whole];
  return {
    rides: told.length,
    findings: [...rides.flatMap(judgeRide), ...queues.flatMap(judgeQueue)],
    queues,
    ...(agesUnknown ? { agesUnknown } : {}),
    crossed: rides.reduce((sum, ride) => sum + crossings(ride), 0),
    cost: deps.reader.cost(),
  };
};
