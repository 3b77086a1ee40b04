/** The HTTP routes of dispatch. */
import { required } from '../platform/env.ts';
import { flagSource } from '../platform/flags.ts';
import { httpApi } from '../platform/http.ts';
import { nextOrderNumber } from '../platform/order-numbers.ts';
import type { Env, Ports } from '../platform/ports.ts';
import { cancellationFrom } from './cancellation.settings.ts';
import { dispatchDeps } from './commands.ts';
import { endpoints } from './dispatch.endpoints.ts';
import { routes } from './dispatch.routes.ts';
import { offersByDriver } from './offers-by-driver.store.ts';

export const compose = (ports: Ports<'dynamo'>, env: Env) =>
  httpApi(
    routes,
    endpoints({
      ...dispatchDeps(ports, env),
      cancellation: cancellationFrom(env),
      nextOrderId: nextOrderNumber(ports.dynamo, required(env, 'STATE_TABLE')),
      flags: flagSource(ports, env),
      offersByDriver: offersByDriver(ports.dynamo, required(env, 'STORY_TABLE')),
    }),
    ports,
    env,
  );
