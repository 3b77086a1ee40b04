/** Metrics out of log lines: the embedded metric format, and the metric filters of the template. */
import { text, unused, z } from '../template/schema.ts';
import type { Stack } from '../template/stack.ts';
import type { MetricStore } from './store.ts';

const filterSchema = z.strictObject({
  FilterName: unused,
  FilterPattern: text,
  LogGroupName: text,
  ApplyOnTransformedLogs: unused,
  MetricTransformations: z.array(
    z.strictObject({
      MetricName: text,
      MetricNamespace: text,
      MetricValue: z.coerce.number('only a fixed value is known here'),
      DefaultValue: z.coerce.number().optional(),
      Unit: unused,
      Dimensions: z.array(z.never('dimensions from fields are not known here')).optional(),
    }),
  ),
});

const embedded = z.looseObject({
  _aws: z.looseObject({
    Timestamp: z.number(),
    CloudWatchMetrics: z.array(
      z.looseObject({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.looseObject({ Name: z.string() })),
      }),
    ),
  }),
});

const PATTERN = /^(?:\s*[-?]?(?:"(?:[^"\\]|\\.)*"|[\w-]+))+\s*$/;

/** Filter patterns of plain terms: all must be there, `-` ones must not, of `?` ones any. */
export const compileTerms = (pattern: string, place: string): ((line: string) => boolean) => {
  if (pattern.trim() === '') return () => true;
  if (!PATTERN.test(pattern)) throw new Error(`${place}: only terms are known here, not ${pattern}`);
  const terms = [...pattern.matchAll(/([-?]?)(?:"((?:[^"\\]|\\.)*)"|([\w-]+))/g)].map(
    ([, sign, quoted, plain = '']) => ({
      sign,
      term: quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1'),
    }),
  );
  const wanted = terms.filter(({ sign }) => sign === '');
  const unwanted = terms.filter(({ sign }) => sign === '-');
  const either = terms.filter(({ sign }) => sign === '?');
  return (line) =>
    wanted.every(({ term }) => line.includes(term)) &&
    !unwanted.some(({ term }) => line.includes(term)) &&
    (either.length === 0 || wanted.length > 0 || either.some(({ term }) => line.includes(term)));
};

const recordEmbedded = (store: MetricStore, line: string): void => {
  let parsed: z.infer<typeof embedded>;
  try {
    parsed = embedded.parse(JSON.parse(line));
  } catch {
    return;
  }
  for (const { Namespace: namespace, Dimensions, Metrics } of parsed._aws.CloudWatchMetrics) {
    for (const { Name: name } of Metrics) {
      for (const value of [parsed[name]].flat()) {
        if (typeof value !== 'number') continue;
        for (const names of Dimensions) {
          const dimensions = Object.fromEntries(names.map((dimension) => [dimension, String(parsed[dimension])]));
          store.record({ namespace, name, dimensions }, value, parsed._aws.Timestamp);
        }
      }
    }
  }
};

/** Gives the function that every log line of a log group goes through. */
export const lineMetrics = (stack: Stack, store: MetricStore): ((logGroup: string, line: string) => void) => {
  const filters = new Map<string, { matches: (line: string) => boolean; record: () => void; miss: () => void }[]>();
  for (const { id, properties } of stack.read('AWS::Logs::MetricFilter', filterSchema)) {
    const matches = compileTerms(properties.FilterPattern, `${id}.Properties.FilterPattern`);
    for (const {
      MetricNamespace: namespace,
      MetricName: name,
      MetricValue,
      DefaultValue,
    } of properties.MetricTransformations) {
      const metric = { namespace, name, dimensions: {} };
      const own = filters.get(properties.LogGroupName) ?? [];
      own.push({
        matches,
        record: () => store.record(metric, MetricValue),
        miss: () => DefaultValue !== undefined && store.record(metric, DefaultValue),
      });
      filters.set(properties.LogGroupName, own);
    }
  }
  return (logGroup, line) => {
    if (line.includes('"_aws"')) recordEmbedded(store, line);
    for (const { matches, record, miss } of filters.get(logGroup) ?? []) matches(line) ? record() : miss();
  };
};
