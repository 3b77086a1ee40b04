// custom_expiry: how long a charge may be paid (midtrans.md §2.1).
import { AIRPAY_LONGEST, METHODS, type Method } from './methods.ts';
import type { Instant } from './transaction.ts';
import { DAY, HOUR, MINUTE, parseOrderTime, SECOND } from './wib.ts';

export type CustomExpiry = { readonly orderTime?: Instant; readonly duration: number };

const UNITS: Readonly<Record<string, number>> = { second: SECOND, minute: MINUTE, hour: HOUR, day: DAY };
const SHORTEST = 20 * SECOND;

/** Reads the request's field; a text says what is wrong with it. */
export const parseCustomExpiry = (given: Readonly<Record<string, unknown>>): CustomExpiry | string => {
  const { order_time: orderTime, expiry_duration: duration, unit = 'minute' } = given;
  if (typeof duration !== 'number' || !Number.isInteger(duration) || duration < 1)
    return 'custom_expiry.expiry_duration must be a positive number';
  const length = typeof unit === 'string' ? UNITS[unit.toLowerCase()] : undefined;
  if (length === undefined) return 'custom_expiry.unit is not supported';
  if (orderTime === undefined) return { duration: duration * length };
  const instant = typeof orderTime === 'string' ? parseOrderTime(orderTime) : undefined;
  if (instant === undefined) return 'custom_expiry.order_time format must be yyyy-MM-dd HH:mm:ss Z';
  return { orderTime: instant, duration: duration * length };
};

export type Lifetime = { readonly method: Method; readonly airpay: boolean; readonly custom?: CustomExpiry };

/** When a charge made now expires; a text when its life would be too short. Cards have their own 10 minutes whatever is asked. */
export const expiryOf = ({ method, airpay, custom }: Lifetime, now: Instant): Instant | string => {
  const { lifetime, longest } = METHODS[method];
  if (!custom || method === 'card') return now + lifetime;
  const asked = (custom.orderTime ?? now) + custom.duration - now;
  if (asked < SHORTEST) return 'custom_expiry: the transaction would live less than 20 seconds';
  return now + Math.min(asked, airpay ? AIRPAY_LONGEST : longest);
};
