/** Says when the stack has nothing left to do: no call runs, mapped queues are empty, streams are read to their end. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Needs } from './parts.ts';

const checkMs = 10;

/** What keeps the stack busy; empty when it is idle. Messages that wait for their time are not counted. */
export const busyWith = ({ functions, mappings }: Needs<'functions' | 'mappings'>): readonly string[] => [
  ...(functions.running() > 0 ? [`${functions.running()} calls run`] : []),
  ...mappings.all.filter((mapping) => !mapping.idle()).map(({ name }) => name),
];

/** Resolves when the stack is idle; after the time-out it fails and names what is not. */
export const untilIdle = async (parts: Needs<'functions' | 'mappings'>, timeoutMs: number): Promise<void> => {
  const streams = parts.mappings.streams;
  const positions = (): string => streams.map((stream) => stream.position()).join();
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (busyWith(parts).length === 0) {
      const before = positions();
      await Promise.all(streams.map((stream) => stream.catchUp()));
      if (positions() === before && busyWith(parts).length === 0) return;
    }
    await sleep(checkMs);
  }
  throw new Error(`not idle after ${timeoutMs} ms: ${busyWith(parts).join(', ')}`);
};
