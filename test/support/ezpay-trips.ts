/** Scanned trips in the world of EzPay: a driven car, its order, and what occupies its driver. */
import { car } from './ezpay.ts';
import { type EzPayWorld, ezpayWorld, type Settings } from './ezpay-world.ts';

/** `driver-1` has driven the car for ten minutes. */
export const driven = async (settings: Settings = {}) => {
  const world = ezpayWorld(settings);
  world.clock(-10);
  await world.drive('driver-1', car);
  world.clock(0);
  return world;
};
export const scanned = async (world: EzPayWorld, sub = 'customer-1'): Promise<string> =>
  String((await world.scan(sub)).body.orderId);
export const stored = (world: EzPayWorld, pk: string, sk: string) => world.table.read('State', { pk, sk });
export const orderOf = (world: EzPayWorld, id: string) => stored(world, `ORDER#${id}`, 'ORDER');
export const busyOf = (world: EzPayWorld, name = 'driver-1') =>
  (stored(world, `DRIVER#${name}`, 'DRIVER') as { state: { busy?: object } } | undefined)?.state.busy;
