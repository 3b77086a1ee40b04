/** Event patterns of EventBridge and Lambda's event filters, compiled once; an unknown operator is an error. */
import { BlockList } from 'node:net';
import { isRecord } from '../../json.ts';
import { literally } from '../regexp.ts';

export type Matcher = (event: unknown) => boolean;

/** Tests the values that an event has at one leaf; none when the field is missing or is not a leaf. */
type LeafTest = (values: readonly unknown[]) => boolean;

const refuse = (place: string, reason: string): never => {
  throw new Error(`${place}: ${reason}`);
};

const some =
  (test: (value: string) => boolean): LeafTest =>
  (values) =>
    values.some((value) => typeof value === 'string' && test(value));

const wildcard = (pattern: string, place: string): RegExp => {
  if (pattern.includes('**')) return refuse(place, 'a wildcard may not hold two * in a row');
  const parts = pattern.split(/(?<!\\)\*/).map((part) => literally(part.replace(/\\([*\\])/g, '$1')));
  return new RegExp(`^${parts.join('[\\s\\S]*')}$`);
};

const text = (value: unknown, place: string): string => {
  if (typeof value !== 'string') return refuse(place, `a text is expected, not ${JSON.stringify(value)}`);
  return value;
};

const texts = (value: unknown, place: string): readonly string[] => [value].flat().map((one) => text(one, place));

const affix = (value: unknown, place: string, has: (whole: string, part: string) => boolean): LeafTest => {
  if (isRecord(value) && Object.keys(value).length === 1 && 'equals-ignore-case' in value) {
    const lower = text(value['equals-ignore-case'], place).toLowerCase();
    return some((whole) => has(whole.toLowerCase(), lower));
  }
  const part = text(value, place);
  return some((whole) => has(whole, part));
};

const comparisons: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '=': (left, right) => left === right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

const numeric = (value: unknown, place: string): LeafTest => {
  if (!Array.isArray(value) || value.length < 2 || value.length % 2 === 1)
    return refuse(place, 'numeric needs pairs of operator and number');
  const tests = Array.from({ length: value.length / 2 }, (_, index) => {
    const [operator, bound]: unknown[] = value.slice(index * 2, index * 2 + 2);
    const compare = comparisons[String(operator)];
    if (!compare || typeof bound !== 'number')
      return refuse(place, `numeric does not know ${JSON.stringify([operator, bound])}`);
    return (number: number): boolean => compare(number, bound);
  });
  return (values) => values.some((one) => typeof one === 'number' && tests.every((test) => test(one)));
};

const cidr = (value: unknown, place: string): LeafTest => {
  const [network = '', bits] = text(value, place).split('/');
  const family = network.includes(':') ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family);
  return some((address) => list.check(address, family));
};

const anythingBut = (value: unknown, place: string): LeafTest => {
  const excluded: LeafTest = isRecord(value)
    ? anyOf(
        Object.entries(value).flatMap(([operator, operand]) =>
          texts(operand, place).map((one) => operatorTest(operator, one, `${place}.${operator}`)),
        ),
      )
    : anyOf([value].flat().map(equals));
  return (values) => values.some((one) => !excluded([one]));
};

const equals =
  (expected: unknown): LeafTest =>
  (values) =>
    values.includes(expected);

const anyOf =
  (tests: readonly LeafTest[]): LeafTest =>
  (values) =>
    tests.some((test) => test(values));

const operators: Readonly<Record<string, (operand: unknown, place: string) => LeafTest>> = {
  prefix: (operand, place) => affix(operand, place, (whole, part) => whole.startsWith(part)),
  suffix: (operand, place) => affix(operand, place, (whole, part) => whole.endsWith(part)),
  'equals-ignore-case': (operand, place) =>
    affix({ 'equals-ignore-case': operand }, place, (whole, part) => whole === part),
  wildcard: (operand, place) => {
    const expression = wildcard(text(operand, place), place);
    return some((value) => expression.test(value));
  },
  'anything-but': anythingBut,
  numeric,
  cidr,
  exists: (operand, place) => {
    if (typeof operand !== 'boolean') return refuse(place, 'exists is true or false');
    return (values) => values.length > 0 === operand;
  },
};

const operatorTest = (operator: string, operand: unknown, place: string): LeafTest => {
  const make = operators[operator];
  if (!make) return refuse(place, `the pattern operator ${operator} is not known`);
  return make(operand, place);
};

const leafTest = (choice: unknown, place: string): LeafTest => {
  if (!isRecord(choice)) return equals(choice);
  const [entry, ...more] = Object.entries(choice);
  if (!entry || more.length > 0) return refuse(place, `one operator at a time, not ${JSON.stringify(choice)}`);
  return operatorTest(entry[0], entry[1], `${place}.${entry[0]}`);
};

/** Only scalars are leaves: `exists` of a field that holds an object is false, on AWS too. */
const leavesOf = (value: unknown): readonly unknown[] => {
  if (value === undefined || isRecord(value)) return [];
  return Array.isArray(value) ? value.flatMap(leavesOf) : [value];
};

const fieldMatcher = (pattern: unknown, place: string): ((field: unknown) => boolean) => {
  if (Array.isArray(pattern)) {
    if (pattern.length === 0) return refuse(place, 'an empty list matches nothing');
    const test = anyOf(pattern.map((choice, index) => leafTest(choice, `${place}[${index}]`)));
    return (field) => test(leavesOf(field));
  }
  if (!isRecord(pattern)) return refuse(place, `a list or an object is expected, not ${JSON.stringify(pattern)}`);
  const inner = compilePattern(pattern, place);
  return (field) => (Array.isArray(field) ? field.some((one) => inner(one)) : inner(field));
};

/** Compiles a pattern; @throws with the place of what it does not know. */
export const compilePattern = (pattern: unknown, place = 'pattern'): Matcher => {
  if (!isRecord(pattern)) return refuse(place, 'an object is expected');
  const { $or: alternatives, ...rest } = pattern;
  const fields = Object.entries(rest).map(([name, inner]) => [name, fieldMatcher(inner, `${place}.${name}`)] as const);
  const either = alternatives === undefined ? undefined : compileOr(alternatives, `${place}.$or`);
  return (event) => {
    const record = isRecord(event) ? event : {};
    return fields.every(([name, matches]) => matches(record[name])) && (either === undefined || either(record));
  };
};

const compileOr = (alternatives: unknown, place: string): Matcher => {
  if (!Array.isArray(alternatives) || alternatives.length < 2)
    return refuse(place, 'at least two alternatives are expected');
  const matchers = alternatives.map((one, index) => compilePattern(one, `${place}[${index}]`));
  return (event) => matchers.some((matches) => matches(event));
};

/** Lambda's event filters: any one of the patterns is enough. */
export const compileFilters = (patterns: readonly string[], place: string): Matcher => {
  const matchers = patterns.map((pattern, index) => compilePattern(JSON.parse(pattern), `${place}[${index}]`));
  return (event) => matchers.some((matches) => matches(event));
};
