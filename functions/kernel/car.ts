/** The number of a car as it comes from outside: the plate or the fleet's number, capitals and digits. */
import * as z from 'zod/mini';

export const carNumber = z
  .string()
  .check(z.regex(/^[A-Z0-9-]{2,16}$/, { error: 'must be a car number such as B1234XYZ' }));
carNumber.register(z.globalRegistry, { description: 'The number of the car.', examples: ['B1234XYZ'] });
