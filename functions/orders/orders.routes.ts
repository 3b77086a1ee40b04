/** The HTTP routes of orders, as data. */
import type { Route } from '../kernel/route.ts';
import * as schemas from './orders.schemas.ts';

const params = { id: schemas.orderId };

export const routes = [
  {
    method: 'GET',
    path: '/orders/{id}',
    summary: 'See an order',
    params,
  },
  {
    method: 'POST',
    path: '/orders/{id}/finish',
    summary: 'Finish a trip with its fare',
    description:
      'By its driver, or by an operator. The driver is free for the next ride. With `inCash` it is paid; also later, while it is not paid otherwise.',
    roles: ['driver', 'operator'],
    params,
    body: schemas.finish,
  },
] as const satisfies readonly Route[];
