/** The HTTP routes for reading what happened, as data. */
import { orderNumber } from '../kernel/order-number.ts';
import type { Route } from '../kernel/route.ts';

export const routes = [
  {
    method: 'GET',
    path: '/orders/{id}/story',
    summary: 'Read the story of an order',
    description:
      'Everything that happened to one order, in order of time: events, offers sent, notices, the receipt; ' +
      'for operators the notifications of the gateway too.',
    roles: ['rider', 'operator'],
    params: { id: orderNumber },
  },
  { method: 'GET', path: '/openapi.json', summary: 'This document', public: true },
] as const satisfies readonly Route[];
