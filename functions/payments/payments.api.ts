/** The HTTP routes of payments, wired for Lambda. */
import { dynamo } from '../platform/dynamo.ts';
import { env } from '../platform/env.ts';
import { httpApi } from '../platform/http.ts';
import { paymentsDeps } from './commands.ts';
import { endpoints } from './payments.endpoints.ts';
import { routes } from './payments.routes.ts';

export const handler = httpApi(routes, endpoints(paymentsDeps(dynamo())), { rolesClaim: env('ROLES_CLAIM'), now: Date.now });
