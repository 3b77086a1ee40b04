/** Reads the few payments of one order: one query. */
import { orderPartition } from '../kernel/keys.ts';
import type { OrderId } from '../kernel/types.ts';
import { queryPages, toItem } from '../platform/dynamo.ts';
import { stored } from '../platform/item.ts';
import type { Dynamo } from '../platform/ports.ts';
import { type Payment, paymentAggregate, paymentPrefix } from './payment.ts';

export type PaymentsOf = ReturnType<typeof paymentsOf>;

/**
 * The oldest first, with their versions.
 * @param table name of the State table
 */
export const paymentsOf =
  (dynamo: Dynamo, table: string) =>
  async (orderId: OrderId): Promise<readonly { readonly state: Payment; readonly version: number }[]> => {
    const pages = queryPages(dynamo, {
      TableName: table,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: toItem({ ':pk': orderPartition(orderId), ':prefix': paymentPrefix }),
      ConsistentRead: true,
    });
    return (await Array.fromAsync(pages)).flat().map((item) => {
      const { state, version } = stored(paymentAggregate, item);
      return { state: state as Payment, version };
    });
  };
