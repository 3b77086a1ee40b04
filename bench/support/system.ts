/** The functions of a ride as Lambda runs them, on a client that can be watched. */
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { dispatchDeps } from '../../functions/dispatch/commands.ts';
import { compose as rides } from '../../functions/dispatch/dispatch.compose.ts';
import { compose as offers } from '../../functions/dispatch/offers.compose.ts';
import { connections } from '../../functions/notify/connections.store.ts';
import { compose as notices } from '../../functions/notify/ride-notices.compose.ts';
import { compose as sweep } from '../../functions/ops/sweep.compose.ts';
import { compose as orders } from '../../functions/orders/orders.compose.ts';
import type { HttpResult } from '../../functions/platform/http.ts';
import type { PostToConnection } from '../../functions/platform/ports.ts';
import { compose as storyWriter } from '../../functions/platform/story.compose.ts';
import { openStream, sequenceOf } from '../../local/cloud/dynamodb/stream.ts';
import { answered } from '../../tools/http-event.ts';
import type { Database } from './database.ts';
import { envOf, functionsOn, realPorts } from './functions.ts';

type Records = DynamoDBStreamEvent['Records'];
export type System = Awaited<ReturnType<typeof openSystem>>;

/** @param endpoint of the WebSocket API */
export const openSystem = async (
  database: Database,
  postToConnection: PostToConnection,
  client = database.client(),
  endpoint = 'http://sockets',
) => {
  const env = envOf(database, { WEBSOCKET_ENDPOINT: endpoint });
  const made = await functionsOn(env, { dynamo: client, postToConnection });
  return {
    client,
    people: connections(client, database.state),
    deps: dispatchDeps({ ...realPorts, dynamo: client }, env),
    rides: made(rides),
    orders: made(orders),
    offers: made(offers),
    notices: made(notices),
    storyWriter: made(storyWriter),
    sweep: made(sweep),
  };
};

/** The new records of the State table's stream, as a function gets them. */
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
