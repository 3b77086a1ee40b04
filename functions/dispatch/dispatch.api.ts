/** The HTTP routes of dispatch, wired for Lambda. */
import { dynamo } from '../platform/dynamo.ts';
import { env } from '../platform/env.ts';
import { fileSource } from '../platform/flags.ts';
import { httpApi } from '../platform/http.ts';
import { nextOrderNumber } from '../platform/order-number.ts';
import { dispatchDeps } from './commands.ts';
import { endpoints } from './dispatch.endpoints.ts';
import { routes } from './dispatch.routes.ts';
import { ridesAsked } from './offers-by-driver.store.ts';

const client = dynamo();
const table = env('STATE_TABLE');

export const handler = httpApi(
  routes,
  endpoints({
    ...dispatchDeps(client, table),
    nextOrderId: nextOrderNumber(client, table),
    flags: fileSource(process.env.TUNTAS_FLAGS, Date.now),
    ridesAsked: ridesAsked(client, env('STORY_TABLE')),
  }),
  { rolesClaim: env('ROLES_CLAIM'), now: Date.now },
);
