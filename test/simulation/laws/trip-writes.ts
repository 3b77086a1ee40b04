/** What ride, order and driver must agree on after each command of the table. */
import { driverIn, endedRide, finishedOrder, type Item, orderIn, rideIn, runningRide } from '../items.ts';
import type { Report } from './law.ts';

export const tripLaws = (items: ReadonlyMap<string, Item>, report: Report) => {
  /** The rides that a driver accepted, by driver. */
  const accepted = new Map<string, Set<string>>();
  const orderOf = (partition: string) => {
    const item = items.get(`${partition} ORDER`);
    return item && orderIn(item);
  };
  /** The trip is under way: the ride has a driver and the order has not ended. */
  const isRunning = (partition: string): boolean => {
    const ride = items.get(`${partition} RIDE`);
    const status = orderOf(partition)?.status ?? 'ACTIVE';
    return ride !== undefined && runningRide.has(rideIn(ride).status) && status === 'ACTIVE';
  };
  const checkRide = (partition: string, item: Item): void => {
    const ride = rideIn(item);
    const order = orderOf(partition);
    if (ride.hasOrder && order) {
      const isWrong =
        (endedRide.has(ride.status) && order.status !== 'CANCELLED') ||
        (ride.status === 'COMPLETED' && !finishedOrder.has(order.status));
      if (isWrong) report('ride and order change together', partition, `${ride.status} and ${order.status}`);
    }
    if (ride.driverId === undefined || !isRunning(partition)) return;
    const own = accepted.get(ride.driverId) ?? new Set();
    accepted.set(ride.driverId, own.add(partition));
    const running = [...own].filter(isRunning);
    if (running.length > 1) report('one driver, one ride', ride.driverId, running.join(' and '));
    const driver = items.get(`DRIVER#${ride.driverId} DRIVER`);
    const busyWith = driver && driverIn(driver).busyWith;
    if (`ORDER#${busyWith}` !== partition)
      report('the driver of a trip is occupied by it', ride.driverId, `has ${partition}, busy with ${busyWith}`);
  };
  return (key: string, item: Item): void => {
    const [partition = '', sort] = key.split(' ');
    if (sort === 'RIDE') checkRide(partition, item);
  };
};
