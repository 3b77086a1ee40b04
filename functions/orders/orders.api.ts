/** The HTTP routes of orders, wired for Lambda. */
import { dynamo } from '../platform/dynamo.ts';
import { env } from '../platform/env.ts';
import { httpApi } from '../platform/http.ts';
import { store } from '../platform/store.ts';
import { endpoints } from './orders.endpoints.ts';
import { routes } from './orders.routes.ts';

export const handler = httpApi(routes, endpoints({ store: store(dynamo(), env('STATE_TABLE')) }), {
  rolesClaim: env('ROLES_CLAIM'),
  now: Date.now,
});
