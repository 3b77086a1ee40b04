/** The aggregate store: load, decide, one conditional write of state, version + 1 and outbox. Used by every context. */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactionCanceledException,
  TransactionConflictException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { Decision, Fact, Happened } from '../kernel/decision.ts';
import { Conflict } from '../kernel/errors.ts';
import { type Instant, iso } from '../kernel/types.ts';
import { fromItem, type Item, sameItem, toItem } from './dynamo.ts';

/** One kind of aggregate: how its item is keyed, until when it must have left its state, what the indexes show of it. */
export type Aggregate<State> = {
  readonly name: string;
  readonly source: string;
  readonly key: (id: string) => { readonly pk: string; readonly sk: string };
  readonly dueAt: (state: State) => Instant | undefined;
  readonly indexed?: (state: State) => Readonly<Record<string, string | number>>;
};

/** One aggregate by its id. */
export type Ref<State> = { readonly aggregate: Aggregate<State>; readonly id: string };

/** What the store holds of one aggregate; version 0 and no state when it does not exist. */
export type Loaded<State> = { readonly state: State | undefined; readonly version: number };

/** A decision, and the state and version that stand after it. */
export type Outcome<State> = {
  readonly decision: Decision<State>;
  readonly state: State | undefined;
  readonly version: number;
};

/** Makes a request repeatable: `id` is unique in `scope`; `fingerprint` tells a repetition from a different request under the same id. */
export type IdempotencyKey = {
  readonly scope: string;
  readonly id: string;
  readonly fingerprint: string;
  /** What it would have been before, for keys that were stored then. */
  readonly formerFingerprint?: string;
  readonly expiresAt: Instant;
  /** The aggregate this key led to before, which no longer holds it. */
  readonly replaces?: string;
};

/** An item that is written with the creation and belongs to no aggregate, such as a marker others find it by. */
export type Marker = { readonly pk: string; readonly sk: string; readonly expiresAt: Instant } & Readonly<
  Record<string, string | number>
>;

export type Created =
  | { readonly outcome: 'created'; readonly version: 1 }
  | { readonly outcome: 'repeated'; readonly id: string }
  | { readonly outcome: 'key-reused'; readonly id: string };

export type Store = ReturnType<typeof store>;

const attempts = 8;
/** Overdue items are read shard by shard, so that no index partition carries them all. */
export const dueShards = ['due#0', 'due#1', 'due#2', 'due#3', 'due#4', 'due#5', 'due#6', 'due#7'] as const;

const shardOf = (id: string): string => {
  let sum = 0;
  for (const char of id) sum = (sum * 31 + char.charCodeAt(0)) >>> 0;
  return dueShards[sum % dueShards.length] as string;
};

/** The first fact of a write is named by item and version, each further one by its number too: no two share an id. */
const published = (ref: Ref<never>, version: number, at: Instant, facts: readonly Fact[]) =>
  facts.map(({ type, data }, i) => ({
    source: ref.aggregate.source,
    type,
    id: `${ref.id}/${ref.aggregate.name}/${version}${i === 0 ? '' : `.${i + 1}`}`,
    version,
    at: iso(at),
    ...data,
  }));

const itemOf = <State>(ref: Ref<State>, { state, at, facts }: Happened<State>, version: number): Item => {
  const dueAt = ref.aggregate.dueAt(state);
  return toItem({
    ...ref.aggregate.key(ref.id),
    version,
    state,
    ...ref.aggregate.indexed?.(state),
    ...(dueAt === undefined ? {} : { dueShard: shardOf(ref.id), dueAt }),
    ...(facts.length > 0 ? { outbox: JSON.stringify(published(ref as Ref<never>, version, at, facts)) } : {}),
  });
};

const stored = <State>(item: Item | undefined): Loaded<State> => {
  if (!item) return { state: undefined, version: 0 };
  const { state, version } = fromItem<{ state: State; version: number }>(item);
  return { state, version };
};

const onVersion = (version: number) =>
  version === 0
    ? { ConditionExpression: 'attribute_not_exists(pk)' }
    : { ConditionExpression: 'version = :read', ExpressionAttributeValues: toItem({ ':read': version }) };

/**
 * @param client DynamoDB client
 * @param table name of the State table
 * @throws {Conflict} when a race was lost more than a few times; the SDK's errors when DynamoDB is out of reach
 */
export const store = (client: DynamoDBClient, table: string) => {
  const load = async <State>(ref: Ref<State>): Promise<Loaded<State>> => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key: toItem(ref.aggregate.key(ref.id)), ConsistentRead: true }),
    );
    return stored(Item);
  };

  const reload = async <State>(ref: Ref<State>, attempt: number): Promise<Loaded<State>> => {
    await pause(attempt);
    return load(ref);
  };

  const put = <State>(ref: Ref<State>, decision: Happened<State>, read: number) => ({
    TableName: table,
    Item: itemOf(ref, decision, read + 1),
    ...onVersion(read),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  });

  /** Decides on the stored state and writes what happened; a lost race is decided again on the state that won. */
  const transition = async <State>(
    ref: Ref<State>,
    decide: (state: State | undefined) => Decision<State>,
    known?: Loaded<State>,
  ): Promise<Outcome<State>> => {
    let loaded = known ?? (await load(ref));
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const decision = decide(loaded.state);
      if (decision.outcome !== 'happened') return { decision, ...loaded };
      try {
        await client.send(new PutItemCommand(put(ref, decision, loaded.version)));
        return { decision, state: decision.state, version: loaded.version + 1 };
      } catch (error) {
        if (!lostRace(error)) throw error;
        loaded = error instanceof ConditionalCheckFailedException ? stored(error.Item) : await reload(ref, attempt);
      }
    }
    throw new Conflict(`${ref.aggregate.name} ${ref.id}: lost the race ${attempts} times`);
  };

  /** As `transition`, for two aggregates that must agree: both are written, or neither. Equal states are left alone. */
  const transitionBoth = async <A, B>(
    refs: readonly [Ref<A>, Ref<B>],
    decide: (a: A | undefined, b: B | undefined) => readonly [Decision<A>, Decision<B>],
  ): Promise<readonly [Outcome<A>, Outcome<B>]> => {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const [a, b] = await Promise.all([load(refs[0]), load(refs[1])]);
      const [first, second] = decide(a.state, b.state);
      const refusal = [first, second].find(({ outcome }) => outcome === 'refused');
      if (refusal || first.outcome !== 'happened')
        return [
          { decision: first, ...a },
          { decision: second, ...b },
        ];
      try {
        await client.send(
          new TransactWriteItemsCommand({
            TransactItems: [
              { Put: put(refs[0], first, a.version) },
              ...(second.outcome === 'happened' ? [{ Put: put(refs[1], second, b.version) }] : []),
            ],
          }),
        );
        return [
          { decision: first, state: first.state, version: a.version + 1 },
          second.outcome === 'happened'
            ? { decision: second, state: second.state, version: b.version + 1 }
            : { decision: second, ...b },
        ];
      } catch (error) {
        if (!lostRace(error)) throw error;
        await pause(attempt);
      }
    }
    throw new Conflict(`${refs[0].aggregate.name} ${refs[0].id}: lost the race ${attempts} times`);
  };

  /** Creates an aggregate once: with an idempotency key the item, its key and its markers are one transaction. `ref.id` must be new. */
  const create = async <State>(
    ref: Ref<State>,
    decision: Happened<State>,
    key?: IdempotencyKey,
    markers: readonly Marker[] = [],
  ): Promise<Created> => {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      try {
        if (key) await client.send(new TransactWriteItemsCommand(withKey(ref, decision, key, markers)));
        else await client.send(new PutItemCommand(put(ref, decision, 0)));
        return created;
      } catch (error) {
        if (!lostRace(error)) throw error;
        if (error instanceof ConditionalCheckFailedException && isOurs(error.Item, itemOf(ref, decision, 1)))
          return created;
        const first = error instanceof TransactionCanceledException ? error.CancellationReasons?.[1]?.Item : undefined;
        if (key && first) return keyTaken(key, fromItem<KeyItem>(first));
        await pause(attempt);
      }
    }
    throw new Conflict(`${ref.aggregate.name} ${ref.id}: lost the race ${attempts} times`);
  };

  const withKey = <State>(
    ref: Ref<State>,
    decision: Happened<State>,
    key: IdempotencyKey,
    markers: readonly Marker[],
  ) => ({
    TransactItems: [
      { Put: put(ref, decision, 0) },
      {
        Put: {
          TableName: table,
          Item: toItem({
            pk: `KEY#${encodeURIComponent(key.scope)}#${encodeURIComponent(key.id)}`,
            sk: 'KEY',
            id: ref.id,
            fingerprint: key.fingerprint,
            expiresAt: Math.ceil(key.expiresAt / 1000),
          }),
          ...onKey(key),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
        },
      },
      ...markers.map((marker) => ({
        Put: { TableName: table, Item: toItem({ ...marker, expiresAt: Math.ceil(marker.expiresAt / 1000) }) },
      })),
    ],
  });

  return { load, transition, transitionBoth, create };
};

/** An attempt of the SDK whose answer was lost has written the item already. */
const isOurs = (found: Item | undefined, wanted: Item): boolean => found !== undefined && sameItem(found, wanted);

type KeyItem = { readonly id: string; readonly fingerprint: string };
const created: Created = { outcome: 'created', version: 1 };

const keyTaken = ({ fingerprint, formerFingerprint }: IdempotencyKey, taken: KeyItem): Created =>
  taken.fingerprint === fingerprint || taken.fingerprint === formerFingerprint
    ? { outcome: 'repeated', id: taken.id }
    : { outcome: 'key-reused', id: taken.id };

const onKey = ({ replaces }: IdempotencyKey) =>
  replaces === undefined
    ? onVersion(0)
    : { ConditionExpression: 'id = :replaced', ExpressionAttributeValues: toItem({ ':replaced': replaces }) };

/** Two writers of one item must not meet again at the same moment. */
const pause = (attempt: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * attempt));

const raceCodes = new Set(['ConditionalCheckFailed', 'TransactionConflict']);

/** A failed condition, alone or in a transaction, or a meeting with another transaction: read again, decide again. */
const lostRace = (error: unknown): boolean =>
  error instanceof ConditionalCheckFailedException ||
  error instanceof TransactionConflictException ||
  (error instanceof TransactionCanceledException &&
    (error.CancellationReasons ?? []).some(({ Code = '' }) => raceCodes.has(Code)));
