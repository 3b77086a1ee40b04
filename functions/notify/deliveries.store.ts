/** What was sent to whom, as lines of the order's story. The line is claimed before the message is sent, so a second copy finds it. */
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { orderPartition } from '../kernel/keys.ts';
import { type Instant, instant, iso, type OrderId } from '../kernel/types.ts';
import { fromItem, type Item, toItem } from '../platform/dynamo.ts';
import type { Dynamo } from '../platform/ports.ts';
import type { Channel } from './delivery.ts';

/** One message to one person. `key` is unique in the order and derived from the business, never from the attempt. */
export type DeliveryLine = {
  readonly orderId: OrderId;
  readonly key: string;
  readonly kind: 'dispatch' | 'notice' | 'receipt';
} & Readonly<Record<string, string | number>>;
export type Claim = 'claimed' | 'taken-over' | 'sent-before' | 'in-flight';
export type Deliveries = ReturnType<typeof deliveries>;

/**
 * An unsent claim expires after this time: twice the time-out of the functions that send, so its holder no longer runs.
 * This happens only after a crash between claim and delivery; the message is then sent under the same notification id.
 */
const claimLifetimeMs = 10_000;

/** @param table name of the Story table */
export const deliveries = (dynamo: Dynamo, table: string) => {
  const keyOf = ({ orderId, key }: DeliveryLine): Item => toItem({ pk: orderPartition(orderId), sk: key });

  const takeOver = async (line: DeliveryLine, at: Instant, before: number): Promise<Claim> => {
    try {
      await dynamo.send(
        new UpdateItemCommand({
          TableName: table,
          Key: keyOf(line),
          UpdateExpression: 'SET claimedAt = :now',
          ConditionExpression: 'claimedAt = :before AND attribute_not_exists(sentAt)',
          ExpressionAttributeValues: toItem({ ':now': at, ':before': before }),
        }),
      );
      return 'taken-over';
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return 'in-flight';
      throw error;
    }
  };

  const claim = async (line: DeliveryLine, at: Instant): Promise<Claim> => {
    const { orderId: _, key: __, ...fields } = line;
    try {
      await dynamo.send(
        new PutItemCommand({
          TableName: table,
          Item: { ...keyOf(line), ...toItem({ ...fields, at: iso(at), claimedAt: at }) },
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return 'claimed';
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException) || !error.Item) throw error;
      const { sentAt, skippedAt, claimedAt } = fromItem<{ sentAt?: string; skippedAt?: string; claimedAt: number }>(
        error.Item,
      );
      if (sentAt || skippedAt) return 'sent-before';
      return at - instant(claimedAt) > claimLifetimeMs ? takeOver(line, at, claimedAt) : 'in-flight';
    }
  };

  const sent = async (line: DeliveryLine, channel: Channel, at: Instant): Promise<void> => {
    await dynamo.send(
      new UpdateItemCommand({
        TableName: table,
        Key: keyOf(line),
        UpdateExpression: 'SET sentAt = :at, channel = :channel',
        ExpressionAttributeValues: toItem({ ':at': iso(at), ':channel': channel }),
      }),
    );
  };

  /** It can never be sent: the line keeps the reason, and the message is done. */
  const skipped = async (line: DeliveryLine, reason: string, at: Instant): Promise<void> => {
    await dynamo.send(
      new UpdateItemCommand({
        TableName: table,
        Key: keyOf(line),
        UpdateExpression: 'SET skippedAt = :at, reason = :reason',
        ExpressionAttributeValues: toItem({ ':at': iso(at), ':reason': reason }),
      }),
    );
  };

  /** After a failed delivery the line is released, so that the retry can claim it at once. */
  const release = async (line: DeliveryLine): Promise<void> => {
    await dynamo.send(
      new DeleteItemCommand({
        TableName: table,
        Key: keyOf(line),
        ConditionExpression: 'attribute_not_exists(sentAt)',
      }),
    );
  };

  return { claim, sent, skipped, release };
};
