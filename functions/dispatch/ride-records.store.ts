/** Reads what is stored of rides: those of a period by parallel scans at a bounded rate, or one by its key. */
import {
  GetItemCommand,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { orderOf, orderPartition } from '../kernel/keys.ts';
import { type Instant, instant, iso, type OrderId } from '../kernel/types.ts';
import { fromItem, type Item, toItem } from '../platform/dynamo.ts';
import { paced, type ReadPorts } from '../platform/paced.ts';
import { rideAggregate } from './ride.ts';

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
const offers = z.record(z.string(), z.object({ status: z.string() }));
const ride = z.object({ version: z.int(), state: z.object({ status: z.string(), pickup: point, offers }) });

export type RideEvent = Omit<z.output<typeof event>, 'kind'>;
/** A line of the dispatch log, claimed for the ride's `version` before the message went out at `sentAt`, if it did. */
export type Dispatch = Omit<z.output<typeof dispatch>, 'kind' | 'at'> & { readonly claimedAt: Instant };
/** `pending`: the drivers whose offers are PENDING. */
export type StoredRide = {
  readonly status: string;
  readonly version: number;
  readonly pickup: z.output<typeof point>;
  readonly pending: readonly string[];
};
/** All that is stored of one ride; the lines in any order. */
export type RideRecord = {
  readonly rideId: OrderId;
  readonly ride?: StoredRide | undefined;
  readonly events: readonly RideEvent[];
  readonly dispatches: readonly Dispatch[];
  /** Keys of items that are not as this version writes them. */
  readonly unreadable: readonly string[];
};
export type RideRecords = ReturnType<typeof rideRecords>;
/** Names of the tables State and Story. */
export type Tables = { readonly state: string; readonly story: string };

const sortKey = rideAggregate.key('' as OrderId).sk;
const ofRides = '(begins_with(#type, :ride) OR #kind = :dispatch)';
const lineValues = { ':ride': 'ride.', ':dispatch': 'dispatch' };
const lineFields = {
  ProjectionExpression: 'pk, sk, #kind, #type, #version, #at, driverId, pickup, sentAt',
  ExpressionAttributeNames: { '#kind': 'kind', '#type': 'type', '#version': 'version', '#at': 'at' },
};
const rideFields = {
  ProjectionExpression: 'pk, sk, #version, #state.#status, #state.pickup, #state.offers',
  ExpressionAttributeNames: { '#version': 'version', '#state': 'state', '#status': 'status' },
};

type Draft = {
  ride?: StoredRide;
  readonly events: RideEvent[];
  readonly dispatches: Dispatch[];
  readonly unreadable: string[];
};

/** Records as they come from the tables, item by item. */
const drafts = () => {
  const byRide = new Map<OrderId, Draft>();
  const opened = (item: Item) => {
    const { pk, sk, ...fields } = fromItem<{ pk: string; sk: string }>(item);
    const rideId = orderOf(pk) ?? (pk as OrderId);
    const draft = byRide.get(rideId) ?? { events: [], dispatches: [], unreadable: [] };
    byRide.set(rideId, draft);
    return { draft, sk, fields };
  };
  return {
    addLine: (item: Item): void => {
      const { draft, sk, fields } = opened(item);
      const { data } = z.safeParse(line, fields);
      if (!data) draft.unreadable.push(sk);
      else if (data.kind === 'event') draft.events.push(data);
      else draft.dispatches.push({ ...data, claimedAt: data.at });
    },
    addRide: (item: Item): void => {
      const { draft, sk, fields } = opened(item);
      const { data } = z.safeParse(ride, fields);
      if (!data) return void draft.unreadable.push(sk);
      const { status, pickup, offers } = data.state;
      const pending = Object.keys(offers).filter((driverId) => offers[driverId]?.status === 'PENDING');
      draft.ride = { status, version: data.version, pickup, pending };
    },
    all: (): readonly RideRecord[] => [...byRide].map(([rideId, draft]) => ({ rideId, ...draft })),
  };
};

/** @param rate read units per second that all the reading together may take */
export const rideRecords = (ports: ReadPorts, { state, story }: Tables, rate: number) => {
  const { scan, paid, cost } = paced(ports, rate);

  /** Everything of the rides that were requested, closed, or have a line in the story, since then. */
  const period = async (since: Instant): Promise<readonly RideRecord[]> => {
    const { addLine, addRide, all } = drafts();
    const lines = {
      TableName: story,
      ...lineFields,
      FilterExpression: `${ofRides} AND #at >= :since`,
      ExpressionAttributeValues: toItem({ ...lineValues, ':since': iso(since) }),
    };
    const rides = {
      TableName: state,
      ProjectionExpression: rideFields.ProjectionExpression,
      FilterExpression: 'sk = :ride AND (#state.requestedAt >= :since OR #state.#at >= :since)',
      ExpressionAttributeNames: { ...rideFields.ExpressionAttributeNames, '#at': 'at' },
      ExpressionAttributeValues: toItem({ ':ride': sortKey, ':since': since }),
    };
    // The story first: it follows the state, so that a state read later is never behind it.
    await scan(lines, addLine);
    await scan(rides, addRide);
    return all();
  };

  /** Everything of one ride, as it is at this moment; nothing when it does not exist. */
  const one = async (rideId: OrderId): Promise<RideRecord | undefined> => {
    const { addLine, addRide, all } = drafts();
    const consistent = { ConsistentRead: true, ReturnConsumedCapacity: 'TOTAL' } as const;
    const query: QueryCommandInput = {
      TableName: story,
      ...lineFields,
      KeyConditionExpression: 'pk = :pk',
      FilterExpression: ofRides,
      ExpressionAttributeValues: toItem({ ...lineValues, ':pk': orderPartition(rideId) }),
      ...consistent,
    };
    let next: QueryCommandInput | undefined = query;
    while (next) {
      const page: QueryCommandOutput = await ports.dynamo.send(new QueryCommand(next));
      (page.Items ?? []).forEach(addLine);
      await paid(page.ScannedCount ?? 0, page.ConsumedCapacity);
      next = page.LastEvaluatedKey && { ...query, ExclusiveStartKey: page.LastEvaluatedKey };
    }
    const Key = toItem(rideAggregate.key(rideId));
    const { Item, ConsumedCapacity } = await ports.dynamo.send(
      new GetItemCommand({ TableName: state, Key, ...rideFields, ...consistent }),
    );
    await paid(0, ConsumedCapacity);
    if (Item) addRide(Item);
    return all()[0];
  };

  return { period, one, cost };
};
