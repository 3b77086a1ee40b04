/** The event bus on EventBridge, with the time-outs of the retry budget (docs/architecture.md). */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { batchesOf } from '../kernel/batches.ts';
import { Unavailable } from '../kernel/errors.ts';
import type { Bus } from './ports.ts';

export const eventBridge =
  (
    client: Pick<EventBridgeClient, 'send'> = new EventBridgeClient({
      maxAttempts: 3,
      requestHandler: { connectionTimeout: 500, requestTimeout: 2_000 },
    }),
  ): Bus =>
  async (EventBusName, events) => {
    await Promise.all(
      batchesOf(events, 10).map(async (batch) => {
        const { FailedEntryCount = 0, Entries = [] } = await client.send(
          new PutEventsCommand({
            Entries: batch.map(({ source: Source, ...detail }) => ({
              EventBusName,
              Source,
              DetailType: detail.type,
              Detail: JSON.stringify(detail),
            })),
          }),
        );
        const failed = Entries.find(({ ErrorCode }) => ErrorCode)?.ErrorCode;
        if (FailedEntryCount > 0) throw new Unavailable(`${FailedEntryCount} events were not taken: ${failed}`);
      }),
    );
  };
