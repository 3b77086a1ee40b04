/** The events of a driver. A published event never changes; a new meaning is a new event. */
import * as z from 'zod/mini';
import { event, type Source } from './event.ts';
import { car, driverId, serviceLine } from './fields.ts';

const driver = {
  source: 'tuntas.dispatch',
  aggregate: 'DRIVER',
  id: 'driverId',
  fields: { driverId },
} as const satisfies Source;

export const driverOnDuty = event(driver, 'driver.on-duty', 'A driver went on duty.', { serviceLine });
export const driverOffDuty = event(driver, 'driver.off-duty', 'A driver went off duty.', { serviceLine });
export const carTaken = event(driver, 'car.taken', 'A driver drives this car; `left` is the one they drove before.', {
  car,
  left: z.optional(car),
});
export const carLeft = event(driver, 'car.left', 'A driver no longer drives this car.', { car });
