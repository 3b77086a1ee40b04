/** How much time a handler adds to its SDK calls: the real functions and the same calls sent bare, in turn. */
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { orderId } from '../functions/kernel/order-number.ts';
import { instant } from '../functions/kernel/types.ts';
import type { HttpEvent } from '../functions/platform/http.ts';
import { postToConnection } from '../functions/platform/post-to-connection.ts';
import { delivered } from '../tools/deliveries.ts';
import { type Clients, sendBare, templateOf } from './support/bare.ts';
import { type Call, type Watch, watch } from './support/calls.ts';
import { type Database, openDatabase } from './support/database.ts';
import { type Benchmark, type Line, line } from './support/report.ts';
import { answerOffer, bandung, reportDriver, requestRide, rideWanted } from './support/requests.ts';
import { openSockets } from './support/sockets.ts';
import { median, timed } from './support/statistics.ts';
import { openSystem, ordersIn, type System, storedRide, streamOf, succeeded } from './support/system.ts';

const warmUp = 100;
const rounds = 300;

/** The ids that differ from run to run: those of one run take the place of another's in its calls. */
type Names = readonly string[];

/** One thing a handler does. Both sides are made ready outside the clock, each with its own ride and drivers. */
type Case = {
  readonly name: string;
  readonly ready: (
    run: string,
  ) => Promise<{ readonly names: Names; readonly handle: () => Promise<Names | undefined> }>;
};
type Bench = { readonly database: Database; readonly system: System; readonly seen: Watch; readonly clients: Clients };
type Sample = { readonly handler: number; readonly bare: number };

const bareOf = ({ clients }: Bench, calls: readonly Call[], before: Names, now: Names): (() => Promise<void>) => {
  const replay = templateOf(calls)(Object.fromEntries(before.map((name, i) => [name, now[i] ?? name])));
  return () => sendBare(clients, replay);
};

/** The calls of one round are sent bare in the next, under its names: both sides find the same state and sizes. */
const compare = async (bench: Bench, { ready }: Case): Promise<readonly Sample[]> => {
  const { seen } = bench;
  const samples: Sample[] = [];
  let last: { readonly calls: readonly Call[]; readonly names: Names } | undefined;
  for (let round = 0; round < warmUp + rounds; round += 1) {
    const real = await ready(`h${round}`);
    const other = await ready(`b${round}`);
    const bare = last ? bareOf(bench, last.calls, last.names, other.names) : async () => undefined;
    const bareFirst = round % 2 === 0;
    const first = bareFirst ? await timed(bare) : 0;
    seen.take();
    let names: Names | undefined;
    const handler = await timed(async () => {
      names = await real.handle();
    });
    const calls = seen.take();
    const second = bareFirst ? 0 : await timed(bare);
    if (last && round >= warmUp) samples.push({ handler, bare: first + second });
    // Now and then a block of order numbers is leased or the flag's hold is read; those calls are not sent again.
    if (!last || calls.length <= last.calls.length) last = { calls, names: names ?? real.names };
  }
  return samples;
};

const send = async ({ system }: Bench, event: HttpEvent) => succeeded(await system.rides(event));

const cases = async (bench: Bench): Promise<readonly Case[]> => {
  const { system, database } = bench;
  const drivers = ['driver-1', 'driver-2', 'driver-3'];
  for (const driver of drivers) await system.people.opened(driver, `connection-${driver}`, instant(Date.now()));
  const ride = async (run: string, candidates: Names = drivers): Promise<string> =>
    String((await send(bench, requestRide(rideWanted({ candidates }), { sub: `rider-${run}` }))).rideId);

  const stream = await streamOf(database);
  for (let n = 0; n < 100; n += 1) await ride('story');
  // As the mapping's filter passes them on.
  const records = (await stream.news()).filter(({ dynamodb }) => dynamodb?.NewImage?.outbox);
  stream.stop();
  const storyOf = (count: number): Case => ({
    name: `story writer, ${count} ${count === 1 ? 'record' : 'records'}`,
    ready: async () => ({
      names: [],
      handle: async () => {
        await system.storyWriter({ Records: records.slice(0, count) });
        return undefined;
      },
    }),
  });

  const answered = (name: 'accept' | 'decline'): Case => ({
    name: `rides API, ${name}`,
    ready: async (run) => {
      const own = [`first-${run}`, `second-${run}`, `third-${run}`];
      await send(bench, reportDriver(own[0] as string, bandung));
      const id = await ride(run, own);
      return {
        names: [id, ...own, `rider-${run}`],
        handle: async () => {
          await send(bench, answerOffer(name, id, own[0] as string));
          return undefined;
        },
      };
    },
  });

  let unused = 2 ** 34;
  return [
    {
      name: 'rides API, request with key',
      ready: async (run) => {
        unused += 1;
        const event = requestRide(rideWanted({ candidates: drivers }), { sub: `rider-${run}`, key: `key-${run}` });
        return {
          names: [orderId(unused, instant(Date.now())), `rider-${run}`, `key-${run}`],
          handle: async () => [String((await send(bench, event)).rideId), `rider-${run}`, `key-${run}`],
        };
      },
    },
    answered('accept'),
    answered('decline'),
    {
      name: 'offers worker, 1 message',
      ready: async (run) => {
        const id = await ride(run);
        const event = delivered(ordersIn(await storedRide(database, id)).slice(0, 1));
        return {
          names: [id, `rider-${run}`],
          handle: async () => {
            const { batchItemFailures } = await system.offers(event);
            if (batchItemFailures.length > 0) throw new Error('the offers worker failed');
            return undefined;
          },
        };
      },
    },
    storyOf(1),
    storyOf(100),
  ];
};

const lineOf = ({ name }: Case, samples: readonly Sample[]): Line =>
  line(name, {
    measured: median(samples.map(({ handler }) => handler)),
    floor: median(samples.map(({ bare }) => bare)),
    unit: 'ms',
    limit: { of: 'ratio', atMost: 1.3 },
  });

const benchmark: Benchmark = async () => {
  const database = await openDatabase();
  const sockets = await openSockets();
  try {
    const client = database.client();
    const seen = watch(client, { withCapacity: false });
    const system = await openSystem(
      database,
      (endpoint, ConnectionId, Data) =>
        seen.around('PostToConnection', { ConnectionId, Data }, () => postToConnection(endpoint, ConnectionId, Data)),
      client,
      sockets.endpoint,
    );
    const bare = new ApiGatewayManagementApiClient({
      endpoint: sockets.endpoint,
      maxAttempts: 2,
      requestHandler: { connectionTimeout: 500, requestTimeout: 1_500 },
    });
    const bench: Bench = { database, system, seen, clients: { dynamo: database.client(), sockets: bare } };
    const lines: Line[] = [];
    for (const one of await cases(bench)) lines.push(lineOf(one, await compare(bench, one)));
    return {
      title: 'Handler time over the bare SDK calls',
      lines,
      notes: [
        `Medians of ${rounds} runs each, handler and bare in turn, after ${warmUp} to warm up; one after another,
          against the DynamoDB emulator in memory.`,
        `Handler: the function as Lambda calls it, from the event to its answer, middy and its log line included.
          Floor: the same commands with the same inputs, side by side where the handler sends them side by side.`,
        'A call takes below 1 ms here and several on AWS, where the ratio is lower.',
      ],
    };
  } finally {
    await sockets.stop();
    await database.stop();
  }
};

export default benchmark;
