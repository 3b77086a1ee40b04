/** The sync log: a line in the order's story for each notification, with what became of it (PAY-6). What changed the payment is never overwritten by what did not. */
import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type Instant, iso } from '../../kernel/types.ts';
import { toItem } from '../../platform/dynamo.ts';
import type { Dynamo } from '../../platform/ports.ts';
import type { Effect } from '../reports/report.ts';

export type SyncLine = {
  /** The order, or what stands in its place in a notification that is not ours. */
  readonly orderId: string;
  /** The name of the delivery. */
  readonly id: string;
  readonly receivedAt: Instant;
  /** As received. Never shown to customers: it could be sent again with another status. */
  readonly body: string;
  /** The IP address it came from. */
  readonly sender?: string | undefined;
  /** The payment it matched. */
  readonly paymentRef?: string | undefined;
  /** On which look for its payment it was found; `attempts` so far when it was not. */
  readonly attempt: number;
  /** From the receipt to the effect. */
  readonly tookMs: number;
  readonly effect?: Effect | undefined;
  /** Why there is no effect, or not yet. */
  readonly why?: string | undefined;
  /** Whether the gateway was asked before. */
  readonly verified: boolean;
  /** The status of the payment afterwards. */
  readonly status?: string | undefined;
};
export type SyncLog = (line: SyncLine) => Promise<void>;

const changed = (effect: Effect | undefined): boolean => effect !== undefined && !/^(noop|verify)_/.test(effect);

/** @param table name of the Story table */
export const syncLog =
  (dynamo: Dynamo, table: string): SyncLog =>
  async ({ orderId, id, receivedAt, ...line }) => {
    const at = iso(receivedAt);
    try {
      await dynamo.send(
        new PutItemCommand({
          TableName: table,
          Item: toItem({ pk: `ORDER#${orderId}`, sk: `WEBHOOK#${at}#${id}`, kind: 'webhook', at, ...line }),
          ...(changed(line.effect) ? {} : { ConditionExpression: 'attribute_not_exists(effect)' }),
        }),
      );
    } catch (error) {
      // Joined by the other side meanwhile, or delivered again.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  };
