/** Reads what diagnose judges: both tables of a period by a parallel scan at a bounded rate, or one ride by its key. */
import {
  GetItemCommand,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
  type ScanCommandInput,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { type Instant, instant, iso } from '../kernel/types.ts';
import { fromItem, type Item, toItem } from '../platform/dynamo.ts';
import type { StoredRide, Told } from './diagnose.decider.ts';
import { paced, type ReadPorts } from './paced.ts';

export type { Cost } from './paced.ts';

export type Tables = { readonly state: string; readonly story: string };
export type Reader = ReturnType<typeof reader>;

const point = z.object({ lat: z.number(), lng: z.number(), sequence: z.number() });
const time = z.pipe(
  z.iso.datetime(),
  z.transform((text) => instant(Date.parse(text))),
);
const event = z.object({
  kind: z.literal('event'),
  type: z.string(),
  version: z.int(),
  at: time,
  driverId: z.optional(z.string()),
  pickup: z.optional(point),
});
const dispatch = z.object({
  kind: z.literal('dispatch'),
  driverId: z.string(),
  version: z.int(),
  at: time,
  sentAt: z.optional(time),
});
const line = z.discriminatedUnion('kind', [event, dispatch]);
const ride = z.object({
  version: z.int(),
  state: z.object({
    status: z.string(),
    pickup: point,
    offers: z.record(z.string(), z.object({ status: z.string() })),
  }),
});

const prefix = 'ORDER#';
const names = {
  '#kind': 'kind',
  '#at': 'at',
  '#type': 'type',
  '#state': 'state',
  '#status': 'status',
  '#version': 'version',
} as const;
const using = (...used: readonly (keyof typeof names)[]): Record<string, string> =>
  Object.fromEntries(used.map((name) => [name, names[name]]));

const lineFields = 'pk, sk, #kind, #type, #version, #at, driverId, pickup, sentAt';
const rideFields = 'pk, sk, #version, #state.#status, #state.pickup, #state.offers';

/** The lines of one ride, in any order, as they come from the table. */
type Draft = {
  ride?: StoredRide;
  events: Told['events'][number][];
  dispatches: Told['dispatches'][number][];
  unreadable: string[];
};

const drafts = () => {
  const byRide = new Map<string, Draft>();
  const draftOf = (pk: string): Draft => {
    const draft = byRide.get(pk) ?? { events: [], dispatches: [], unreadable: [] };
    byRide.set(pk, draft);
    return draft;
  };
  const addLine = (item: Item): void => {
    const { pk, sk, ...fields } = fromItem<{ pk: string; sk: string }>(item);
    const { data } = z.safeParse(line, fields);
    if (!data) draftOf(pk).unreadable.push(sk);
    else if (data.kind === 'dispatch') draftOf(pk).dispatches.push({ ...data, claimedAt: data.at });
    // The order of a scan has events, but no ride.
    else if (data.type.startsWith('ride.')) draftOf(pk).events.push(data);
  };
  const addRide = (item: Item): void => {
    const { pk, sk, ...fields } = fromItem<{ pk: string; sk: string }>(item);
    const { data } = z.safeParse(ride, fields);
    if (!data) return void draftOf(pk).unreadable.push(sk);
    const { status, pickup, offers } = data.state;
    const pending = Object.keys(offers).filter((driverId) => offers[driverId]?.status === 'PENDING');
    draftOf(pk).ride = { status, version: data.version, pickup, pending };
  };
  return {
    addLine,
    addRide,
    all: (): readonly Told[] => [...byRide].map(([pk, draft]) => ({ rideId: pk.slice(prefix.length), ...draft })),
  };
};

/**
 * @param tables names of the tables State and Story
 * @param rate read units per second that all the reading together may take
 */
export const reader = (ports: ReadPorts, { state, story }: Tables, rate: number) => {
  const { scan, paid, cost } = paced(ports, rate);

  /** Everything of the rides that were requested, closed or told of since. */
  const period = async (since: Instant, segments = 4): Promise<readonly Told[]> => {
    const { addLine, addRide, all } = drafts();
    const lines: ScanCommandInput = {
      TableName: story,
      ProjectionExpression: lineFields,
      FilterExpression: 'begins_with(pk, :orders) AND #kind IN (:event, :dispatch) AND #at >= :since',
      ExpressionAttributeNames: using('#kind', '#type', '#version', '#at'),
      ExpressionAttributeValues: toItem({
        ':orders': prefix,
        ':event': 'event',
        ':dispatch': 'dispatch',
        ':since': iso(since),
      }),
    };
    const rides: ScanCommandInput = {
      TableName: state,
      ProjectionExpression: rideFields,
      FilterExpression: 'sk = :ride AND (#state.requestedAt >= :since OR #state.#at >= :since)',
      ExpressionAttributeNames: using('#state', '#status', '#version', '#at'),
      ExpressionAttributeValues: toItem({ ':ride': 'RIDE', ':since': since }),
    };
    // The story first: it follows the state, so that a state read later is never behind it.
    await scan(lines, addLine, segments);
    await scan(rides, addRide, segments);
    return all();
  };

  /** Everything of one ride, as it is at this moment; nothing when there is none. */
  const one = async (rideId: string): Promise<Told | undefined> => {
    const { addLine, addRide, all } = drafts();
    const query: QueryCommandInput = {
      TableName: story,
      KeyConditionExpression: 'pk = :pk',
      ProjectionExpression: lineFields,
      FilterExpression: '#kind IN (:event, :dispatch)',
      ExpressionAttributeNames: using('#kind', '#type', '#version', '#at'),
      ExpressionAttributeValues: toItem({ ':pk': prefix + rideId, ':event': 'event', ':dispatch': 'dispatch' }),
      ConsistentRead: true,
      ReturnConsumedCapacity: 'TOTAL',
    };
    let next: QueryCommandInput | undefined = query;
    while (next) {
      const page: QueryCommandOutput = await ports.dynamo.send(new QueryCommand(next));
      (page.Items ?? []).forEach(addLine);
      await paid(page.ScannedCount ?? 0, page.ConsumedCapacity);
      next = page.LastEvaluatedKey && { ...query, ExclusiveStartKey: page.LastEvaluatedKey };
    }
    const { Item, ConsumedCapacity } = await ports.dynamo.send(
      new GetItemCommand({
        TableName: state,
        Key: toItem({ pk: prefix + rideId, sk: 'RIDE' }),
        ProjectionExpression: rideFields,
        ExpressionAttributeNames: using('#state', '#status', '#version'),
        ConsistentRead: true,
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
    await paid(0, ConsumedCapacity);
    if (Item) addRide(Item);
    return all()[0];
  };

  return { period, one, cost };
};
