/** The aggregate store: load, decide, one conditional write of state, version + 1 and outbox. Used by every context. */
import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { Loaded, Outcome, Ref } from '../kernel/aggregate.ts';
import type { Decision, Fact, Happened } from '../kernel/decision.ts';
import type { Instant } from '../kernel/types.ts';
import { sameItem, toItem } from './dynamo.ts';
import { type Created, expiry, type IdempotencyKey, putKey, takenBy } from './idempotency.ts';
import { itemOf, putOf, stored } from './item.ts';
import type { Clock, Dynamo } from './ports.ts';
import { race } from './race.ts';

/** An item that is written with the creation and belongs to no aggregate, by which other contexts find it. */
export type Marker = { readonly pk: string; readonly sk: string; readonly expiresAt: Instant } & Readonly<
  Record<string, string | number>
>;

/** A change of another aggregate, written if it happened. */
export type Change = {
  readonly ref: Ref<unknown>;
  readonly decide: (state: unknown) => Decision<unknown>;
};
export const changeOf = <State, Made extends Fact>(
  ref: Ref<State, Made>,
  decide: (state: State | undefined) => Decision<State, Made>,
): Change => ({ ref: ref as Ref<unknown>, decide: (state) => decide(state as State | undefined) });

/** What is written in the transaction of a creation. */
export type Along = { readonly markers?: readonly Marker[]; readonly changes?: readonly Change[] };

// biome-ignore lint/suspicious/noExplicitAny: any aggregate; what it holds is read off the tuple
type Refs = readonly [Ref<any, any>, ...Ref<any, any>[]];
type StatesOf<All extends Refs> = {
  [I in keyof All]: All[I] extends Ref<infer State, infer _> ? State | undefined : never;
};
type VersionsOf<All extends Refs> = { readonly [I in keyof All]: number };
type DecisionsOf<All extends Refs> = {
  readonly [I in keyof All]: All[I] extends Ref<infer State, infer Made> ? Decision<State, Made> : never;
};
type OutcomesOf<All extends Refs> = {
  readonly [I in keyof All]: All[I] extends Ref<infer State, infer Made> ? Outcome<State, Made> : never;
};

export type Store = ReturnType<typeof store>;
export type StorePorts = { readonly dynamo: Dynamo } & Pick<Clock, 'pause' | 'random'>;

const putMarker = (TableName: string, marker: Marker) => ({
  Put: { TableName, Item: toItem({ ...marker, expiresAt: expiry(marker.expiresAt) }) },
});

const created: Created = { outcome: 'created', version: 1 };

type Load = <State>(ref: Ref<State>) => Promise<Loaded<State>>;

const putsOf = async (table: string, changes: readonly Change[], load: Load): Promise<readonly object[]> => {
  const puts = changes.map(async ({ ref, decide }) => {
    const { state, version } = await load(ref);
    const decision = decide(state);
    return decision.outcome === 'happened' ? [{ Put: putOf(table, ref, decision, version) }] : [];
  });
  return (await Promise.all(puts)).flat();
};

/**
 * @param table name of the State table
 * @throws {Conflict} when a race was lost more than a few times; the SDK's errors when DynamoDB cannot be reached
 */
export const store = ({ dynamo, pause, random }: StorePorts, table: string) => {
  const load: Load = async (ref) => {
    const { Item } = await dynamo.send(
      new GetItemCommand({ TableName: table, Key: toItem(ref.aggregate.key(ref.id)), ConsistentRead: true }),
    );
    return stored(ref.aggregate, Item);
  };

  const racing = race({ pause, random });

  /** Decides on the stored state and writes what happened; a lost race is decided again on the state that won. */
  const transition = <State, Made extends Fact>(
    ref: Ref<State, Made>,
    decide: (state: State | undefined) => Decision<State, Made>,
    known?: Loaded<State>,
  ): Promise<Outcome<State, Made>> =>
    racing(ref as Ref<unknown>, async (lost) => {
      const loaded =
        lost instanceof ConditionalCheckFailedException
          ? stored<State>(ref.aggregate, lost.Item)
          : ((lost === undefined ? known : undefined) ?? (await load(ref as Ref<State>)));
      const decision = decide(loaded.state);
      if (decision.outcome !== 'happened') return { decision, ...loaded };
      await dynamo.send(new PutItemCommand(putOf(table, ref, decision, loaded.version)));
      return { decision, state: decision.state, version: loaded.version + 1 };
    });

  /**
   * As `transition`, for aggregates that must agree: one transaction writes all that happened. Nothing is written
   * unless the first one happened, or when any was refused.
   * @param decide gets the states and the versions they were read in, in the order of `refs`
   */
  const transitionAll = <const All extends Refs>(
    refs: All,
    decide: (states: StatesOf<All>, versions: VersionsOf<All>) => DecisionsOf<All>,
  ): Promise<OutcomesOf<All>> =>
    racing(refs[0], async () => {
      const loaded = await Promise.all(refs.map((ref) => load(ref)));
      const [states, versions] = [loaded.map(({ state }) => state), loaded.map(({ version }) => version)];
      const decisions: readonly Decision<unknown>[] = decide(states as StatesOf<All>, versions as VersionsOf<All>);
      const isWritten = decisions[0]?.outcome === 'happened' && decisions.every(({ outcome }) => outcome !== 'refused');
      const outcomes = refs.map((ref, i): { readonly outcome: Outcome<unknown>; readonly puts: readonly object[] } => {
        const [decision, { state, version }] = [decisions[i] as Decision<unknown>, loaded[i] as Loaded<unknown>];
        if (!isWritten || decision.outcome !== 'happened') return { outcome: { decision, state, version }, puts: [] };
        return {
          outcome: { decision, state: decision.state, version: version + 1 },
          puts: [{ Put: putOf(table, ref, decision, version) }],
        };
      });
      if (isWritten)
        await dynamo.send(new TransactWriteItemsCommand({ TransactItems: outcomes.flatMap(({ puts }) => puts) }));
      return outcomes.map(({ outcome }) => outcome) as unknown as OutcomesOf<All>;
    });

  /** Creates an aggregate once: item, key, markers and changes of others are one transaction. `ref.id` must be new. */
  const create = <State, Made extends Fact>(
    ref: Ref<State, Made>,
    decision: Happened<State, Made>,
    key?: IdempotencyKey,
    { markers = [], changes = [] }: Along = {},
  ): Promise<Created> =>
    racing(ref as Ref<unknown>, async (lost) => {
      // An attempt of the SDK whose answer was lost has written the item already.
      if (lost instanceof ConditionalCheckFailedException && lost.Item && sameItem(lost.Item, itemOf(ref, decision, 1)))
        return created;
      const taken = lost instanceof TransactionCanceledException ? lost.CancellationReasons?.[1]?.Item : undefined;
      if (key && taken) return takenBy(key, taken);
      const Put = putOf(table, ref, decision, 0);
      if (!key && markers.length + changes.length === 0) await dynamo.send(new PutItemCommand(Put));
      else {
        const TransactItems = [
          { Put },
          ...(key ? [putKey(table, key, ref.id)] : []),
          ...markers.map((marker) => putMarker(table, marker)),
          ...(await putsOf(table, changes, load)),
        ];
        await dynamo.send(new TransactWriteItemsCommand({ TransactItems }));
      }
      return created;
    });

  return { load, transition, transitionAll, create };
};
