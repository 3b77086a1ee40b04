/** The HTTP routes of orders, as data. */
import type { Answer, Route } from '../platform/route.ts';
import * as schemas from './orders.schemas.ts';

const params = { id: schemas.orderId };
const foreign: Answer = { description: 'The order belongs to somebody else, or the role does not fit.' };
const unknown: Answer = { description: 'There is no such order: a ride becomes one when a driver accepts it.' };

export const routes = [
  {
    method: 'GET',
    path: '/orders/{id}',
    summary: 'See an order',
    params,
    answers: { 200: { description: 'The order.', schema: schemas.order }, 403: foreign, 404: unknown },
  },
  {
    method: 'POST',
    path: '/orders/{id}/finish',
    summary: 'Finish a trip with its fare',
    description: 'By its driver, or by an operator. The driver is free for the next ride.',
    roles: ['driver', 'operator'],
    params,
    body: schemas.finish,
    answers: {
      200: { description: 'Done, or already so (`alreadyProcessed`).', schema: schemas.changed },
      403: foreign,
      404: unknown,
      409: { description: 'The order is finished with another fare, or cancelled.' },
    },
  },
] as const satisfies readonly Route[];
