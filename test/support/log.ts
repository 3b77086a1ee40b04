/** What the functions log during a test, as CloudWatch would get it. */
import { afterEach, beforeEach, vi } from 'vitest';

export type Line = Readonly<Record<string, unknown>> & { readonly message: string; readonly level: string };
export type Lines = {
  readonly all: () => readonly Line[];
  readonly named: (message: string) => readonly Line[];
  /** The values of a metric, from the embedded metric blocks, in order. */
  readonly metric: (name: string) => readonly unknown[];
};

type Embedded = { readonly CloudWatchMetrics: readonly { readonly Metrics: readonly { readonly Name: string }[] }[] };

const metricNames = ({ _aws }: Line): readonly string[] =>
  _aws ? (_aws as Embedded).CloudWatchMetrics.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name)) : [];

/** Call it in a `describe` or at the top of a file: each test gets its own lines, and the report stays clean. */
export const logLines = (): Lines => {
  let written: string[] = [];
  beforeEach(() => {
    written = [];
    for (const stream of [process.stdout, process.stderr])
      vi.spyOn(stream, 'write').mockImplementation((chunk) => {
        written.push(String(chunk));
        return true;
      });
  });
  afterEach(() => void vi.restoreAllMocks());
  const all = (): readonly Line[] =>
    written
      .join('')
      .split('\n')
      .filter((text) => text.startsWith('{'))
      .map((text) => JSON.parse(text) as Line);
  return {
    all,
    named: (message) => all().filter((line) => line.message === message),
    metric: (name) => all().flatMap((line) => (metricNames(line).includes(name) ? [line[name]] : [])),
  };
};
