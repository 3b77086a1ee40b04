/** What work costs in the tables: calls, items and capacity units, from the watched calls. */
import type { Call, Watch } from './calls.ts';
import type { Database } from './database.ts';

export type Cost = {
  readonly calls: string;
  readonly stateWrites: number;
  readonly unconditional: number;
  readonly items: number;
  readonly failed: number;
  /** The sort keys of the items written to State. */
  readonly keys: readonly string[];
  readonly written: number;
  readonly read: number;
};
export const itemsOf = ({ name, input }: Call): readonly Record<string, unknown>[] => {
  if (name === 'TransactWriteItems')
    return (input.TransactItems as Record<string, Record<string, unknown>>[]).map(
      (item) => Object.values(item)[0] ?? {},
    );
  if (name === 'BatchWriteItem')
    return Object.values(input.RequestItems as Record<string, Record<string, unknown>[]>).flat();
  return /^(Put|Update|Delete)Item$/.test(name) ? [input as Record<string, unknown>] : [];
};

type Keyed = { readonly sk?: { readonly S?: string } };
const sortKeyOf = ({ Item, Key }: Record<string, unknown>): string => ((Item ?? Key) as Keyed | undefined)?.sk?.S ?? '';

const isRead = ({ name }: Call): boolean => /^(Get|Query|BatchGet)/.test(name);

export const costOf = (calls: readonly Call[], { state }: Database): Cost => {
  const counts = new Map<string, number>();
  for (const { name, failed } of calls)
    counts.set(failed ? `${name} refused` : name, (counts.get(failed ? `${name} refused` : name) ?? 0) + 1);
  const done = calls.filter(({ failed }) => !failed);
  const toState = done.filter((call) => itemsOf(call).some(({ TableName }) => TableName === state));
  const units = (some: readonly Call[]): number =>
    some.flatMap(({ capacity }) => capacity).reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
  return {
    calls: [...counts].map(([name, count]) => (count === 1 ? name : `${count} ${name}`)).join(', '),
    stateWrites: toState.length,
    unconditional: toState.flatMap(itemsOf).filter(({ ConditionExpression }) => !ConditionExpression).length,
    items: done.flatMap(itemsOf).length,
    keys: toState.flatMap(itemsOf).map(sortKeyOf),
    failed: calls.length - done.length,
    written: units(done.filter((call) => !isRead(call))),
    read: units(done.filter(isRead)),
  };
};

/** The cost of the work. */
export const costs = async (
  { seen, database }: { readonly seen: Watch; readonly database: Database },
  work: () => Promise<unknown>,
): Promise<Cost> => {
  seen.take();
  await work();
  return costOf(seen.take(), database);
};
