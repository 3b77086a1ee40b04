/** The functions as they are wired for Lambda, on a client that can be watched and a bus and sockets that the benchmark plays. */
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { rideEvent } from '../../events/ride.ts';
import { dispatchDeps } from '../../functions/dispatch/commands.ts';
import { endpoints } from '../../functions/dispatch/dispatch.endpoints.ts';
import { routes } from '../../functions/dispatch/dispatch.routes.ts';
import { dispatch, dispatchMessage } from '../../functions/dispatch/offers.worker.ts';
import { ridesAsked } from '../../functions/dispatch/offers-by-driver.store.ts';
import { instant } from '../../functions/kernel/types.ts';
import type { NotifyDeps } from '../../functions/notify/commands.ts';
import { connections } from '../../functions/notify/connections.store.ts';
import { ledger } from '../../functions/notify/deliveries.store.ts';
import { delivery, type PostToConnection } from '../../functions/notify/delivery.ts';
import { notify } from '../../functions/notify/ride-notices.worker.ts';
import { sweep } from '../../functions/ops/sweep.ts';
import { fileSource, holds } from '../../functions/platform/flags.ts';
import { type HttpResult, httpApi } from '../../functions/platform/http.ts';
import { leaseFrom, orderNumbers } from '../../functions/platform/order-numbers.ts';
import { type OwnQueue, queueWorker } from '../../functions/platform/queue-worker.ts';
import { store } from '../../functions/platform/store.ts';
import { story } from '../../functions/platform/story.ts';
import { streamReader } from '../../functions/platform/stream-reader.ts';
import { openStream, sequenceOf } from '../../local/cloud/dynamodb/stream.ts';
import { answered } from '../../test/support/http.ts';
import type { Database } from './database.ts';

type Records = DynamoDBStreamEvent['Records'];
export type System = ReturnType<typeof openSystem>;

/** Nothing fails here: a benchmark that parks or delays a message measures something else. */
export const neverParks = async (body: string, reason: string): Promise<void> => {
  throw new Error(`parked, ${reason}: ${body}`);
};
export const neverFails: OwnQueue = {
  park: neverParks,
  delay: async (receiptHandle) => {
    throw new Error(`a message failed: ${receiptHandle}`);
  },
};

export const openSystem = (database: Database, post: PostToConnection, client = database.client()) => {
  const { state, story: storyTable } = database;
  const now = () => instant(Date.now());
  const people = connections(client, state);
  const deps = dispatchDeps(client, state);
  const notifying: NotifyDeps = { ledger: ledger(client, storyTable), deliver: delivery(people, post, undefined), now };
  return {
    client,
    people,
    deps,
    rides: httpApi(
      routes,
      endpoints({
        ...deps,
        nextOrderId: orderNumbers(leaseFrom(client, state), 200).next,
        flags: fileSource('local/flags.json', Date.now),
        ridesAsked: ridesAsked(client, storyTable),
      }),
      { rolesClaim: 'roles', now: Date.now },
    ),
    offers: queueWorker(
      dispatchMessage,
      dispatch({ ...notifying, store: store(client, state), isHeld: holds(client, state, Date.now).isHeld }),
      neverFails,
    ),
    notices: queueWorker(rideEvent, notify(notifying), neverFails),
    storyWriter: streamReader(story(client, storyTable), neverParks),
    sweep: sweep(client, state, { wake: async () => undefined, now: Date.now }),
  };
};

/** What the stream of the State table says since it was last asked, as a function gets it. */
export const streamOf = async ({ call, state }: Database) => {
  const { after, latest, stop } = openStream({
    call,
    table: state,
    arn: 'arn:aws:dynamodb:stream',
    region: 'ap-southeast-3',
  });
  let position = await latest();
  const news = async (): Promise<Records> => {
    const records = await after(position, 1_000);
    const last = records.at(-1);
    if (last) position = sequenceOf(last);
    return records as unknown as Records;
  };
  return { news, stop };
};

/** The bodies of the bus's messages to a queue: what the outbox of the records holds, by type. */
export const eventsIn = (records: Records, type: (type: string) => boolean): readonly Record<string, unknown>[] =>
  records
    .flatMap(({ dynamodb }) => JSON.parse(dynamodb?.NewImage?.outbox?.S ?? '[]') as Record<string, unknown>[])
    .filter((event) => type(String(event.type)))
    .map(({ source: _, ...detail }) => detail);

/** The item of a ride as it is stored. */
export const storedRide = async ({ call, state }: Database, id: string): Promise<Readonly<Record<string, unknown>>> => {
  const { Item } = await call('GetItem', { TableName: state, Key: { pk: { S: `ORDER#${id}` }, sk: { S: 'RIDE' } } });
  return Item as Record<string, unknown>;
};

/** The messages that show a ride to its drivers. */
export const ordersIn = (item: Readonly<Record<string, unknown>>): readonly Record<string, unknown>[] =>
  eventsIn([{ dynamodb: { NewImage: item } } as Records[number]], (type) => type === 'dispatch.requested');

/** The answer of a route; anything but success ends the benchmark. */
export const succeeded = (result: HttpResult): Readonly<Record<string, unknown>> => {
  const { status = 0, body } = answered(result);
  if (status >= 300 || status < 200) throw new Error(`answered ${status}: ${JSON.stringify(body)}`);
  return body;
};
