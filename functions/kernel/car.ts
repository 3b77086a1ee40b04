/** The number of a car as it comes from outside: the plate or the fleet's number, capitals and digits. */
import * as z from 'zod/mini';
import type { CarId } from './types.ts';

export const carNumber: z.ZodMiniType<CarId, string> = z
  .string()
  .check(z.regex(/^[A-Z0-9-]{2,16}$/, 'must be a car number such as B1234XYZ'))
  .brand<'CarId'>();
carNumber.register(z.globalRegistry, { description: 'The number of the car.', examples: ['B1234XYZ'] });
