/** The event source mappings of the template, started on the queues and streams that they name. */
import { compileFilters } from './events/pattern.ts';
import type { Needs } from './parts.ts';
import { type Mapping, startSqsMapping } from './sqs/mapping.ts';
import { type StreamMapping, startStreamMapping } from './streams/mapping.ts';
import { flag, number, text, unused, z } from './template/schema.ts';

const schema = z.strictObject({
  EventSourceArn: text,
  FunctionName: text,
  BatchSize: number.optional(),
  MaximumBatchingWindowInSeconds: number.default(0),
  Enabled: flag.default(true),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  FilterCriteria: z.strictObject({ Filters: z.array(z.strictObject({ Pattern: text })) }).optional(),
  ScalingConfig: z.strictObject({ MaximumConcurrency: number.default(5) }).prefault({}),
  StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']).optional(),
  BisectBatchOnFunctionError: flag.default(false),
  MaximumRetryAttempts: number.default(-1),
  MaximumRecordAgeInSeconds: number.default(-1),
  ParallelizationFactor: z.literal(1).optional(),
  DestinationConfig: z.strictObject({ OnFailure: z.strictObject({ Destination: text }).optional() }).default({}),
  TumblingWindowInSeconds: z.literal(0).optional(),
  ...unused('MetricsConfig', 'KmsKeyArn', 'Tags'),
});

type Properties = z.infer<typeof schema>;
type Options = Needs<'stack' | 'state' | 'queues' | 'functions' | 'streams' | 'monitor'> & {
  readonly streamRetryMs: (attempt: number) => number;
};

export type Mappings = Awaited<ReturnType<typeof startMappings>>;

/** Batches of one queue that run at the same time, whatever the template allows: more would only wait for a core. */
const batchesAtOnce = 2;

const optional = (value: number): number | undefined => (value < 0 ? undefined : value);

const startStream = async (options: Options, id: string, properties: Properties): Promise<StreamMapping> => {
  const { state, queues, functions, streams, monitor } = options;
  const stream = streams.get(properties.EventSourceArn);
  if (!stream) throw new Error(`${id}: Properties.EventSourceArn: ${properties.EventSourceArn} is not known here`);
  const target = functions.find(properties.FunctionName);
  const stored = state.get('checkpoint', id);
  const first = properties.StartingPosition === 'LATEST' ? await stream.latest() : -1n;
  const { OnFailure: destination } = properties.DestinationConfig;
  const deadLetters = destination && queues.find(destination.Destination);
  return startStreamMapping({
    ...sharedOptions(id, properties),
    stream,
    target,
    batchSize: properties.BatchSize ?? 100,
    bisect: properties.BisectBatchOnFunctionError,
    maximumRetries: optional(properties.MaximumRetryAttempts),
    maximumAgeMs: optional(properties.MaximumRecordAgeInSeconds * 1000),
    onGivenUp: (message) => deadLetters?.send(message),
    onAge: (ms) => monitor.streamAge(target.name, ms),
    startAfter: stored === undefined ? first : BigInt(stored),
    checkpoint: (sequence) => state.set('checkpoint', id, String(sequence)),
    retryDelayMs: options.streamRetryMs,
  });
};

const startQueue = ({ queues, functions }: Options, id: string, properties: Properties): Mapping =>
  startSqsMapping({
    ...sharedOptions(id, properties),
    queue: queues.find(properties.EventSourceArn),
    queues,
    target: functions.find(properties.FunctionName),
    batchSize: properties.BatchSize ?? 10,
    maximumConcurrency: Math.min(properties.ScalingConfig.MaximumConcurrency, batchesAtOnce),
  });

const sharedOptions = (id: string, properties: Properties) => {
  const { MaximumBatchingWindowInSeconds: window, FunctionResponseTypes, FilterCriteria } = properties;
  const patterns = FilterCriteria?.Filters.map(({ Pattern }) => Pattern);
  return {
    windowMs: window * 1000,
    partialFailures: FunctionResponseTypes.length > 0,
    matches: patterns && compileFilters(patterns, `${id}.Properties.FilterCriteria`),
  };
};

export const startMappings = async (options: Options) => {
  const queueMappings: Mapping[] = [];
  const streams: StreamMapping[] = [];
  for (const { id, properties } of options.stack.read('AWS::Lambda::EventSourceMapping', schema)) {
    if (!properties.Enabled) continue;
    if (properties.EventSourceArn.includes(':sqs:')) queueMappings.push(startQueue(options, id, properties));
    else streams.push(await startStream(options, id, properties));
  }
  const all: readonly Mapping[] = [...queueMappings, ...streams];
  return {
    all,
    streams,
    stop: (): void => {
      for (const mapping of all) mapping.stop();
    },
  };
};
