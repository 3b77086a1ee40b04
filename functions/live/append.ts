/** Appends notices to the feed, each once: those that come at the same moment in one transaction. */
import { Conflict } from '../kernel/errors.ts';
import type { Clock } from '../platform/ports.ts';
import type { Cursor } from './cursor.ts';
import type { Feed } from './feed.store.ts';
import type { Notice } from './notice.ts';

/** `present`: an earlier copy of its event had been appended. */
export type Appended = 'appended' | 'present';
/** @throws {Conflict} when a race was lost too often; the SDK's errors when DynamoDB cannot be reached */
export type Append = (notice: Notice) => Promise<Appended>;

const attempts = 12;
/** Two items each and the head; a transaction takes 100. */
const atOnce = 40;

type Waiting = {
  readonly notice: Notice;
  readonly resolve: (outcome: Appended) => void;
  readonly reject: (reason: unknown) => void;
};

export const appendTo = (
  feed: Pick<Feed, 'head' | 'write'>,
  { pause, random }: Pick<Clock, 'pause' | 'random'>,
): Append => {
  let head: Cursor | undefined;
  let waiting: readonly Waiting[] = [];
  let isWorking = false;

  /** @returns the keys of those that were present before */
  const append = async (notices: readonly Notice[]): Promise<ReadonlySet<string>> => {
    const present = new Set<string>();
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const missing = notices.filter(({ key }) => !present.has(key));
      if (missing.length === 0) return present;
      const read = head ?? (await feed.head());
      // What a failed write did is not known: then the head is read again.
      head = undefined;
      const written = await feed.write(missing, read);
      head = written.head;
      if (written.outcome === 'written') return present;
      for (const { key } of written.present) present.add(key);
      await pause(random() * 10 * attempt);
    }
    throw new Conflict(`the live feed: lost the race ${attempts} times`);
  };

  const work = async (): Promise<void> => {
    if (isWorking) return;
    isWorking = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, atOnce);
      waiting = waiting.slice(atOnce);
      const notices = [...new Map(batch.map(({ notice }) => [notice.key, notice])).values()];
      try {
        const present = await append(notices);
        for (const { notice, resolve } of batch) resolve(present.has(notice.key) ? 'present' : 'appended');
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    isWorking = false;
  };

  return (notice) =>
    new Promise((resolve, reject) => {
      waiting = [...waiting, { notice, resolve, reject }];
      queueMicrotask(() => void work());
    });
};
