/** The slow path to a deadline: each minute, every item that should have left its state is woken, whatever became of its message. */
import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { log } from '../kernel/log.ts';
import { fromItem, toItem } from '../platform/dynamo.ts';
import { dueShards } from '../platform/store.ts';
import type { SendWakes, Wake } from '../platform/timers.ts';

/** The delayed message has this long to be first. */
const grace = 2_000;

export const sweep =
  (client: DynamoDBClient, table: string, { wake, now }: { readonly wake: SendWakes; readonly now: () => number }) =>
  async (): Promise<void> => {
    const before = now() - grace;
    const overdue = await Promise.all(
      dueShards.map(async (shard) => {
        let woken = 0;
        const pages = paginateQuery(
          { client, pageSize: 500 },
          {
            TableName: table,
            IndexName: 'due',
            KeyConditionExpression: 'dueShard = :shard AND dueAt <= :before',
            ExpressionAttributeValues: toItem({ ':shard': shard, ':before': before }),
          },
        );
        for await (const { Items = [] } of pages) {
          await wake(Items.map((item) => fromItem<Wake>(item)).map(({ pk, sk, dueAt }) => ({ pk, sk, dueAt })));
          woken += Items.length;
        }
        return woken;
      }),
    );
    const total = overdue.reduce((sum, count) => sum + count, 0);
    log.info('Swept', { overdue: total }, { Swept: 1, Overdue: total });
  };
