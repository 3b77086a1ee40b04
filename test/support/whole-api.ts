/** Every route of the HTTP API on one model of the tables and of the gateway. */

import { dispatchDeps } from '../../functions/dispatch/commands.ts';
import { endpoints as rideEndpoints } from '../../functions/dispatch/dispatch.endpoints.ts';
import { routes as rideRoutes } from '../../functions/dispatch/dispatch.routes.ts';
import { ridesAsked } from '../../functions/dispatch/offers-by-driver.store.ts';
import { ezpayDeps } from '../../functions/ezpay/commands.ts';
import { endpoints as ezpayEndpoints } from '../../functions/ezpay/ezpay.endpoints.ts';
import { routes as ezpayRoutes } from '../../functions/ezpay/ezpay.routes.ts';
import { type Method, type Route, type RouteKey, routeKey } from '../../functions/kernel/route.ts';
import { endpoints as opsEndpoints } from '../../functions/ops/ops.endpoints.ts';
import { routes as opsRoutes } from '../../functions/ops/ops.routes.ts';
import { readStory } from '../../functions/ops/story.store.ts';
import { endpoints as orderEndpoints } from '../../functions/orders/orders.endpoints.ts';
import { routes as orderRoutes } from '../../functions/orders/orders.routes.ts';
import { endpoints as paymentEndpoints } from '../../functions/payments/payments.endpoints.ts';
import { routes as paymentRoutes } from '../../functions/payments/payments.routes.ts';
import { type Endpoint, httpApi } from '../../functions/platform/http.ts';
import { leaseFrom, orderNumbers } from '../../functions/platform/order-numbers.ts';
import { lineOf } from '../../functions/platform/story.ts';
import type { Published } from '../../functions/platform/stream-reader.ts';
import { type Asked, httpEvent } from './http.ts';
import { clientOf, clientWith, memoryTable } from './memory-table.ts';
import { world } from './payments-world.ts';

export const routes: readonly Route[] = [...rideRoutes, ...orderRoutes, ...paymentRoutes, ...ezpayRoutes, ...opsRoutes];

export type Answer = { readonly status: number | undefined; readonly headers: object; readonly body: string };

export const wholeApi = () => {
  const table = memoryTable(({ table: name, item }) => {
    if (name !== 'State' || !item?.outbox?.S || !item.pk?.S) return;
    for (const event of JSON.parse(item.outbox.S) as Published[]) table.put('Story', lineOf(item.pk.S, event));
  });
  const calls: string[] = [];
  const plain = clientOf(table);
  const client = clientWith((command) => {
    calls.push((command as object).constructor.name);
    return plain.send(command as never);
  });
  const money = world(table, client);
  const deps = {
    ...money.deps,
    paymentsOf: money.paymentsOf,
    merchantId: 'G700000001',
    remember: async () => undefined,
  };
  const nextOrderId = orderNumbers(leaseFrom(client, 'State'), 200).next;
  const endpoints: Readonly<Record<RouteKey, Endpoint>> = {
    ...rideEndpoints({
      ...dispatchDeps(client, 'State'),
      nextOrderId,
      flags: async () => ({ 'idempotent-dispatch': { percent: 100 } }),
      ridesAsked: ridesAsked(client, 'Story'),
    }),
    ...orderEndpoints(deps),
    ...paymentEndpoints(deps),
    ...ezpayEndpoints({
      ...ezpayDeps(client, 'State'),
      nextOrderId,
      variants: async () => 'async' as never,
      codes: { policy: 'static', lifetimeMs: 120_000, keys: async () => ['key'] },
      windows: { confirmMs: 300_000, answerMs: 600_000 },
    }),
    ...opsEndpoints({ story: readStory(client, 'Story'), document: async () => '{}' }),
  };
  const handler = httpApi(routes, endpoints, { rolesClaim: 'roles', now: money.now });
  /** The answer as it goes out, and the calls of the tables that it took. */
  const ask = async (
    route: Route | string,
    asked: Omit<Asked, 'method' | 'path'> = {},
  ): Promise<Answer & { readonly calls: readonly string[] }> => {
    const [method, path] = (typeof route === 'string' ? route : routeKey(route)).split(' ') as [Method, string];
    calls.length = 0;
    const { statusCode, headers = {}, body = '' } = await handler(httpEvent({ method, path, ...asked }));
    return { status: statusCode, headers, body, calls: [...calls] };
  };
  return { ...money, table, client, ask };
};
