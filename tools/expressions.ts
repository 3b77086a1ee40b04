/** The few DynamoDB expressions the project uses, for the model of the table. Any other expression is an error. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Item = Record<string, AttributeValue>;
export type Values = Item | undefined;

const scalar = (value: AttributeValue | undefined): string | number | undefined =>
  value?.N === undefined ? (value?.S ?? undefined) : Number(value.N);

const given = (values: Values, name: string): AttributeValue => {
  const value = values?.[name];
  if (!value) throw new Error(`the expression names ${name}, which has no value`);
  return value;
};

const unknown = (expression: string): never => {
  throw new Error(`the model of the table does not know the expression: ${expression}`);
};

const clause = (item: Item | undefined, text: string, values: Values): boolean => {
  const exists = /^attribute_(not_)?exists\((\w+)\)$/.exec(text);
  if (exists) return (item?.[exists[2] as string] !== undefined) === (exists[1] === undefined);
  const begins = /^begins_with\((\w+), (:\w+)\)$/.exec(text);
  if (begins)
    return item?.[begins[1] as string]?.S?.startsWith(String(scalar(given(values, begins[2] as string)))) === true;
  const compared = /^(\w+) (=|<=|<|>) (:\w+)$/.exec(text);
  if (!compared) return unknown(text);
  const [left, right] = [scalar(item?.[compared[1] as string]), scalar(given(values, compared[3] as string))];
  if (left === undefined || right === undefined || typeof left !== typeof right) return false;
  const operators = { '=': left === right, '<=': left <= right, '<': left < right, '>': left > right };
  return operators[compared[2] as keyof typeof operators];
};

/** Whether an item satisfies a condition or key condition; no item satisfies only `attribute_not_exists`. */
export const holds = (item: Item | undefined, condition: string | undefined, values: Values): boolean =>
  condition === undefined || condition.split(' AND ').every((part) => clause(item, part.trim(), values));

const added = (item: Item, name: string, value: AttributeValue): Item => ({
  ...item,
  [name]: { N: String(Number(item[name]?.N ?? 0) + Number(value.N)) },
});

/** The item after `ADD name :value` or `SET name = :value, …`, and the names it touched. */
export const updated = (
  item: Item,
  expression: string | undefined,
  values: Values,
): { readonly item: Item; readonly names: readonly string[] } => {
  const adds = /^ADD (\w+) (:\w+)$/.exec(expression ?? '');
  if (adds)
    return { item: added(item, adds[1] as string, given(values, adds[2] as string)), names: [adds[1] as string] };
  if (!expression?.startsWith('SET ')) return unknown(String(expression));
  const sets = expression
    .slice('SET '.length)
    .split(',')
    .map((part) => /^(\w+) = (:\w+)$/.exec(part.trim()) ?? unknown(expression));
  return {
    item: {
      ...item,
      ...Object.fromEntries(sets.map(([, name, value]) => [name as string, given(values, value as string)])),
    },
    names: sets.map(([, name]) => name as string),
  };
};
