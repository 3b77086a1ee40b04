/** At rest: rides, orders and drivers have ended, or belong to someone. */
import { endedRide, finishedOrder, type Stored, searchingRide } from '../items.ts';
import type { World } from '../world.ts';
import type { Report } from './law.ts';

const orderKey = (orderId: string): string => `ORDER#${orderId}`;

export const tripLawsAtRest = (world: World, { rides, orders, drivers, payments }: Stored, report: Report): void => {
  const rideOf = new Map(rides.map((ride) => [ride.pk, ride]));
  const orderOf = new Map(orders.map((order) => [order.pk, order]));

  for (const { pk, status } of rides) if (searchingRide.has(status)) report('a ride ends', pk, `is ${status} still`);
  for (const { pk, status, owed, held, hasDeadline } of orders) {
    const ride = rideOf.get(pk);
    if (ride && endedRide.has(ride.status) && status !== 'CANCELLED')
      report('an order ends with its ride', pk, `${status}, its ride ${ride.status}`);
    if (ride?.status === 'COMPLETED' && !finishedOrder.has(status))
      report('an order ends with its ride', pk, `${status}, its ride is COMPLETED`);
    if (status === 'ACTIVE') report('an order ends', pk, 'is ACTIVE still');
    const givenBack = payments.reduce((sum, one) => sum + (one.pk === pk ? one.givenBack : 0), 0);
    if (status !== 'ACTIVE' && owed - held > givenBack && !hasDeadline)
      report('what is owed has a deadline', pk, `${status} without one, ${held} of ${owed} rupiah`);
  }
  for (const { driverId, busyWith } of drivers) {
    const order = busyWith === undefined ? undefined : orderOf.get(orderKey(busyWith));
    if (busyWith !== undefined && order?.status !== 'ACTIVE')
      report('a driver is free when the trip is over', driverId, `busy, the order is ${order?.status ?? 'not there'}`);
  }
  if (rides.length > 0 && world.sockets.offers.size === 0)
    report('a requested ride is offered', 'all', `${rides.length} rides, no offer shown`);
  // A post whose answer is lost may be repeated for a newer version of the ride: no one can know that it arrived.
  const { lostAnswer, crash } = world.faults.plan;
  for (const [offer, ids] of world.sockets.offers)
    if (ids.size > 1 && lostAnswer + crash === 0) report('an offer is shown once', offer, [...ids].join(' and '));
};
