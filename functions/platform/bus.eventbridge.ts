/** The event bus on EventBridge, with the time-outs of the retry budget (docs/architecture.md). */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { batchesOf } from '../kernel/batches.ts';
import { NotPublished, type Refused } from './not-published.ts';
import type { Bus } from './ports.ts';
import type { Published } from './stream-reader.ts';

type Client = Pick<EventBridgeClient, 'send'>;
type Untaken = Refused & { readonly isFinal: boolean };

const newClient = (): EventBridgeClient =>
  new EventBridgeClient({ maxAttempts: 3, requestHandler: { connectionTimeout: 500, requestTimeout: 2_000 } });

/** Codes that concern the event itself: repeating it changes nothing. */
const final = /^(InvalidArgument|MalformedDetail|NotAuthorizedFor\w+|RequestEntityTooLarge\w*|ValidationException)$/;

const entryOf = (EventBusName: string, { source, ...detail }: Published) => ({
  EventBusName,
  Source: source,
  DetailType: detail.type,
  Detail: JSON.stringify(detail),
});

const untakenOf = (event: Published, code = 'Unknown', message = ''): Untaken => ({
  event,
  isFinal: final.test(code),
  reason: message === '' ? code : `${code}: ${message}`,
});

/** @returns the events that were not taken */
const put = async (client: Client, busName: string, events: readonly Published[]): Promise<readonly Untaken[]> => {
  try {
    const { FailedEntryCount = 0, Entries = [] } = await client.send(
      new PutEventsCommand({ Entries: events.map((event) => entryOf(busName, event)) }),
    );
    if (FailedEntryCount === 0) return [];
    return events.flatMap((event, i) => {
      const { ErrorCode, ErrorMessage } = Entries[i] ?? { ErrorCode: 'Unknown' };
      return ErrorCode === undefined ? [] : [untakenOf(event, ErrorCode, ErrorMessage)];
    });
  } catch (error) {
    const { name, message } = error as Error;
    // A group is refused as a whole for one of its events, or for their total size.
    if (final.test(name) && events.length > 1)
      return (await Promise.all(events.map((event) => put(client, busName, [event])))).flat();
    return events.map((event) => untakenOf(event, name, message));
  }
};

export const eventBridge =
  (client: Client = newClient()): Bus =>
  async (busName, events) => {
    const untaken = (await Promise.all(batchesOf(events, 10).map((group) => put(client, busName, group)))).flat();
    const [first] = untaken;
    if (!first) return;
    throw new NotPublished(
      untaken.filter(({ isFinal }) => isFinal).map(({ event, reason }) => ({ event, reason })),
      untaken.filter(({ isFinal }) => !isFinal).map(({ event }) => event),
      first.reason,
    );
  };
