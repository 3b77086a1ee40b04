/** Publishes what the items promised: their events to the bus, their deadlines to the timers. Never lost, as the stream repeats. */
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { batchesOf } from '../kernel/batches.ts';
import { Unavailable } from '../kernel/errors.ts';
import { log } from '../kernel/log.ts';
import type { Change, Published } from './stream-reader.ts';
import type { SendWakes } from './timers.ts';

export type Publish = (events: readonly Published[]) => Promise<void>;

/** @throws {Unavailable} when the bus did not take all of them; those it took are published again, and consumers drop them by id */
export const publishTo =
  (client: EventBridgeClient, bus: string): Publish =>
  async (events) => {
    await Promise.all(
      batchesOf(events, 10).map(async (batch) => {
        const { FailedEntryCount = 0, Entries = [] } = await client.send(
          new PutEventsCommand({
            Entries: batch.map(({ source, ...detail }) => ({
              EventBusName: bus,
              Source: source,
              DetailType: detail.type,
              Detail: JSON.stringify(detail),
            })),
          }),
        );
        if (FailedEntryCount > 0)
          throw new Unavailable(
            `${FailedEntryCount} events were not taken: ${Entries.find(({ ErrorCode }) => ErrorCode)?.ErrorCode}`,
          );
      }),
    );
  };

export const outbox =
  ({ publish, wake, now }: { readonly publish: Publish; readonly wake: SendWakes; readonly now: () => number }) =>
  async (changes: readonly Change[]): Promise<void> => {
    const events = changes.flatMap((change) => change.events);
    const wakes = changes.flatMap(({ pk, sk, dueAt }) => (dueAt === undefined ? [] : [{ pk, sk, dueAt }]));
    await Promise.all([publish(events), wake(wakes)]);
    const oldest = Math.min(...events.map(({ at }) => Date.parse(at)));
    log.info(
      'Published',
      { events: events.length, wakes: wakes.length },
      events.length > 0 ? { OutboxLag: now() - oldest } : undefined,
    );
  };
