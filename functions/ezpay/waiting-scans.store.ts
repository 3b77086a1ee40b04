/** The scans that a car's reports are joined with: a marker each, written with the order, until none can matter. */
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { carPartition } from '../kernel/keys.ts';
import { after, type CarId, type Instant, instant, type OrderId } from '../kernel/types.ts';
import { fromItem, toItem } from '../platform/dynamo.ts';
import type { Dynamo } from '../platform/ports.ts';
import type { Marker } from '../platform/store.ts';
import { tolerances } from './argo.timeline.ts';
import type { Scan } from './ezpay.ts';

const prefix = 'WAIT#';

/** The latest report that still counts comes this long after a trip that begins with the scan has ended. */
const lifetime = tolerances.late + tolerances.unseenRun;

export const markerOf = ({ orderId, car, scannedAt }: Scan): Marker => ({
  pk: carPartition(car),
  sk: `${prefix}${orderId}`,
  scannedAt,
  expiresAt: after(scannedAt, lifetime),
});

/** The orders of a car that a report may still concern; with `since` only those scanned after it. */
export type WaitingIn = (car: CarId, at: Instant, since?: Instant) => Promise<readonly OrderId[]>;

/** @param table name of the State table */
export const waitingIn =
  (dynamo: Dynamo, table: string): WaitingIn =>
  async (car, at, since = instant(0)) => {
    const { Items = [] } = await dynamo.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :car AND sk > :wait',
        ExpressionAttributeValues: toItem({ ':car': carPartition(car), ':wait': prefix }),
        ConsistentRead: true,
      }),
    );
    return Items.map((item) => fromItem<{ sk: string; scannedAt: number; expiresAt: number }>(item))
      .filter(({ sk, scannedAt, expiresAt }) => sk.startsWith(prefix) && scannedAt > since && expiresAt * 1_000 > at)
      .map(({ sk }) => sk.slice(prefix.length) as OrderId);
  };
