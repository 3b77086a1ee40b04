/** The HTTP routes of orders. */
import { required } from '../platform/env.ts';
import { httpApi } from '../platform/http.ts';
import type { Env, Ports } from '../platform/ports.ts';
import { store } from '../platform/store.ts';
import { endpoints } from './orders.endpoints.ts';
import { routes } from './orders.routes.ts';
import { fareLimitsFrom } from './settings.ts';

export const compose = (ports: Ports<'dynamo'>, env: Env) => {
  const deps = { store: store(ports, required(env, 'STATE_TABLE')), fareLimits: fareLimitsFrom(env) };
  return httpApi(routes, endpoints(deps), ports, env);
};
