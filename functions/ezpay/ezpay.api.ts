/** The HTTP routes of EzPay, wired for Lambda. */
import { dynamo } from '../platform/dynamo.ts';
import { env } from '../platform/env.ts';
import { holds } from '../platform/flags.ts';
import { httpApi } from '../platform/http.ts';
import { nextOrderNumber } from '../platform/order-number.ts';
import { variantSource, variants } from '../platform/variants.ts';
import { ezpayDeps } from './commands.ts';
import { endpoints } from './ezpay.endpoints.ts';
import { routes } from './ezpay.routes.ts';
import { predictorFrom } from './predictor.flag.ts';
import { codesFrom, windowsFrom } from './settings.ts';

const client = dynamo();
const table = env('STATE_TABLE');

export const handler = httpApi(
  routes,
  endpoints({
    ...ezpayDeps(client, table, predictorFrom(client, table)),
    nextOrderId: nextOrderNumber(client, table),
    variants: variants(variantSource(process.env.TUNTAS_FLAGS, Date.now), holds(client, table, Date.now).current),
    codes: codesFrom(process.env, Date.now),
    windows: windowsFrom(process.env),
  }),
  { rolesClaim: env('ROLES_CLAIM'), now: Date.now },
);
