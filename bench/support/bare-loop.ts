/**
 * From the request to the drivers' messages without a host: one process that makes the same SDK calls.
 * The calls of the functions for one ride were watched once and are sent again under other ids.
 */
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { BatchWriteItemCommand, type WriteRequest } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { batchesOf } from '../../functions/kernel/batches.ts';
import { orderId } from '../../functions/kernel/order-number.ts';
import { instant } from '../../functions/kernel/types.ts';
import { eventBridge } from '../../functions/platform/bus.eventbridge.ts';
import { sqsQueues } from '../../functions/platform/queues.sqs.ts';
import type { Published } from '../../functions/platform/stream-reader.ts';
import { timers, type Wake } from '../../functions/platform/timers.ts';
import { openStream, sequenceOf, type TableStream } from '../../local/cloud/dynamodb/stream.ts';
import { delivered } from '../../tools/deliveries.ts';
import { type Clients, replacing, sendBare, templateOf } from './bare.ts';
import { openBus, openQueues, type Queueing } from './bare-queues.ts';
import { watch } from './calls.ts';
import { type Database, openDatabase } from './database.ts';
import { realPorts } from './functions.ts';
import { requestRide, rideWanted } from './requests.ts';
import { drivers, openDeliveries, riders, type Way } from './rounds.ts';
import { openSockets } from './sockets.ts';
import { openSystem, ordersIn, storedRide, streamOf, succeeded } from './system.ts';

const streamBatch = 100;
const pollers = 4;

type Records = DynamoDBStreamEvent['Records'];

/** The calls for one ride: the request, a line of the story, one offer shown; their inputs contain the ids. */
const watched = async (database: Database, candidates: number) => {
  const client = database.client();
  const seen = watch(client, { withCapacity: false });
  const system = await openSystem(
    database,
    (_, ConnectionId, Data) => seen.around('PostToConnection', { ConnectionId, Data }, async () => true),
    client,
  );
  const called = drivers.slice(0, candidates).map((_, n) => `called-0${n}`);
  const wanted = rideWanted({ candidates: called, offerTimeoutSeconds: 300, searchTimeoutSeconds: 3_600 });
  for (const driver of called) await system.people.opened(driver, `connection-${driver}`, instant(Date.now()));
  for (const driver of drivers) await system.people.opened(driver, `connection-${driver}`, instant(Date.now()));
  const send = async (key: string): Promise<string> =>
    String(succeeded(await system.rides(requestRide(wanted, { sub: 'asking-00', key }))).rideId);
  const showFirst = async (id: string) =>
    system.offers(delivered(ordersIn(await storedRide(database, id)).slice(0, 1)));
  // The block of order numbers and the flag's hold are read once for many rides.
  await showFirst(await send('first'));
  const stream = await streamOf(database);
  seen.take();
  const id = await send('key-000000');
  const request = templateOf(seen.take());
  await system.storyWriter({ Records: await stream.news() });
  stream.stop();
  const [storyCall] = seen.take();
  const { RequestItems = {} } = (storyCall?.input ?? {}) as {
    readonly RequestItems?: Readonly<Record<string, readonly WriteRequest[]>>;
  };
  await showFirst(id);
  const offer = templateOf(seen.take());
  return { id, called, request, line: JSON.stringify(RequestItems[database.story]?.[0]), offer };
};

const publishedIn = (records: Records): readonly Published[] =>
  records.flatMap(({ dynamodb }) => JSON.parse(dynamodb?.NewImage?.outbox?.S ?? '[]') as Published[]);

const wakesIn = (records: Records): readonly Wake[] =>
  records.flatMap(({ dynamodb }) => {
    const { pk, sk, dueAt } = dynamodb?.NewImage ?? {};
    return pk?.S && sk?.S && dueAt?.N ? [{ pk: pk.S, sk: sk.S, dueAt: Number(dueAt.N) }] : [];
  });

/** One reader of the stream: batch after batch, as a mapping reads. */
const follow = async (
  stream: TableStream,
  stopped: () => boolean,
  handle: (records: Records) => Promise<void>,
): Promise<void> => {
  let position = await stream.latest();
  let wake = (): void => undefined;
  let woken = false;
  stream.subscribe(() => {
    woken = true;
    wake();
  });
  while (!stopped()) {
    woken = false;
    const records = await stream.after(position, streamBatch);
    const last = records.at(-1);
    if (last) {
      position = sequenceOf(last);
      await handle(records as unknown as Records);
    } else if (!woken)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  }
};

type Template = Awaited<ReturnType<typeof watched>>;

/** What takes the place of the names in the watched request. */
const namesOf = ({ id, called }: Template, rideId: string, n: number, drivers: readonly string[]) => ({
  [id]: rideId,
  'asking-00': riders[n % riders.length] as string,
  'key-000000': `key-${n}`,
  ...Object.fromEntries(called.map((name, i) => [name, drivers[i] as string])),
});

/** The lines of the story for the records of new rides. */
const linesOf = ({ id, line }: Template, records: Records): readonly WriteRequest[] =>
  records.flatMap(({ dynamodb }) => {
    const rideId = dynamodb?.NewImage?.outbox && dynamodb.NewImage.pk?.S?.slice('ORDER#'.length);
    return rideId ? [JSON.parse(replacing(line, { [id]: rideId })) as WriteRequest] : [];
  });

export const openBareLoop = async (
  queueing: Queueing,
  candidates: number,
): Promise<Way & { readonly stop: () => Promise<void> }> => {
  const database = await openDatabase();
  const deliveries = openDeliveries();
  const sockets = await openSockets((connectionId, body) => {
    const { rideId } = JSON.parse(body) as { readonly rideId: string };
    deliveries.arrived(rideId, connectionId.slice('connection-'.length));
  });
  const template = await watched(database, candidates);
  const queues = await openQueues(queueing);
  const bus = await openBus();
  const clients: Clients = {
    dynamo: database.client({ withoutTimeouts: true }),
    sockets: new ApiGatewayManagementApiClient({ endpoint: sockets.endpoint, maxAttempts: 1 }),
  };
  const [dispatch, notify] = [queues.open('dispatch'), queues.open('notify')];
  const publish = eventBridge(bus.client);
  const wake = timers({ queues: sqsQueues(queues.client), now: realPorts.now }, queues.timersUrl);
  const stream = openStream({
    call: database.call,
    table: database.state,
    arn: 'arn:aws:dynamodb:stream',
    region: 'ap-southeast-3',
  });
  let stopping = false;
  const stopped = (): boolean => stopping;

  const outbox = async (records: Records): Promise<void> => {
    const events = publishedIn(records);
    const bodies = (chosen: (type: string) => boolean): readonly string[] =>
      events.filter(({ type }) => chosen(type)).map((event) => JSON.stringify(event));
    await Promise.all([publish('bus', events), wake(wakesIn(records))]);
    await Promise.all([
      dispatch.send(bodies((type) => type === 'dispatch.requested')),
      notify.send(bodies((type) => type !== 'dispatch.requested')),
    ]);
  };
  const story = async (records: Records): Promise<void> => {
    await Promise.all(
      batchesOf(linesOf(template, records), 25).map((some) => {
        const lines = [...some];
        return clients.dynamo.send(new BatchWriteItemCommand({ RequestItems: { [database.story]: lines } }));
      }),
    );
  };
  const show = async (body: string): Promise<void> => {
    const { rideId, driverId } = JSON.parse(body) as { readonly rideId: string; readonly driverId: string };
    await sendBare(clients, template.offer({ [template.id]: rideId, 'called-00': driverId }));
  };
  const poll = async (work: () => Promise<void>): Promise<void> => {
    while (!stopping) await work();
  };
  const loops = [
    follow(stream, stopped, outbox),
    follow(stream, stopped, story),
    ...Array.from({ length: pollers }, () => poll(() => dispatch.next(show))),
    poll(() => notify.next(async () => undefined)),
  ];

  let requests = 2 ** 34;
  return {
    deliveries,
    request: async (called) => {
      requests += 1;
      const id = orderId(requests, instant(Date.now()));
      await sendBare(clients, template.request(namesOf(template, id, requests - 2 ** 34, called)));
      stream.wake();
      return id;
    },
    stop: async () => {
      stopping = true;
      stream.wake();
      await Promise.all(loops);
      stream.stop();
      bus.stop();
      await queues.stop();
      await sockets.stop();
      await database.stop();
    },
  };
};
