/** The stream of a table and its readers: shards in order, batches, halving, retries, 24 hours. */
import { createHash } from 'node:crypto';
import type { Written } from '../../tools/memory-table.ts';
import type { Engine } from './engine.ts';
import type { Faults } from './faults.ts';
import type { Lambdas } from './lambdas.ts';
import type { MappingPlan } from './plans.ts';

export type StreamRecord = {
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly eventSourceARN: string;
  readonly dynamodb: {
    readonly Keys: object;
    readonly NewImage?: object;
    readonly SequenceNumber: string;
    readonly ApproximateCreationDateTime: number;
  };
};

const shards = 2;
const trimMs = 24 * 3_600_000;
const longestRetryMs = 60_000;
const outageCheckMs = 5_000;
const shardOf = (pk: string): number => createHash('md5').update(pk).digest().readUInt8(0) % shards;

export type StreamOptions = {
  readonly engine: Engine;
  readonly faults: Faults;
  readonly lambdas: () => Lambdas;
  readonly arn: string;
  readonly mappings: readonly MappingPlan[];
  /** What a reader gave up, or what was trimmed before it was read. */
  readonly onLost: (mapping: MappingPlan, records: readonly StreamRecord[]) => void;
};

/** How many of a batch a reader took: with partial answers, those before the first it names. */
const takenOf = ({ partialFailures }: MappingPlan, batch: readonly StreamRecord[], payload: unknown): number => {
  const { batchItemFailures = [] } = (payload ?? {}) as { readonly batchItemFailures?: readonly Failure[] };
  if (!partialFailures || batchItemFailures.length === 0) return batch.length;
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  const first = batch.findIndex(({ dynamodb }) => failed.has(dynamodb.SequenceNumber));
  return Math.max(0, first);
};
type Failure = { readonly itemIdentifier: string };

export const stream = ({ engine, faults, lambdas, arn, mappings, onLost }: StreamOptions) => {
  const logs: StreamRecord[][] = Array.from({ length: shards }, () => []);
  let written = 0;

  const ageOf = ({ dynamodb }: StreamRecord): number => engine.now() - dynamodb.ApproximateCreationDateTime * 1_000;

  const reader = (mapping: MappingPlan, shard: number) => {
    const log = logs[shard] as StreamRecord[];
    let position = 0;
    let busy = false;

    const deliver = async (records: readonly StreamRecord[], attempt: number): Promise<void> => {
      const old = records.filter((one) => ageOf(one) > Math.min(trimMs, mapping.maxAgeMs ?? trimMs));
      if (old.length > 0) onLost(mapping, old);
      const batch = records.filter((one) => !old.includes(one));
      if (batch.length === 0) return;
      const outcome = await lambdas().invoke(mapping.target, { Records: batch });
      const taken = outcome.ok ? takenOf(mapping, batch, outcome.payload) : 0;
      if (taken === batch.length) return;
      if (taken > 0) return deliver(batch.slice(taken), 0);
      if (!outcome.ok && mapping.bisect && batch.length > 1) {
        const middle = Math.ceil(batch.length / 2);
        await deliver(batch.slice(0, middle), attempt);
        return deliver(batch.slice(middle), attempt);
      }
      if (mapping.retries !== undefined && attempt >= mapping.retries) return onLost(mapping, batch);
      await engine.pause(Math.min(longestRetryMs, 200 * 2 ** attempt));
      return deliver(batch, attempt + 1);
    };
    let waits = false;
    const retry = (): void => {
      if (waits) return;
      waits = true;
      engine.after(outageCheckMs, () => {
        waits = false;
        pump();
      });
    };
    const pump = (): void => {
      if (busy || position >= log.length) return;
      if (faults.isOut('stream')) {
        retry();
        return;
      }
      busy = true;
      const from = position;
      position = Math.min(log.length, from + mapping.batchSize);
      const wanted = log.slice(from, position).filter((record) => !mapping.matches || mapping.matches(record));
      void deliver(wanted, 0).finally(() => {
        busy = false;
        engine.after(1, pump);
      });
    };
    return () => engine.after(faults.delay(200), pump);
  };
  const wakes = Array.from({ length: shards }, (_, shard) =>
    mappings.filter(({ source }) => source === arn).map((mapping) => reader(mapping, shard)),
  );

  return {
    append: ({ key, item }: Written, isNew: boolean): void => {
      written += 1;
      const [pk = '', sk = ''] = key.split(' ');
      const shard = shardOf(pk);
      logs[shard]?.push({
        eventID: `s${written}`,
        eventName: item ? (isNew ? 'INSERT' : 'MODIFY') : 'REMOVE',
        eventSourceARN: arn,
        dynamodb: {
          Keys: { pk: { S: pk }, sk: { S: sk } },
          ...(item ? { NewImage: item } : {}),
          SequenceNumber: String(written).padStart(20, '0'),
          ApproximateCreationDateTime: engine.now() / 1_000,
        },
      });
      for (const wake of wakes[shard] ?? []) wake();
    },
  };
};
export type Stream = ReturnType<typeof stream>;
