/** The HTTP routes of payments, wired for Lambda. */
import { contacts } from '../notify/commands.ts';
import { dynamo } from '../platform/dynamo.ts';
import { env } from '../platform/env.ts';
import { httpApi } from '../platform/http.ts';
import { paymentsDeps } from './commands.ts';
import { endpoints } from './payments.endpoints.ts';
import { routes } from './payments.routes.ts';

const client = dynamo();

export const handler = httpApi(
  routes,
  endpoints({ ...paymentsDeps(client), remember: contacts(client, env('STATE_TABLE')).remember }),
  {
    rolesClaim: env('ROLES_CLAIM'),
    now: Date.now,
  },
);
