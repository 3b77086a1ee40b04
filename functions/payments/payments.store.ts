/** Reads the few payments of one order: one query. */
import { orderPartition } from '../kernel/keys.ts';
import type { OrderId } from '../kernel/types.ts';
import { queryAll, toItem } from '../platform/dynamo.ts';
import type { Dynamo } from '../platform/ports.ts';
import { type Payment, paymentPrefix } from './payment.ts';

export type PaymentsOf = ReturnType<typeof paymentsOf>;

/**
 * The oldest first, with their versions.
 * @param table name of the State table
 */
export const paymentsOf = (dynamo: Dynamo, table: string) => (orderId: OrderId) =>
  queryAll<{ readonly state: Payment; readonly version: number }>(dynamo, {
    TableName: table,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: toItem({ ':pk': orderPartition(orderId), ':prefix': paymentPrefix }),
    ConsistentRead: true,
  });
