/** Numbers the pickup updates of each ride, so that the server ignores one that was overtaken (DSP-5). */
import { remembered } from './filter-memory.ts';

export type Pickups = {
  /** The sequence of the next update; unknown rides are read first, once however many updates wait for it. */
  readonly next: (rideId: string) => Promise<number>;
  readonly learn: (rideId: string, sequence: number) => void;
  /** Another device moved it, too: the next update reads the ride first. */
  readonly readAgain: (rideId: string) => void;
};

/** @param read returns the stored sequence */
export const pickups = (read: (rideId: string) => Promise<number>): Pickups => {
  const newest = new Map<string, number>();
  const outdated = new Set<string>();
  const reading = new Map<string, Promise<void>>();

  const learn = (rideId: string, sequence: number): void => {
    const known = Math.max(sequence, newest.get(rideId) ?? 0);
    newest.delete(rideId);
    newest.set(rideId, known);
    const [oldest] = newest.keys();
    if (newest.size > remembered && oldest !== undefined) newest.delete(oldest);
  };
  const readOnce = (rideId: string): Promise<void> => {
    const running =
      reading.get(rideId) ??
      read(rideId).then((sequence) => {
        learn(rideId, sequence);
        outdated.delete(rideId);
      });
    reading.set(rideId, running);
    return running.finally(() => reading.delete(rideId));
  };
  return {
    learn,
    readAgain: (rideId) => void outdated.add(rideId),
    next: async (rideId) => {
      if (!newest.has(rideId) || outdated.has(rideId)) await readOnce(rideId);
      const sequence = (newest.get(rideId) ?? 0) + 1;
      learn(rideId, sequence);
      return sequence;
    },
  };
};
