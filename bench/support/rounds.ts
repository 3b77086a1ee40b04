/** Rounds of rides: requested by so many riders at once, each followed until every driver offered has its message. */
import { setTimeout as sleep } from 'node:timers/promises';
import { usageOf } from './processes.ts';
import { median, quantile } from './statistics.ts';

/** A way from the request to the drivers' apps: the local stack, or the bare loop. */
export type Way = {
  /** Asks for a ride to be shown to these drivers; answers its id. */
  readonly request: (drivers: readonly string[]) => Promise<string>;
  readonly deliveries: Deliveries;
};

export type Deliveries = ReturnType<typeof openDeliveries>;

const lostAfter = 30_000;

/** When which driver got the message of which ride; it may arrive before the answer to the request. */
export const openDeliveries = () => {
  const arrivals = new Map<string, number[]>();
  const waiting = new Map<string, (at: number) => void>();
  const keyOf = (ride: string, driver: string): string => `${ride} ${driver}`;
  return {
    arrived: (ride: string, driver: string): void => {
      const key = keyOf(ride, driver);
      const now = performance.now();
      const before = arrivals.get(key);
      if (before) before.push(now);
      else arrivals.set(key, [now]);
      waiting.get(key)?.(now);
    },
    count: (ride: string, driver: string): number => arrivals.get(keyOf(ride, driver))?.length ?? 0,
    /** When the message arrived; nothing when it was lost. */
    first: (ride: string, driver: string): Promise<number | undefined> => {
      const key = keyOf(ride, driver);
      const [at] = arrivals.get(key) ?? [];
      if (at !== undefined) return Promise.resolve(at);
      return new Promise((resolve) => {
        const timer = setTimeout(() => resolve(undefined), lostAfter);
        waiting.set(key, (now) => {
          clearTimeout(timer);
          waiting.delete(key);
          resolve(now);
        });
      });
    },
  };
};

export const drivers = Array.from({ length: 30 }, (_, n) => `driver-${String(n).padStart(2, '0')}`);
export const riders = Array.from({ length: 32 }, (_, n) => `rider-${String(n).padStart(2, '0')}`);

export type Round = {
  readonly ridesPerSecond: number;
  /** CPU time of the way, its riders and drivers included; nothing where the system does not report it. */
  readonly cpuPerRide: number | undefined;
  /** Milliseconds from the request to each driver's message. */
  readonly latencies: readonly number[];
  readonly lost: number;
  readonly twice: number;
};

export type Plan = {
  readonly rides: number;
  readonly atOnce: number;
  readonly candidates: number;
  readonly pause?: number;
};

let turn = 0;
const nextDrivers = (count: number): readonly string[] => {
  turn += 1;
  return Array.from({ length: count }, (_, n) => drivers[(turn * 7 + n) % drivers.length] as string);
};

/** A second copy arrives after the first: the round is counted when it could have arrived. */
const settle = 300;

export const play = async (
  { request, deliveries }: Way,
  { rides, atOnce, candidates, pause = 0 }: Plan,
): Promise<Round> => {
  const latencies: number[] = [];
  const offered: (readonly [string, string])[] = [];
  let left = rides;
  const rider = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const called = nextDrivers(candidates);
      const started = performance.now();
      const ride = await request(called);
      const arrived = await Promise.all(called.map((driver) => deliveries.first(ride, driver)));
      for (const at of arrived) if (at !== undefined) latencies.push(at - started);
      for (const driver of called) offered.push([ride, driver]);
      if (pause > 0) await sleep(pause);
    }
  };
  const before = usageOf(process.pid);
  const started = performance.now();
  await Promise.all(Array.from({ length: atOnce }, rider));
  const seconds = (performance.now() - started) / 1_000;
  const after = usageOf(process.pid);
  await sleep(settle);
  const counts = offered.map(([ride, driver]) => deliveries.count(ride, driver));
  return {
    ridesPerSecond: rides / seconds,
    // All processes are descendants of this one; those of the other ways are idle.
    cpuPerRide: before && after && ((after.cpuSeconds - before.cpuSeconds) * 1_000) / rides,
    latencies,
    lost: counts.filter((count) => count === 0).length,
    twice: counts.filter((count) => count > 1).length,
  };
};

/** Several rounds as one: the median speed, and all the messages. */
export const together = (rounds: readonly Round[]) => {
  const latencies = rounds.flatMap((round) => round.latencies);
  return {
    ridesPerSecond: median(rounds.map((round) => round.ridesPerSecond)),
    cpuPerRide: median(rounds.map((round) => round.cpuPerRide ?? Number.NaN)),
    p50: median(latencies),
    p95: quantile(latencies, 0.95),
    p99: quantile(latencies, 0.99),
    messages: latencies.length,
    lost: rounds.reduce((sum, { lost }) => sum + lost, 0),
    twice: rounds.reduce((sum, { twice }) => sum + twice, 0),
  };
};
