/** The rides a driver was offered lately: the dispatch log by driver, newest first. */
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { orderOf } from '../kernel/keys.ts';
import type { DriverId, Instant, OrderId } from '../kernel/types.ts';
import { fromItem, toItem } from '../platform/dynamo.ts';
import type { Dynamo } from '../platform/ports.ts';

export type OffersByDriver = (driverId: DriverId, since: Instant) => Promise<readonly OrderId[]>;

const most = 30;

/**
 * Only lines of the dispatch log have a driver and a claim, so the index holds nothing else.
 * @param table name of the Story table
 */
export const offersByDriver =
  (dynamo: Dynamo, table: string): OffersByDriver =>
  async (driverId, since) => {
    const { Items = [] } = await dynamo.send(
      new QueryCommand({
        TableName: table,
        IndexName: 'asked',
        KeyConditionExpression: 'driverId = :driver AND claimedAt > :since',
        ExpressionAttributeValues: toItem({ ':driver': driverId, ':since': since }),
        ScanIndexForward: false,
        Limit: most,
      }),
    );
    return [...new Set(Items.flatMap((item) => orderOf(fromItem<{ pk: string }>(item).pk) ?? []))];
  };
