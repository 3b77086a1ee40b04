/** The fast path to a deadline: a delayed message. The slow path is the sweeper over the index `due`; both say the same. */
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { batchesOf } from '../kernel/batches.ts';
import { Unavailable } from '../kernel/errors.ts';

/** Wakes the item `pk`/`sk` at `dueAt` (epoch ms). Losing or repeating it is harmless. */
export type Wake = { readonly pk: string; readonly sk: string; readonly dueAt: number };

/** SQS delays a message 15 minutes at most; the worker sends it on while it is early. */
const longestDelay = 900;

export const delaySeconds = (dueAt: number, now: number): number =>
  Math.min(longestDelay, Math.max(0, Math.ceil((dueAt - now) / 1000)));

/** @throws {Unavailable} when the queue did not take all of them */
export const timers =
  (client: SQSClient, url: string, now: () => number) =>
  async (wakes: readonly Wake[]): Promise<void> => {
    await Promise.all(
      batchesOf(wakes, 10).map(async (batch) => {
        const { Failed = [] } = await client.send(
          new SendMessageBatchCommand({
            QueueUrl: url,
            Entries: batch.map((wake, i) => ({
              Id: String(i),
              MessageBody: JSON.stringify(wake),
              DelaySeconds: delaySeconds(wake.dueAt, now()),
            })),
          }),
        );
        if (Failed.length > 0) throw new Unavailable(`${Failed.length} wake-ups were not taken: ${Failed[0]?.Code}`);
      }),
    );
  };

export type SendWakes = ReturnType<typeof timers>;
