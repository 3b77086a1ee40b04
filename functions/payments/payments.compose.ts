/** The HTTP routes of payments. */
import { contacts } from '../notify/commands.ts';
import { required } from '../platform/env.ts';
import { httpApi } from '../platform/http.ts';
import type { Env, Ports } from '../platform/ports.ts';
import { paymentsDeps } from './commands.ts';
import { endpoints } from './payments.endpoints.ts';
import { routes } from './payments.routes.ts';

export const compose = (ports: Ports<'dynamo'>, env: Env) => {
  const people = contacts(ports.dynamo, required(env, 'STATE_TABLE'));
  return httpApi(routes, endpoints({ ...paymentsDeps(ports, env), contacts: people }), ports, env);
};
