/** Reads the few payments of one order: one query. */
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { OrderId } from '../kernel/types.ts';
import { fromItem, toItem } from '../platform/dynamo.ts';
import type { Dynamo } from '../platform/ports.ts';
import type { Payment } from './payment.ts';

/** The oldest first, with their versions. */
export type PaymentsOf = (
  orderId: OrderId,
) => Promise<readonly { readonly state: Payment; readonly version: number }[]>;

/** @param table name of the State table */
export const paymentsOf =
  (dynamo: Dynamo, table: string): PaymentsOf =>
  async (orderId) => {
    const { Items = [] } = await dynamo.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: toItem({ ':pk': `ORDER#${orderId}`, ':prefix': 'PAYMENT#' }),
        ConsistentRead: true,
      }),
    );
    return Items.map((item) => fromItem<{ state: Payment; version: number }>(item));
  };
