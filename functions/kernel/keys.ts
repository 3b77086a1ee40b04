/** The partitions of both tables. The partition of an order holds everything that belongs to it. */
import { isOrderId } from './order-number.ts';
import type { CarId, DriverId, OrderId } from './types.ts';

export type Key = { readonly pk: string; readonly sk: string };

const orders = 'ORDER#';
export const orderPartition = (orderId: OrderId): string => `${orders}${orderId}`;
/** The order that a partition belongs to. */
export const orderOf = (pk: string): OrderId | undefined => {
  const orderId = pk.slice(orders.length);
  return pk.startsWith(orders) && isOrderId(orderId) ? orderId : undefined;
};

const drivers = 'DRIVER#';
export const driverPartition = (driverId: DriverId): string => `${drivers}${driverId}`;
/** The driver that a partition belongs to. */
export const driverOf = (pk: string): DriverId => pk.slice(drivers.length) as DriverId;
export const carPartition = (car: CarId): string => `CAR#${car}`;
