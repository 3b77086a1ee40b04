/** The item of an aggregate in the State table: state, version, deadline, and the events it promises to publish. */
import type { Aggregate, Loaded, Ref } from '../kernel/aggregate.ts';
import type { Fact, Happened } from '../kernel/decision.ts';
import { type Instant, iso } from '../kernel/types.ts';
import { fromItem, type Item, ifUnchanged, toItem } from './dynamo.ts';

/** Overdue items are read shard by shard, so that no index partition carries them all. */
export const dueShards = ['due#0', 'due#1', 'due#2', 'due#3', 'due#4', 'due#5', 'due#6', 'due#7'] as const;

export const shardOf = (id: string, shards: readonly string[] = dueShards): string => {
  let sum = 0;
  for (const char of id) sum = (sum * 31 + char.charCodeAt(0)) >>> 0;
  return shards[sum % shards.length] as string;
};

/** Of items that do not name theirs. */
const firstSchema = 1;

const nameOf = ({ type, per }: Fact): string => (per === undefined ? type : `${type}/${per}`);

const differentlyNamed = (facts: readonly Fact[]): readonly Fact[] => {
  const names = facts.map(nameOf);
  if (new Set(names).size < names.length) throw new Error(`two facts of one write have one name: ${names.join(', ')}`);
  return facts;
};

/** The first fact of a write is named by item and version, each further one by its number too: no two share an id. */
const eventsOf = (ref: Ref<unknown>, version: number, at: Instant, facts: readonly Fact[]) =>
  differentlyNamed(facts).map(({ type, source, data }, i) => ({
    source,
    type,
    id: `${ref.id}/${ref.aggregate.name}/${version}${i === 0 ? '' : `.${i + 1}`}`,
    version,
    at: iso(at),
    ...data,
  }));

export const itemOf = <State, Made extends Fact>(
  ref: Ref<State, Made>,
  { state, at, facts }: Happened<State, Made>,
  version: number,
): Item => {
  const { key, schema = firstSchema, dueAt, indexed } = ref.aggregate;
  const due = dueAt(state);
  return toItem({
    ...key(ref.id),
    version,
    ...(schema === firstSchema ? {} : { schema }),
    state,
    ...indexed?.(state),
    ...(due === undefined ? {} : { dueShard: shardOf(ref.id), dueAt: due }),
    ...(facts.length > 0 ? { outbox: JSON.stringify(eventsOf(ref as Ref<unknown>, version, at, facts)) } : {}),
  });
};

/** What an item holds of its aggregate, in the present shape. */
export const stored = <State>(
  { schema: present = firstSchema, upgrade }: Pick<Aggregate<State>, 'schema' | 'upgrade'>,
  item: Item | undefined,
): Loaded<State> => {
  if (!item) return { state: undefined, version: 0 };
  const { state, version, schema = firstSchema } = fromItem<{ state: State; version: number; schema?: number }>(item);
  return { state: upgrade && schema < present ? upgrade(state, schema) : state, version };
};

/** The condition of a write: the item is as it was read. */
export const onVersion = (version: number) => ifUnchanged('version', version === 0 ? undefined : version);

/** A write over the version that was read. */
export const putOf = <State, Made extends Fact>(
  TableName: string,
  ref: Ref<State, Made>,
  decision: Happened<State, Made>,
  read: number,
) => ({
  TableName,
  Item: itemOf(ref, decision, read + 1),
  ...onVersion(read),
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
});
