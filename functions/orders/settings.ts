/** The settings of orders, from the environment of the function. */
import { type Rupiah, rupiah } from '../kernel/rupiah.ts';
import type { Env } from '../platform/ports.ts';
import type { Trip } from './order.ts';

/** By service line, the most a driver may enter for a trip. */
export type FareLimits = Readonly<Record<Trip['serviceLine'], Rupiah>>;

const otherwise: FareLimits = { BB: rupiah(5_000_000), SB: rupiah(10_000_000), GB: rupiah(50_000_000) };

export const fareLimitsFrom = (env: Env): FareLimits => {
  const given = JSON.parse(env.FARE_LIMITS ?? '{}') as Readonly<Record<string, unknown>>;
  const limitOf = (line: Trip['serviceLine']): Rupiah => {
    const limit = given[line] ?? otherwise[line];
    if (typeof limit !== 'number' || !Number.isSafeInteger(limit) || limit < 1)
      throw new Error(`environment variable FARE_LIMITS must have whole rupiah for ${line}`);
    return rupiah(limit);
  };
  return { BB: limitOf('BB'), SB: limitOf('SB'), GB: limitOf('GB') };
};
