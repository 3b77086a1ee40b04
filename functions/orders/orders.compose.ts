/** The HTTP routes of orders. */
import { required } from '../platform/env.ts';
import { httpApi } from '../platform/http.ts';
import type { Env, Ports } from '../platform/ports.ts';
import { store } from '../platform/store.ts';
import { endpoints } from './orders.endpoints.ts';
import { routes } from './orders.routes.ts';

export const compose = (ports: Ports<'dynamo'>, env: Env) =>
  httpApi(routes, endpoints({ store: store(ports, required(env, 'STATE_TABLE')) }), ports, env);
