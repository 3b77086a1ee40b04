/** The branded types every context shares: a bare string or number is never an id, a time or money. */
import type * as z from 'zod/mini';

/** The brand of zod, so that a schema can give it. */
type Branded<T, Name extends string> = T & z.core.$brand<Name>;

/** Epoch milliseconds, UTC. */
export type Instant = Branded<number, 'Instant'>;
/** `TNT-YYYYMMDD-XXXXXXX`: given when a ride is requested; the partition of everything that belongs to the order. */
export type OrderId = Branded<string, 'OrderId'>;
export type DriverId = Branded<string, 'DriverId'>;
export type RiderId = Branded<string, 'RiderId'>;
/** The number painted on the car; it identifies its argo and its EzPay code. */
export type CarId = Branded<string, 'CarId'>;

export const instant = (ms: number): Instant => ms as Instant;
export const after = (at: Instant, ms: number): Instant => instant(at + ms);
export const earlier = (a: Instant, b: Instant): Instant => (a < b ? a : b);
/** ISO 8601 in UTC, the form of every time that leaves the system. */
export const iso = (at: Instant): string => new Date(at).toISOString();
