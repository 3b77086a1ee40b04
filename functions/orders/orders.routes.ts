/** The HTTP routes of orders, as data. */
import type { Route } from '../kernel/route.ts';
import { finish, orderId } from './orders.schemas.ts';

const params = { id: orderId };

export const routes = [
  { method: 'GET', path: '/orders/{id}', summary: 'Get an order', params },
  {
    method: 'POST',
    path: '/orders/{id}/finish',
    summary: 'Finish a trip with its fare',
    description:
      'For its driver, or an operator. The driver is free for the next ride. ' +
      'With `inCash` the order is paid; also later, while it is not paid otherwise.',
    roles: ['driver', 'operator'],
    params,
    body: finish,
  },
] as const satisfies readonly Route[];
