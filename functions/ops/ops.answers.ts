/** What the reading routes answer, for the OpenAPI document; no function loads it. */
import * as z from 'zod/mini';
import { orderNumber } from '../kernel/order-number.schema.ts';
import type { Answers, KeyOf } from '../kernel/route.ts';
import type { routes } from './ops.routes.ts';

const line = z.looseObject({
  kind: z.enum(['event', 'dispatch', 'notice', 'receipt', 'webhook']),
  at: z.string(),
});

export const story = z.object({ orderId: orderNumber, lines: z.array(line) });

export const answers: Answers<KeyOf<typeof routes>> = {
  'GET /orders/{id}/story': {
    200: { description: 'The story.', schema: story },
    403: { description: 'The role does not fit (WRONG_ROLE).' },
    404: { description: 'There is no such order, or none that is theirs (ORDER_NOT_FOUND).' },
  },
  'GET /openapi.json': { 200: { description: 'OpenAPI 3.1.' } },
};
