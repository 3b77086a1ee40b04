/** An order number as it comes from outside. A ride has the number of the order it becomes. */
import * as z from 'zod/mini';
import { isOrderId } from '../platform/order-number.ts';

export const orderNumber = z
  .string()
  .check(z.refine(isOrderId, { error: 'must be an order number such as TNT-20261121-0000042' }));
orderNumber.register(z.globalRegistry, {
  description: 'The number of the ride, and of the order it becomes.',
  examples: ['TNT-20261121-0000042'],
});
