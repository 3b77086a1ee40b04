/** Appends notices to the feed, each once: those that come at the same moment in one transaction, so that writers seldom meet. */
import { Conflict } from '../kernel/errors.ts';
import type { Clock } from '../platform/ports.ts';
import { type Feed, type Head, lostTo } from './feed.store.ts';
import type { Notice } from './notice.ts';

export type Appended = 'appended' | 'present';
/** @throws {Conflict} when a race was lost too often; the SDK's errors when DynamoDB is out of reach */
export type Append = (notice: Notice) => Promise<Appended>;

const attempts = 12;
/** Two items each and the head: a transaction takes 100. */
const most = 40;

type Waiting = {
  readonly notice: Notice;
  readonly resolve: (outcome: Appended) => void;
  readonly reject: (reason: unknown) => void;
};

export const appendTo = (
  feed: Pick<Feed, 'head' | 'write'>,
  { pause, random }: Pick<Clock, 'pause' | 'random'>,
): Append => {
  let head: Head | undefined;
  let waiting: readonly Waiting[] = [];
  let working = false;

  /** @returns the keys that were there before */
  const written = async (notices: readonly Notice[]): Promise<ReadonlySet<string>> => {
    const known = new Set<string>();
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const fresh = notices.filter(({ key }) => !known.has(key));
      if (fresh.length === 0) return known;
      head ??= await feed.head();
      try {
        head = await feed.write(fresh, head);
        return known;
      } catch (error) {
        head = undefined;
        const lost = lostTo(error, fresh);
        for (const { key } of lost.known) known.add(key);
        head = lost.head;
        await pause(random() * 10 * attempt);
      }
    }
    throw new Conflict(`the live feed: lost the race ${attempts} times`);
  };

  const work = async (): Promise<void> => {
    if (working) return;
    working = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, most);
      waiting = waiting.slice(most);
      const notices = [...new Map(batch.map(({ notice }) => [notice.key, notice])).values()];
      try {
        const known = await written(notices);
        for (const { notice, resolve } of batch) resolve(known.has(notice.key) ? 'present' : 'appended');
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    working = false;
  };

  return (notice) =>
    new Promise((resolve, reject) => {
      waiting = [...waiting, { notice, resolve, reject }];
      queueMicrotask(() => void work());
    });
};
