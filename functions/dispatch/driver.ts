/** A driver: duty, position, and what occupies them. Listed by cell while on duty and free. */
import geohash from 'ngeohash';
import type { FactOf } from '../../events/event.ts';
import { type Aggregate, refOf } from '../kernel/aggregate.ts';
import { driverOf, driverPartition, type Key } from '../kernel/keys.ts';
import { type CarId, type DriverId, type Instant, instant, type OrderId } from '../kernel/types.ts';
import type { ServiceLine } from './ride.ts';

export type Position = { readonly lat: number; readonly lng: number; readonly at: Instant };

/** What occupies a driver: a ride they accepted, a confirmed scan of their car, or the running argo of their car. */
export type Occupation = 'ride' | 'ezpay' | 'argo';
export type Busy = {
  readonly by: Occupation;
  /** Written in the same transaction as the ride or scan; an argo knows none. */
  readonly orderId?: OrderId | undefined;
  /** When the driver looks at whether it is over. */
  readonly until: Instant;
  /** How often it was not. */
  readonly checks?: number | undefined;
};

export type Driver = {
  readonly driverId: DriverId;
  readonly onDuty: boolean;
  readonly serviceLine: ServiceLine;
  readonly position?: Position | undefined;
  /** The car they drive while on duty. */
  readonly car?: CarId | undefined;
  readonly busy?: Busy | undefined;
};

/** A driver who has not reported yet. */
export const newDriver = (driverId: DriverId): Driver => ({ driverId, onDuty: false, serviceLine: 'BB' });

/** Geohash of 6 characters, about 1.2 km by 0.6 km: a few dozen drivers, so no index partition is hot. */
const cellPrecision = 6;
export const cellOf = ({ lat, lng }: Pick<Position, 'lat' | 'lng'>): string => geohash.encode(lat, lng, cellPrecision);
/** The partition of the index `cell`. */
export const listingOf = (serviceLine: ServiceLine, cell: string): string => `${serviceLine}#${cell}`;

export type DriverFact = FactOf<typeof import('../../events/driver.ts')>;

/** Of a driver who was stored before being busy had a deadline: it comes with their next report. */
export const noDeadline = instant(0);

const upgraded = (stored: unknown): Driver => {
  const { orderId, ...driver } = stored as Driver & { readonly orderId?: OrderId };
  return orderId ? { ...driver, busy: { by: 'ride', orderId, until: noDeadline } } : driver;
};

export const driverAggregate: Aggregate<Driver, DriverFact, DriverId> = {
  name: 'DRIVER',
  key: (id) => ({ pk: driverPartition(id), sk: 'DRIVER' }),
  schema: 2,
  upgrade: upgraded,
  dueAt: ({ busy }) => busy?.until,
  indexed: ({ onDuty, busy, position, serviceLine }) => {
    if (!onDuty || busy || !position) return {};
    const { lat, lng, at } = position;
    return { cell: listingOf(serviceLine, cellOf(position)), lat, lng, reportedAt: at };
  },
};

/** The driver at a key of the table. */
export const driverIn = ({ pk, sk }: Key): DriverId | undefined => (sk === 'DRIVER' ? driverOf(pk) : undefined);
export const driverRef = (driverId: DriverId) => refOf(driverAggregate, driverId);
