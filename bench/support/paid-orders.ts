/** When orders of a running stack become PAID: read from the stream of its table. */
import { setTimeout as sleep } from 'node:timers/promises';
import { dynamoDbClient } from '../../local/cloud/dynamodb/client.ts';
import { openStream, sequenceOf } from '../../local/cloud/dynamodb/stream.ts';
import type { Ready } from '../../local/cloud/ready.ts';

/** Between two looks; the times are late by as much at most. */
export const lookEveryMs = 5;

type Image = {
  readonly sk?: { readonly S?: string };
  readonly state?: { readonly M?: Readonly<Record<string, { readonly S?: string }>> };
};

export const watchPaid = async ({ dynamodb, tables }: Ready) => {
  const { call, close } = dynamoDbClient(dynamodb);
  const stream = openStream({
    call,
    table: tables.state as string,
    arn: 'arn:aws:dynamodb:stream',
    region: 'ap-southeast-3',
  });
  const times = new Map<string, number>();
  let position = await stream.latest();
  let watching = true;
  const watch = async (): Promise<void> => {
    while (watching) {
      const records = await stream.after(position, 1_000);
      const now = performance.now();
      for (const { dynamodb: change } of records) {
        const { sk, state } = (change.NewImage ?? {}) as Image;
        const { status, orderId } = state?.M ?? {};
        if (sk?.S === 'ORDER' && status?.S === 'PAID' && orderId?.S && !times.has(orderId.S)) times.set(orderId.S, now);
      }
      const last = records.at(-1);
      if (last) position = sequenceOf(last);
      else await sleep(lookEveryMs);
    }
  };
  const done = watch();
  return {
    /** `performance.now()` of the moment. */
    at: (orderId: string): number | undefined => times.get(orderId),
    /** @returns whether all of them are in so many milliseconds */
    all: async (orderIds: readonly string[], timeoutMs: number): Promise<boolean> => {
      for (const end = performance.now() + timeoutMs; performance.now() < end; await sleep(lookEveryMs))
        if (orderIds.every((id) => times.has(id))) return true;
      return false;
    },
    stop: async () => {
      watching = false;
      await done;
      stream.stop();
      close();
    },
  };
};
