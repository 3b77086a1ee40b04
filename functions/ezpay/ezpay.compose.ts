/** The HTTP routes of EzPay. */
import { required } from '../platform/env.ts';
import { holds } from '../platform/holds.store.ts';
import { httpApi } from '../platform/http.ts';
import { nextOrderNumber } from '../platform/order-numbers.ts';
import type { Env, Ports } from '../platform/ports.ts';
import { variantSource, variants } from '../platform/variants.ts';
import { ezpayDeps } from './commands.ts';
import { endpoints } from './ezpay.endpoints.ts';
import { routes } from './ezpay.routes.ts';
import { codesFrom, windowsFrom } from './settings.ts';

export const compose = (ports: Ports<'dynamo'>, env: Env) => {
  const table = required(env, 'STATE_TABLE');
  const deps = {
    ...ezpayDeps(ports, env),
    nextOrderId: nextOrderNumber(ports.dynamo, table),
    variants: variants(variantSource(ports, env), holds(ports, table).current),
    codes: codesFrom(ports, env),
    windows: windowsFrom(env),
  };
  return httpApi(routes, endpoints(deps), ports, env);
};
