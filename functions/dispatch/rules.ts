/** The rules of dispatch that other contexts use in their own writes: a driver and a ride change with their order. */
export { type Busy, type Driver, type DriverFact, driverRef, newDriver, type Occupation } from './driver.ts';
export { busyUntil, driverBusy, type Occupy, occupy, type Release, release } from './occupation.decider.ts';
export { refusals as rideRefusals } from './ride.refusals.ts';
export { complete } from './ride.trip.decider.ts';
export { type Ride, type RideFact, rideRef } from './ride.ts';
export { tripOf } from './trip.decider.ts';
