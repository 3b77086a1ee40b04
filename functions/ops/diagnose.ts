/** Diagnose: reads a period or one ride, judges it, and reads what looks wrong a second time before it says so. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instant } from '../platform/types.ts';
import { crossings, type Finding, judgeQueue, judgeRide, type QueueState, type Told } from './diagnose.decider.ts';
import type { QueueReport } from './diagnose.queues.ts';
import type { Cost, Reader } from './diagnose.store.ts';

export type Diagnosis = {
  readonly rides: number;
  readonly findings: readonly Finding[];
  readonly queues: readonly QueueState[];
  readonly agesUnknown?: string;
  /** Dispatches that were on their way when their ride was declined. No finding: nobody could have known. */
  readonly crossed: number;
  readonly cost: Cost;
};
export type DiagnoseDeps = {
  readonly reader: Reader;
  readonly queues: () => Promise<QueueReport>;
  /** The story follows the state by less than this, in milliseconds. */
  readonly settle: number;
};
/** `since`: the rides of a period; `rideId`: one ride. */
export type Subject = { readonly since: Instant } | { readonly rideId: string };

/** The period cuts stories off at its beginning, and the story follows the state: both look like gaps, until the ride is read as a whole, a moment later. */
const confirmed = async ({ reader, settle }: DiagnoseDeps, suspects: readonly Told[]): Promise<readonly Told[]> => {
  if (suspects.length === 0) return [];
  await sleep(settle);
  const again: Told[] = [];
  for (const { rideId } of suspects) again.push(...((await reader.one(rideId)) ?? []));
  return again;
};

/** @returns nothing when the ride that was asked for does not exist */
export const diagnose = async (deps: DiagnoseDeps, subject: Subject): Promise<Diagnosis | undefined> => {
  const { reader, queues } = deps;
  const report = queues();
  const one = 'rideId' in subject ? await reader.one(subject.rideId) : undefined;
  if ('rideId' in subject && !one) {
    await report;
    return undefined;
  }
  const told = one ? [one] : 'since' in subject ? await reader.period(subject.since) : [];
  const suspects = told.filter((ride) => judgeRide(ride).length > 0);
  const whole = await confirmed(deps, suspects);
  const { queues: states, agesUnknown } = await report;
  const whatIs = [...told.filter((ride) => !suspects.includes(ride)), ...whole];
  return {
    rides: told.length,
    findings: [...whole.flatMap(judgeRide), ...states.flatMap(judgeQueue)],
    queues: states,
    ...(agesUnknown ? { agesUnknown } : {}),
    crossed: whatIs.reduce((sum, ride) => sum + crossings(ride), 0),
    cost: reader.cost(),
  };
};
