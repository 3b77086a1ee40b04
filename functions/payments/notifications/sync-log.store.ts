/** The sync log: a line in the order's story for each notification, with its effect (PAY-6). */
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { orderPartition } from '../../kernel/keys.ts';
import { iso, type OrderId } from '../../kernel/types.ts';
import { conditionHeld, toItem } from '../../platform/dynamo.ts';
import type { Dynamo } from '../../platform/ports.ts';
import type { Effect } from '../reports/report.ts';
import type { Notice } from './early.store.ts';

/** `body` is never shown to customers: it could be sent again with another status. */
export type SyncLine = Omit<Notice, 'ref'> & {
  /** The order, or the order id of a notification that is not ours. */
  readonly orderId: string;
  /** The payment it matched. */
  readonly paymentRef?: string | undefined;
  /** On which look for its payment it was found; the looks so far when it was not. */
  readonly attempt: number;
  /** From the receipt to the effect. */
  readonly tookMs: number;
  readonly effect?: Effect | undefined;
  /** Why there is no effect, or not yet. */
  readonly why?: string | undefined;
  /** Whether the gateway's status was read before. */
  readonly verified: boolean;
  /** The status of the payment afterwards. */
  readonly status?: string | undefined;
};
export type SyncLog = (line: SyncLine) => Promise<void>;

/** What changed the payment is never overwritten by what did not. */
const changed = (effect: Effect | undefined): boolean =>
  effect !== undefined && !effect.startsWith('noop_') && !effect.startsWith('verify_');

/** @param table name of the Story table */
export const syncLog =
  (dynamo: Dynamo, table: string): SyncLog =>
  async ({ orderId, id, receivedAt, ...line }) => {
    const at = iso(receivedAt);
    const key = { pk: orderPartition(orderId as OrderId), sk: `WEBHOOK#${at}#${id}` };
    // The condition fails when it was joined by the other side meanwhile, or delivered again.
    const condition = changed(line.effect) ? {} : { ConditionExpression: 'attribute_not_exists(effect)' };
    const input = { TableName: table, Item: toItem({ ...key, kind: 'webhook', at, ...line }), ...condition };
    await conditionHeld(dynamo.send(new PutItemCommand(input)));
  };
