/** What was sent to whom: lines of the story, each claimed before its message is sent. */
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { orderPartition } from '../kernel/keys.ts';
import { type Instant, iso, type OrderId } from '../kernel/types.ts';
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

type Stored = { readonly sentAt?: string; readonly skippedAt?: string; readonly claimedAt: number };

/** @returns the item as it is when the condition did not hold; nothing when it did */
const conflictOf = async (write: Promise<unknown>): Promise<{ readonly item: Item | undefined } | undefined> => {
  try {
    await write;
    return undefined;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return { item: error.Item };
    throw error;
  }
};

/** @param table name of the Story table */
export const deliveries = (dynamo: Dynamo, table: string) => {
  const keyOf = ({ orderId, key }: DeliveryLine): Item => toItem({ pk: orderPartition(orderId), sk: key });

  const takeOver = async (line: DeliveryLine, at: Instant, before: number): Promise<Claim> => {
    const update = new UpdateItemCommand({
      TableName: table,
      Key: keyOf(line),
      UpdateExpression: 'SET claimedAt = :now',
      ConditionExpression: 'claimedAt = :before AND attribute_not_exists(sentAt)',
      ExpressionAttributeValues: toItem({ ':now': at, ':before': before }),
    });
    return (await conflictOf(dynamo.send(update))) ? 'in-flight' : 'taken-over';
  };

  const claim = async (line: DeliveryLine, at: Instant): Promise<Claim> => {
    const { orderId: _, key: __, ...fields } = line;
    const put = new PutItemCommand({
      TableName: table,
      Item: { ...keyOf(line), ...toItem({ ...fields, at: iso(at), claimedAt: at }) },
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    const conflict = await conflictOf(dynamo.send(put));
    if (!conflict) return 'claimed';
    const { sentAt, skippedAt, claimedAt } = fromItem<Stored>(conflict.item ?? {});
    if (sentAt || skippedAt) return 'sent-before';
    return at - claimedAt > claimLifetimeMs ? takeOver(line, at, claimedAt) : 'in-flight';
  };

  /** It was sent, or can never be sent: the message is done. */
  const close = async (
    line: DeliveryLine,
    how: { readonly channel: Channel } | { readonly reason: string },
    at: Instant,
  ): Promise<void> => {
    const [time, name, value] =
      'channel' in how ? ['sentAt', 'channel', how.channel] : ['skippedAt', 'reason', how.reason];
    await dynamo.send(
      new UpdateItemCommand({
        TableName: table,
        Key: keyOf(line),
        UpdateExpression: `SET ${time} = :at, ${name} = :value`,
        ExpressionAttributeValues: toItem({ ':at': iso(at), ':value': value }),
      }),
    );
  };

  /** After a failed delivery the line is released, so that the retry can claim it at once. */
  const release = async (line: DeliveryLine): Promise<void> => {
    const ConditionExpression = 'attribute_not_exists(sentAt)';
    await dynamo.send(new DeleteItemCommand({ TableName: table, Key: keyOf(line), ConditionExpression }));
  };

  return { claim, close, release };
};
