/** CloudWatch's metric math, as far as alarms need it; a function it does not know is an error. */

/** The value of each metric of the expression; undefined where it has no data. */
type Values = (id: string) => number | undefined;
export type Expression = (values: Values) => number | undefined;

const tokenPattern = /\s*(\d+(?:\.\d+)?|[A-Za-z_]\w*|<=|>=|==|!=|&&|\|\||[-+*/^()<>,[\]])/y;

const tokenize = (source: string): string[] => {
  const tokens: string[] = [];
  tokenPattern.lastIndex = 0;
  const end = source.trimEnd().length;
  while (tokenPattern.lastIndex < end) {
    const at = tokenPattern.lastIndex;
    const [, token] = tokenPattern.exec(source) ?? [];
    if (token === undefined) throw new Error(`metric math: ${source.slice(at)} is not understood`);
    tokens.push(token);
  }
  return tokens;
};

type Operator = (left: number, right: number) => number;
const truth = (value: boolean): number => (value ? 1 : 0);

/** Weakest first. */
const levels: readonly Readonly<Record<string, Operator>>[] = [
  { OR: (a, b) => truth(a !== 0 || b !== 0), '||': (a, b) => truth(a !== 0 || b !== 0) },
  { AND: (a, b) => truth(a !== 0 && b !== 0), '&&': (a, b) => truth(a !== 0 && b !== 0) },
  {
    '<': (a, b) => truth(a < b),
    '<=': (a, b) => truth(a <= b),
    '>': (a, b) => truth(a > b),
    '>=': (a, b) => truth(a >= b),
    '==': (a, b) => truth(a === b),
    '!=': (a, b) => truth(a !== b),
  },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  { '*': (a, b) => a * b, '/': (a, b) => a / b },
  { '^': (a, b) => a ** b },
];

const overAll =
  (reduce: (values: readonly number[]) => number) =>
  (inner: readonly Expression[]): Expression =>
  (values) => {
    const known = inner.map((expression) => expression(values)).filter((value) => value !== undefined);
    return known.length === 0 ? undefined : reduce(known);
  };

const onOne =
  (apply: (value: number) => number) =>
  ([only]: readonly Expression[]): Expression =>
  (values) => {
    const value = only?.(values);
    return value === undefined ? undefined : apply(value);
  };

const functions: Readonly<Record<string, (inner: readonly Expression[]) => Expression>> = {
  IF:
    ([condition, yes, no]) =>
    (values) => {
      const holds = condition?.(values);
      if (holds === undefined) return undefined;
      return (holds === 0 ? no : yes)?.(values);
    },
  FILL:
    ([metric, fill]) =>
    (values) =>
      metric?.(values) ?? fill?.(values),
  ABS: onOne(Math.abs),
  CEIL: onOne(Math.ceil),
  FLOOR: onOne(Math.floor),
  SUM: overAll((all) => all.reduce((sum, value) => sum + value, 0)),
  AVG: overAll((all) => all.reduce((sum, value) => sum + value, 0) / all.length),
  MAX: overAll((all) => Math.max(...all)),
  MIN: overAll((all) => Math.min(...all)),
};

export const compileMath = (source: string, place: string): Expression => {
  const tokens = tokenize(source);
  let next = 0;
  const fail = (what: string): never => {
    throw new Error(`${place}: ${what} in the expression ${source}`);
  };

  const level = (depth: number): Expression => {
    const operators = levels[depth];
    if (!operators) return unary();
    let left = level(depth + 1);
    for (let operator = operators[tokens[next] ?? '']; operator; operator = operators[tokens[next] ?? '']) {
      next += 1;
      left = combine(operator, left, level(depth + 1));
    }
    return left;
  };

  const unary = (): Expression => {
    if (tokens[next] !== '-') return primary();
    next += 1;
    return onOne((value) => -value)([unary()]);
  };

  const listUntil = (end: string): Expression[] => {
    const inner: Expression[] = [];
    while (tokens[next] !== end) {
      if (tokens[next] === '[') {
        next += 1;
        inner.push(...listUntil(']'));
      } else inner.push(level(0));
      if (tokens[next] === ',') next += 1;
      else if (tokens[next] !== end) fail(`${end} is missing`);
    }
    next += 1;
    return inner;
  };

  const primary = (): Expression => {
    const token = tokens[next++];
    if (token === undefined) return fail('the end comes too early');
    if (token === '(') {
      const inner = level(0);
      if (tokens[next++] !== ')') fail(') is missing');
      return inner;
    }
    if (/^\d/.test(token)) return () => Number(token);
    if (tokens[next] === '(') {
      const make = functions[token] ?? fail(`the function ${token} is not known here`);
      next += 1;
      return make(listUntil(')'));
    }
    // Metric ids begin with a small letter.
    return /^[a-z]/.test(token) ? (values) => values(token) : fail(`${token} is not understood`);
  };

  const whole = level(0);
  if (next < tokens.length) fail(`${tokens[next]} is not understood`);
  return whole;
};

const combine =
  (operator: Operator, left: Expression, right: Expression): Expression =>
  (values) => {
    const [a, b] = [left(values), right(values)];
    if (a === undefined || b === undefined) return undefined;
    const value = operator(a, b);
    return Number.isFinite(value) ? value : undefined;
  };
