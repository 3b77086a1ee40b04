/** The slow path to a deadline: every minute, each overdue item is woken, whatever became of its message. */
import { log } from '../kernel/log.ts';
import { fromItem, queryPages, toItem } from '../platform/dynamo.ts';
import { dueShards } from '../platform/item.ts';
import type { TablePorts } from '../platform/ports.ts';
import type { SendWakes, Wake } from '../platform/timers.ts';

/** The delayed message has this long to be first. */
const grace = 2_000;

export const sweep =
  ({ dynamo, now }: TablePorts, table: string, wake: SendWakes) =>
  async (): Promise<void> => {
    const before = now() - grace;
    const overdue = await Promise.all(
      dueShards.map(async (shard) => {
        let woken = 0;
        const pages = queryPages(dynamo, {
          TableName: table,
          IndexName: 'due',
          KeyConditionExpression: 'dueShard = :shard AND dueAt <= :before',
          ExpressionAttributeValues: toItem({ ':shard': shard, ':before': before }),
          Limit: 500,
        });
        for await (const items of pages) {
          await wake(items.map((item) => fromItem<Wake>(item)).map(({ pk, sk, dueAt }) => ({ pk, sk, dueAt })));
          woken += items.length;
        }
        return woken;
      }),
    );
    const total = overdue.reduce((sum, count) => sum + count, 0);
    log.info('Swept', { overdue: total }, { Swept: 1, Overdue: total });
  };
