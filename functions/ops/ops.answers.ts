/** What the reading routes answer, for the OpenAPI document; no function loads it. */
import * as z from 'zod/mini';
import { orderNumber } from '../kernel/order-number.ts';
import type { Answers } from '../kernel/route.ts';
import { unknownOrder } from './ops.endpoints.ts';
import type { routes } from './ops.routes.ts';

const line = z.looseObject({ kind: z.enum(['event', 'dispatch', 'notice', 'receipt', 'webhook']), at: z.string() });

export const story = z.object({ orderId: orderNumber, lines: z.array(line) });

export const answers = {
  'GET /orders/{id}/story': { 200: { description: 'The story.', schema: story }, problems: [unknownOrder] },
  'GET /openapi.json': { 200: { description: 'OpenAPI 3.1.', schema: z.string() } },
} as const satisfies Answers<(typeof routes)[number]>;
