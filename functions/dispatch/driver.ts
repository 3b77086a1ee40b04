/** A driver: duty, position, and the order that keeps them busy. Listed by cell while on duty and free. */
import geohash from 'ngeohash';
import type { FactOf } from '../../events/event.ts';
import { type Aggregate, refOf } from '../kernel/aggregate.ts';
import { driverPartition } from '../kernel/keys.ts';
import type { CarId, DriverId, Instant, OrderId } from '../kernel/types.ts';
import type { ServiceLine } from './ride.ts';

export type Position = { readonly lat: number; readonly lng: number; readonly at: Instant };
export type Driver = {
  readonly driverId: DriverId;
  readonly onDuty: boolean;
  readonly serviceLine: ServiceLine;
  readonly position?: Position | undefined;
  /** The car they drive while on duty. */
  readonly car?: CarId | undefined;
  /** The order they are busy with; written in the same transaction as the ride. */
  readonly orderId?: OrderId | undefined;
};

/** A driver who has not reported yet. */
export const newDriver = (driverId: DriverId): Driver => ({ driverId, onDuty: false, serviceLine: 'BB' });

/** Geohash of 6 characters, about 1.2 km by 0.6 km: a few dozen drivers, so no index partition is hot. */
const cellPrecision = 6;
export const cellOf = ({ lat, lng }: Pick<Position, 'lat' | 'lng'>): string => geohash.encode(lat, lng, cellPrecision);
/** The partition of the index `cell`. */
export const listingOf = (serviceLine: ServiceLine, cell: string): string => `${serviceLine}#${cell}`;

export type DriverFact = FactOf<typeof import('../../events/driver.ts')>;

export const driverAggregate: Aggregate<Driver, DriverFact, DriverId> = {
  name: 'DRIVER',
  key: (id) => ({ pk: driverPartition(id), sk: 'DRIVER' }),
  dueAt: () => undefined,
  indexed: ({ onDuty, orderId, position, serviceLine }) => {
    if (!onDuty || orderId || !position) return {};
    const { lat, lng, at } = position;
    return { cell: listingOf(serviceLine, cellOf(position)), lat, lng, reportedAt: at };
  },
};

export const driverRef = (driverId: DriverId) => refOf(driverAggregate, driverId);
