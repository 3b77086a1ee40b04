/** Finds free drivers on duty near a pickup: a few index cells around it, never the table. */
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import geohash from 'ngeohash';
import { driverOf } from '../kernel/keys.ts';
import type { DriverId, Instant } from '../kernel/types.ts';
import { fromItem, toItem } from '../platform/dynamo.ts';
import type { Dynamo } from '../platform/ports.ts';
import { cellOf, listingOf } from './driver.ts';
import type { Place, ServiceLine } from './ride.ts';

/** Answers the nearest drivers first. `ring` 1 searches 1 cell around the pickup's cell, 2 searches 2 cells around. */
export type FindDrivers = (search: {
  readonly pickup: Place;
  readonly serviceLine: ServiceLine;
  readonly ring: 1 | 2;
  readonly at: Instant;
}) => Promise<readonly DriverId[]>;

/** A driver who has not reported for this long is left out. */
const reportLifetimeMs = 120_000;
const mostPerCell = 40;
const most = 30;

type Listed = { readonly pk: string; readonly lat: number; readonly lng: number; readonly reportedAt: number };

export const cellsAround = (place: Place, ring: 1 | 2): readonly string[] => {
  const centre = cellOf(place);
  const near = [centre, ...geohash.neighbors(centre)];
  return ring === 1 ? near : [...new Set(near.flatMap((cell) => [cell, ...geohash.neighbors(cell)]))];
};

/** Squared distance on the flat earth of one city, also across the antimeridian: enough to sort by. */
const distance = (a: Place, b: Place): number => {
  const east = ((((a.lng - b.lng) % 360) + 540) % 360) - 180;
  return (a.lat - b.lat) ** 2 + (east * Math.cos((a.lat * Math.PI) / 180)) ** 2;
};

/** A driver who moves between cells during the search may be listed in both. */
const latestOf = (listed: readonly Listed[]): Listed[] => {
  const latest = new Map<string, Listed>();
  for (const driver of listed) {
    // Stryker disable next-line EqualityOperator: two listings of one time are of one report, and the same
    if ((latest.get(driver.pk)?.reportedAt ?? 0) < driver.reportedAt) latest.set(driver.pk, driver);
  }
  return [...latest.values()];
};

export const driversNear =
  (dynamo: Dynamo, table: string): FindDrivers =>
  async ({ pickup, serviceLine, ring, at }) => {
    const inCell = async (cell: string): Promise<readonly Listed[]> => {
      const { Items = [] } = await dynamo.send(
        new QueryCommand({
          TableName: table,
          IndexName: 'cell',
          KeyConditionExpression: 'cell = :cell AND reportedAt > :since',
          ExpressionAttributeValues: toItem({ ':cell': listingOf(serviceLine, cell), ':since': at - reportLifetimeMs }),
          ScanIndexForward: false,
          Limit: mostPerCell,
        }),
      );
      return Items.map((item) => fromItem<Listed>(item));
    };
    const listed = (await Promise.all(cellsAround(pickup, ring).map(inCell))).flat();
    return latestOf(listed)
      .sort((a, b) => distance(pickup, a) - distance(pickup, b))
      .slice(0, most)
      .map(({ pk }) => driverOf(pk));
  };
