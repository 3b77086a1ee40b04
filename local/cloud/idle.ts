/** Says when the stack has nothing left to do: no call runs, mapped queues are empty, streams are read to their end. */
import type { Mapping } from './sqs/mapping.ts';
import type { StreamMapping } from './streams/mapping.ts';

export interface QuietOptions {
  readonly running: () => number;
  readonly mappings: readonly Mapping[];
  readonly streams: readonly StreamMapping[];
}

const LOOK_MS = 10;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What keeps the stack busy; empty when it is quiet. Messages that wait for their time are not counted. */
export const busyWith = ({ running, mappings }: QuietOptions): readonly string[] => [
  ...(running() > 0 ? [`${running()} calls run`] : []),
  ...mappings.filter((mapping) => !mapping.idle()).map(({ name }) => name),
];

/** Resolves when the stack is quiet; after the time-out it fails and names what is not. */
export const untilQuiet = async (options: QuietOptions, timeoutMs: number): Promise<void> => {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (busyWith(options).length === 0) {
      const before = options.streams.map((stream) => stream.position());
      await Promise.all(options.streams.map((stream) => stream.catchUp()));
      const moved = options.streams.some((stream, index) => stream.position() !== before[index]);
      if (!moved && busyWith(options).length === 0) return;
    }
    await pause(LOOK_MS);
  }
  throw new Error(`not quiet after ${timeoutMs} ms: ${busyWith(options).join(', ')}`);
};
