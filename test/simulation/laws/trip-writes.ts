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
  /** The driver is under way with it: the ride is theirs and the order has not ended. */
  const isRunning = (partition: string, driverId: string): boolean => {
    const item = items.get(`${partition} RIDE`);
    const ride = item && rideIn(item);
    const status = orderOf(partition)?.status ?? 'ACTIVE';
    return ride?.driverId === driverId && runningRide.has(ride.status) && status === 'ACTIVE';
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
    const { driverId } = ride;
    if (driverId === undefined || !isRunning(partition, driverId)) return;
    const own = accepted.get(driverId) ?? new Set();
    accepted.set(driverId, own.add(partition));
    const running = [...own].filter((one) => isRunning(one, driverId));
    if (running.length > 1) report('one driver, one ride', driverId, running.join(' and '));
    const driver = items.get(`DRIVER#${driverId} DRIVER`);
    const busyWith = driver && driverIn(driver).busyWith;
    if (`ORDER#${busyWith}` !== partition)
      report('the driver of a trip is occupied by it', driverId, `has ${partition}, busy with ${busyWith}`);
  };
  return (key: string, item: Item): void => {
    const [partition = '', sort] = key.split(' ');
    if (sort === 'RIDE') checkRide(partition, item);
  };
};
