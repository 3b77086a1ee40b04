/** Publishes the events of items to the bus and their deadlines to the timers. Nothing is lost: the stream repeats. */
import { log } from '../kernel/log.ts';
import type { Clock } from './ports.ts';
import type { Change, Published } from './stream-reader.ts';
import type { SendWakes } from './timers.ts';

export type PublisherDeps = Pick<Clock, 'now'> & {
  readonly publish: (events: readonly Published[]) => Promise<void>;
  readonly wake: SendWakes;
};

export const publisher =
  ({ publish, wake, now }: PublisherDeps) =>
  async (changes: readonly Change[]): Promise<void> => {
    const events = changes.flatMap((change) => change.events);
    const wakes = changes.flatMap(({ pk, sk, dueAt }) => (dueAt === undefined ? [] : [{ pk, sk, dueAt }]));
    await Promise.all([publish(events), wake(wakes)]);
    const oldest = Math.min(...events.map(({ at }) => Date.parse(at)));
    const counted = { events: events.length, wakes: wakes.length };
    log.info('Published', counted, events.length > 0 ? { OutboxLag: now() - oldest } : undefined);
  };
