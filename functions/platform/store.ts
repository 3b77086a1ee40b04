/** The aggregate store: load, decide, one conditional write of state, version + 1 and outbox. Used by every context. */
import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  TransactionCanceledException,
  TransactionConflictException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { Loaded, Outcome, Ref } from '../kernel/aggregate.ts';
import type { Decision, Fact, Happened } from '../kernel/decision.ts';
import { Conflict } from '../kernel/errors.ts';
import type { Instant } from '../kernel/types.ts';
import { sameItem, toItem } from './dynamo.ts';
import { type Created, expiry, type IdempotencyKey, putKey, takenBy } from './idempotency.ts';
import { itemOf, onVersion, stored } from './item.ts';
import type { Clock, Dynamo } from './ports.ts';

/** An item that is written with the creation and belongs to no aggregate, by which other contexts find it. */
export type Marker = { readonly pk: string; readonly sk: string; readonly expiresAt: Instant } & Readonly<
  Record<string, string | number>
>;

// biome-ignore lint/suspicious/noExplicitAny: any aggregate; what it holds is read off the tuple
type Refs = readonly [Ref<any, any>, ...Ref<any, any>[]];
type StatesOf<All extends Refs> = {
  [I in keyof All]: All[I] extends Ref<infer State, infer _> ? State | undefined : never;
};
type DecisionsOf<All extends Refs> = {
  readonly [I in keyof All]: All[I] extends Ref<infer State, infer Made> ? Decision<State, Made> : never;
};
type OutcomesOf<All extends Refs> = {
  readonly [I in keyof All]: All[I] extends Ref<infer State, infer Made> ? Outcome<State, Made> : never;
};

export type Store = ReturnType<typeof store>;
export type StorePorts = { readonly dynamo: Dynamo } & Pick<Clock, 'pause' | 'random'>;

const attempts = 8;
const created: Created = { outcome: 'created', version: 1 };

/**
 * @param table name of the State table
 * @throws {Conflict} when a race was lost more than a few times; the SDK's errors when DynamoDB cannot be reached
 */
export const store = ({ dynamo, pause, random }: StorePorts, table: string) => {
  const load = async <State>(ref: Ref<State>): Promise<Loaded<State>> => {
    const { Item } = await dynamo.send(
      new GetItemCommand({ TableName: table, Key: toItem(ref.aggregate.key(ref.id)), ConsistentRead: true }),
    );
    return stored(Item);
  };

  const put = <State, Made extends Fact>(ref: Ref<State, Made>, decision: Happened<State, Made>, read: number) => ({
    TableName: table,
    Item: itemOf(ref, decision, read + 1),
    ...onVersion(read),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  });

  /** Retries until the race is won, after a random pause, so that two writers do not collide again. */
  const racing = async <T>({ aggregate, id }: Ref<unknown>, once: (error?: unknown) => Promise<T>): Promise<T> => {
    let last: unknown;
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      try {
        return await once(last);
      } catch (error) {
        if (!isLostRace(error)) throw error;
        last = error;
        if (!(error instanceof ConditionalCheckFailedException)) await pause(random() * 10 * attempt);
      }
    }
    throw new Conflict(`${aggregate.name} ${id}: lost the race ${attempts} times`);
  };

  /** Decides on the stored state and writes what happened; a lost race is decided again on the state that won. */
  const transition = <State, Made extends Fact>(
    ref: Ref<State, Made>,
    decide: (state: State | undefined) => Decision<State, Made>,
    known?: Loaded<State>,
  ): Promise<Outcome<State, Made>> =>
    racing(ref as Ref<unknown>, async (lost) => {
      const loaded =
        lost instanceof ConditionalCheckFailedException
          ? stored<State>(lost.Item)
          : ((lost === undefined ? known : undefined) ?? (await load(ref as Ref<State>)));
      const decision = decide(loaded.state);
      if (decision.outcome !== 'happened') return { decision, ...loaded };
      await dynamo.send(new PutItemCommand(put(ref, decision, loaded.version)));
      return { decision, state: decision.state, version: loaded.version + 1 };
    });

  /**
   * As `transition`, for aggregates that must agree: one transaction writes all that happened. Nothing is written
   * unless the first one happened, or when any was refused.
   */
  const transitionAll = <const All extends Refs>(
    refs: All,
    decide: (...states: StatesOf<All>) => DecisionsOf<All>,
  ): Promise<OutcomesOf<All>> =>
    racing(refs[0], async () => {
      const loaded = await Promise.all(refs.map((ref) => load(ref)));
      const decisions: readonly Decision<unknown>[] = decide(...(loaded.map(({ state }) => state) as StatesOf<All>));
      const isWritten = decisions[0]?.outcome === 'happened' && decisions.every(({ outcome }) => outcome !== 'refused');
      const outcomes = refs.map((ref, i): { readonly outcome: Outcome<unknown>; readonly puts: readonly object[] } => {
        const [decision, { state, version }] = [decisions[i] as Decision<unknown>, loaded[i] as Loaded<unknown>];
        if (!isWritten || decision.outcome !== 'happened') return { outcome: { decision, state, version }, puts: [] };
        return {
          outcome: { decision, state: decision.state, version: version + 1 },
          puts: [{ Put: put(ref, decision, version) }],
        };
      });
      if (isWritten)
        await dynamo.send(new TransactWriteItemsCommand({ TransactItems: outcomes.flatMap(({ puts }) => puts) }));
      return outcomes.map(({ outcome }) => outcome) as unknown as OutcomesOf<All>;
    });

  /** Creates an aggregate once: its item, idempotency key and markers are one transaction. `ref.id` must be new. */
  const create = <State, Made extends Fact>(
    ref: Ref<State, Made>,
    decision: Happened<State, Made>,
    key?: IdempotencyKey,
    markers: readonly Marker[] = [],
  ): Promise<Created> =>
    racing(ref as Ref<unknown>, async (lost) => {
      // An attempt of the SDK whose answer was lost has written the item already.
      if (lost instanceof ConditionalCheckFailedException && lost.Item && sameItem(lost.Item, itemOf(ref, decision, 1)))
        return created;
      const taken = lost instanceof TransactionCanceledException ? lost.CancellationReasons?.[1]?.Item : undefined;
      if (key && taken) return takenBy(key, taken);
      if (key) await dynamo.send(new TransactWriteItemsCommand(withKey(ref, decision, key, markers)));
      else await dynamo.send(new PutItemCommand(put(ref, decision, 0)));
      return created;
    });

  const withKey = <State, Made extends Fact>(
    ref: Ref<State, Made>,
    decision: Happened<State, Made>,
    key: IdempotencyKey,
    markers: readonly Marker[],
  ) => ({
    TransactItems: [
      { Put: put(ref, decision, 0) },
      putKey(table, key, ref.id),
      ...markers.map((marker) => ({
        Put: { TableName: table, Item: toItem({ ...marker, expiresAt: expiry(marker.expiresAt) }) },
      })),
    ],
  });

  return { load, transition, transitionAll, create };
};

const raceCodes = new Set(['ConditionalCheckFailed', 'TransactionConflict']);

/** A failed condition, alone or in a transaction, or a conflict with another transaction: read and decide again. */
const isLostRace = (error: unknown): boolean =>
  error instanceof ConditionalCheckFailedException ||
  error instanceof TransactionConflictException ||
  (error instanceof TransactionCanceledException &&
    (error.CancellationReasons ?? []).some(({ Code = '' }) => raceCodes.has(Code)));
