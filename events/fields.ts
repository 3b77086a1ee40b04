/** Fields that several events have. */
import * as z from 'zod/mini';
import { orderNumber } from '../functions/kernel/order-number.ts';
import type { CarId, DriverId, RiderId } from '../functions/kernel/types.ts';

export const text = z.string();
export const time = z.iso.datetime();
/** Whole rupiah. */
export const amount = z.int().check(z.minimum(0));
export const orderId = orderNumber;
export const driverId = z.string() as unknown as z.ZodMiniType<DriverId, string>;
export const riderId = z.string() as unknown as z.ZodMiniType<RiderId, string>;
export const car = z.string() as unknown as z.ZodMiniType<CarId, string>;
export const drivers = z.array(driverId);
export const serviceLine = z.enum(['BB', 'SB', 'GB']);
