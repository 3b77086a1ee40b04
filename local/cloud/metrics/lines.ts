/** Metrics out of log lines: the embedded metric format, and the metric filters of the template. */
import { parseJson } from '../../json.ts';
import { text, unused, z } from '../template/schema.ts';
import type { Stack } from '../template/stack.ts';
import type { MetricStore } from './store.ts';

const filterSchema = z.strictObject({
  FilterPattern: text,
  LogGroupName: text,
  MetricTransformations: z.array(
    z.strictObject({
      MetricName: text,
      MetricNamespace: text,
      MetricValue: z.coerce.number('only a fixed value is known here'),
      DefaultValue: z.coerce.number().optional(),
      Dimensions: z.array(z.never('dimensions from fields are not known here')).optional(),
      ...unused('Unit'),
    }),
  ),
  ...unused('FilterName', 'ApplyOnTransformedLogs'),
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

const termPattern = /^(?:\s*[-?]?(?:"(?:[^"\\]|\\.)*"|[\w-]+))+\s*$/;

/** Filter patterns of plain terms: all must occur, `-` ones must not, of `?` ones any. */
export const compileTerms = (pattern: string, place: string): ((line: string) => boolean) => {
  if (pattern.trim() === '') return () => true;
  if (!termPattern.test(pattern)) throw new Error(`${place}: only terms are known here, not ${pattern}`);
  const terms = [...pattern.matchAll(/([-?]?)(?:"((?:[^"\\]|\\.)*)"|([\w-]+))/g)].map(
    ([, sign, quoted, plain = '']) => ({ sign, term: quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1') }),
  );
  const { '': wanted = [], '-': unwanted = [], '?': either = [] } = Object.groupBy(terms, ({ sign = '' }) => sign);
  return (line) =>
    wanted.every(({ term }) => line.includes(term)) &&
    !unwanted.some(({ term }) => line.includes(term)) &&
    (either.length === 0 || wanted.length > 0 || either.some(({ term }) => line.includes(term)));
};

const recordEmbedded = (store: MetricStore, line: string): void => {
  const { data: parsed } = embedded.safeParse(parseJson(line)?.value);
  for (const { Namespace: namespace, Dimensions, Metrics } of parsed?._aws.CloudWatchMetrics ?? [])
    for (const { Name: name } of Metrics)
      for (const value of [parsed?.[name]].flat()) {
        if (typeof value !== 'number') continue;
        for (const names of Dimensions) {
          const dimensions = Object.fromEntries(names.map((dimension) => [dimension, String(parsed?.[dimension])]));
          store.record({ namespace, name, dimensions }, value, parsed?._aws.Timestamp);
        }
      }
};

/** @returns the function that every log line of a log group is passed to */
export const lineMetrics = (stack: Stack, store: MetricStore): ((logGroup: string, line: string) => void) => {
  const filters = new Map<string, ((line: string) => void)[]>();
  for (const { id, properties } of stack.read('AWS::Logs::MetricFilter', filterSchema)) {
    const { LogGroupName, FilterPattern, MetricTransformations } = properties;
    const matches = compileTerms(FilterPattern, `${id}.Properties.FilterPattern`);
    const own = MetricTransformations.map(
      ({ MetricNamespace: namespace, MetricName: name, MetricValue, DefaultValue }) =>
        (line: string): void => {
          const value = matches(line) ? MetricValue : DefaultValue;
          if (value !== undefined) store.record({ namespace, name, dimensions: {} }, value);
        },
    );
    filters.set(LogGroupName, [...(filters.get(LogGroupName) ?? []), ...own]);
  }
  return (logGroup, line) => {
    if (line.includes('"_aws"')) recordEmbedded(store, line);
    for (const record of filters.get(logGroup) ?? []) record(line);
  };
};
