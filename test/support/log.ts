/** What the functions log during a test. */
import { afterEach, beforeEach } from 'vitest';
import { type Line as Logged, logTo } from '../../functions/kernel/log.ts';

/** A line, its fields beside its message, as an operator sees it. */
export type Line = Readonly<Record<string, unknown>> & { readonly message: string; readonly level: string };
export type Lines = {
  readonly all: () => readonly Line[];
  readonly named: (message: string) => readonly Line[];
  /** The values of a metric, in order. */
  readonly metric: (name: string) => readonly unknown[];
};

const lineOf = ({ level, message, fields, metrics, error }: Logged): Line => ({
  level,
  message,
  ...fields,
  ...metrics,
  ...(error ? { error } : {}),
});

/** Call it in a `describe` or at the top of a file: each test gets its own lines. */
export const logLines = (): Lines => {
  let logged: Logged[] = [];
  beforeEach(() => {
    logged = [];
    logTo((line) => void logged.push(line));
  });
  afterEach(() => logTo(() => undefined));
  return {
    all: () => logged.map(lineOf),
    named: (message) => logged.filter((line) => line.message === message).map(lineOf),
    metric: (name) =>
      logged.flatMap(({ metrics }) => (name in metrics ? [(metrics as Readonly<Record<string, number>>)[name]] : [])),
  };
};
