/** The HTTP routes for reading what happened, as data. */
import * as z from 'zod/mini';
import { orderNumber } from '../platform/order-number.schema.ts';
import type { Route } from '../platform/route.ts';

const line = z.looseObject({
  kind: z.enum(['event', 'dispatch', 'notice', 'webhook']),
  at: z.string(),
});

export const story = z.object({ orderId: orderNumber, lines: z.array(line) });

export const routes = [
  {
    method: 'GET',
    path: '/orders/{id}/story',
    summary: 'Read the story of an order',
    description: 'Everything that happened to one order, in order of time: events, offers sent, notices.',
    roles: ['rider', 'operator'],
    params: { id: orderNumber },
    answers: {
      200: { description: 'The story.', schema: story },
      403: { description: 'The order belongs to somebody else.' },
      404: { description: 'There is no such order.' },
    },
  },
  { method: 'GET', path: '/openapi.json', summary: 'This document', public: true, answers: { 200: { description: 'OpenAPI 3.1.' } } },
] as const satisfies readonly Route[];
