/** The rides a driver was offered lately: the dispatch log by driver, newest first. */
import { orderOf } from '../kernel/keys.ts';
import type { DriverId, Instant, OrderId } from '../kernel/types.ts';
import { queryPage, toItem } from '../platform/dynamo.ts';
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
    const lines = await queryPage<{ readonly pk: string }>(dynamo, {
      TableName: table,
      IndexName: 'asked',
      KeyConditionExpression: 'driverId = :driver AND claimedAt > :since',
      ExpressionAttributeValues: toItem({ ':driver': driverId, ':since': since }),
      ScanIndexForward: false,
      Limit: most,
    });
    return [...new Set(lines.flatMap(({ pk }) => orderOf(pk) ?? []))];
  };
