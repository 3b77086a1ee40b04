/** The rules of dispatch that other contexts use in their own writes: a driver changes together with their trip. */
export { type Busy, type Driver, type DriverFact, driverRef, newDriver, type Occupation } from './driver.ts';
export { busyUntil, driverBusy, type Occupy, occupy, type Release, release } from './occupation.decider.ts';
