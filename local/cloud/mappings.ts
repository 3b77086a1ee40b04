/** The event source mappings of the template, started on the queues and streams that they name. */

import type { TableStream } from './dynamodb/stream.ts';
import { compileFilters } from './events/pattern.ts';
import type { Functions } from './lambda/functions.ts';
import { type Mapping, startSqsMapping } from './sqs/mapping.ts';
import type { Queues } from './sqs/queues.ts';
import type { State } from './state.ts';
import { type StreamMapping, startStreamMapping } from './streams/mapping.ts';
import { flag, number, text, unused, z } from './template/schema.ts';
import type { Stack } from './template/stack.ts';

const schema = z.strictObject({
  EventSourceArn: text,
  FunctionName: text,
  BatchSize: number.optional(),
  MaximumBatchingWindowInSeconds: number.default(0),
  Enabled: flag.default(true),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  FilterCriteria: z.strictObject({ Filters: z.array(z.strictObject({ Pattern: text })) }).optional(),
  ScalingConfig: z.strictObject({ MaximumConcurrency: number.optional() }).optional(),
  StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']).optional(),
  BisectBatchOnFunctionError: flag.default(false),
  MaximumRetryAttempts: number.default(-1),
  MaximumRecordAgeInSeconds: number.default(-1),
  ParallelizationFactor: z.literal(1).optional(),
  DestinationConfig: z.strictObject({ OnFailure: z.strictObject({ Destination: text }).optional() }).optional(),
  TumblingWindowInSeconds: z.literal(0).optional(),
  MetricsConfig: unused,
  KmsKeyArn: unused,
  Tags: unused,
});

type Properties = z.infer<typeof schema>;

export interface MappingsOptions {
  readonly stack: Stack;
  readonly state: State;
  readonly region: string;
  readonly queues: Queues;
  readonly functions: Functions;
  readonly streams: ReadonlyMap<string, TableStream>;
  /** Batches of one queue that run at the same time, whatever the template allows: more would only wait for a core. */
  readonly batchesAtOnce: number;
  readonly streamRetryMs: (attempt: number) => number;
  readonly onStreamAge: (functionName: string, ms: number) => void;
}

export interface Mappings {
  readonly all: readonly Mapping[];
  readonly ofStream: (arn: string) => readonly StreamMapping[];
  readonly stop: () => void;
}

/** Lambda polls a queue with five readers at first; without a limit of their own they stay at that here. */
const USUAL_CONCURRENCY = 5;

const optional = (value: number): number | undefined => (value < 0 ? undefined : value);

export const startMappings = async (options: MappingsOptions): Promise<Mappings> => {
  const { stack, state, queues, functions, streams } = options;
  const all: Mapping[] = [];
  const byStream = new Map<string, StreamMapping[]>();

  const startStream = async (id: string, properties: Properties, stream: TableStream): Promise<void> => {
    const target = functions.find(properties.FunctionName);
    const kept = state.get('checkpoint', id);
    const first = properties.StartingPosition === 'LATEST' ? await stream.latest() : -1n;
    const { OnFailure: destination } = properties.DestinationConfig ?? {};
    const deadLetters = destination && queues.find(destination.Destination);
    const mapping = startStreamMapping({
      stream,
      target,
      batchSize: properties.BatchSize ?? 100,
      windowMs: properties.MaximumBatchingWindowInSeconds * 1000,
      bisect: properties.BisectBatchOnFunctionError,
      maximumRetries: optional(properties.MaximumRetryAttempts),
      maximumAgeMs: optional(properties.MaximumRecordAgeInSeconds * 1000),
      partialFailures: properties.FunctionResponseTypes.length > 0,
      matches: filtersOf(id, properties),
      onGivenUp: (message) => void deadLetters?.send(message),
      onAge: (ms) => options.onStreamAge(target.name, ms),
      startAfter: kept === undefined ? first : BigInt(kept),
      checkpoint: (sequence) => state.set('checkpoint', id, String(sequence)),
      retryDelayMs: options.streamRetryMs,
    });
    all.push(mapping);
    byStream.set(stream.arn, [...(byStream.get(stream.arn) ?? []), mapping]);
  };

  for (const { id, properties } of stack.read('AWS::Lambda::EventSourceMapping', schema)) {
    if (!properties.Enabled) continue;
    const stream = streams.get(properties.EventSourceArn);
    if (stream) {
      await startStream(id, properties, stream);
      continue;
    }
    if (!properties.EventSourceArn.includes(':sqs:'))
      throw new Error(`${id}: Properties.EventSourceArn: ${properties.EventSourceArn} is not known here`);
    all.push(
      startSqsMapping({
        queue: queues.find(properties.EventSourceArn),
        queues,
        target: functions.find(properties.FunctionName),
        region: options.region,
        batchSize: properties.BatchSize ?? 10,
        windowMs: properties.MaximumBatchingWindowInSeconds * 1000,
        maximumConcurrency: Math.min(
          properties.ScalingConfig?.MaximumConcurrency ?? USUAL_CONCURRENCY,
          options.batchesAtOnce,
        ),
        partialFailures: properties.FunctionResponseTypes.length > 0,
        matches: filtersOf(id, properties),
      }),
    );
  }

  return {
    all,
    ofStream: (arn) => byStream.get(arn) ?? [],
    stop: () => {
      for (const mapping of all) mapping.stop();
    },
  };
};

const filtersOf = (id: string, { FilterCriteria }: Properties): ReturnType<typeof compileFilters> | undefined =>
  FilterCriteria &&
  compileFilters(
    FilterCriteria.Filters.map(({ Pattern }) => Pattern),
    `${id}.Properties.FilterCriteria`,
  );
