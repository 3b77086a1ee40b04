/** Every route of the HTTP API on one model of the tables, with a gateway at which every charge is paid. */
import { compose as dispatch } from '../../functions/dispatch/dispatch.compose.ts';
import { routes as dispatchRoutes } from '../../functions/dispatch/dispatch.routes.ts';
import { compose as ezpay } from '../../functions/ezpay/ezpay.compose.ts';
import { routes as ezpayRoutes } from '../../functions/ezpay/ezpay.routes.ts';
import { type Method, type Route, routeKey } from '../../functions/kernel/route.ts';
import { compose as ops } from '../../functions/ops/ops.compose.ts';
import { routes as opsRoutes } from '../../functions/ops/ops.routes.ts';
import { compose as orders } from '../../functions/orders/orders.compose.ts';
import { routes as orderRoutes } from '../../functions/orders/orders.routes.ts';
import { compose as payments } from '../../functions/payments/payments.compose.ts';
import { routes as paymentRoutes } from '../../functions/payments/payments.routes.ts';
import type { Http } from '../../functions/platform/ports.ts';
import { lineOf } from '../../functions/platform/story.ts';
import type { Published } from '../../functions/platform/stream-reader.ts';
import { type Asked, httpEvent } from './http.ts';
import { clientOf, clientWith, memoryTable } from './memory-table.ts';
import { testPorts } from './ports.ts';

const contexts = [
  { compose: dispatch, routes: dispatchRoutes },
  { compose: orders, routes: orderRoutes },
  { compose: payments, routes: paymentRoutes },
  { compose: ezpay, routes: ezpayRoutes },
  { compose: ops, routes: opsRoutes },
];
export const routes: readonly Route[] = contexts.flatMap((context): readonly Route[] => context.routes);

export type Answer = { readonly status: number | undefined; readonly headers: object; readonly body: string };

type ChargeBody = { readonly transaction_details: { readonly order_id: string; readonly gross_amount: number } };

/** docs/midtrans.md §2: a charge is pending, and settled when its status is read. */
const payingGateway = (): Http => {
  const amounts = new Map<string, number>();
  const answer = (status_code: string, transaction_status: string, order_id: string) => ({
    status: 200,
    text: JSON.stringify({
      status_code,
      transaction_status,
      order_id,
      transaction_id: `tx-${order_id}`,
      gross_amount: `${amounts.get(order_id)}.00`,
      currency: 'IDR',
      merchant_id: 'G700000001',
      qr_string: '00020101021226620014ID.CO.QRIS',
    }),
  });
  return async (url, { body }) => {
    if (body !== undefined && url.endsWith('/v2/charge')) {
      const { order_id, gross_amount } = (JSON.parse(body) as ChargeBody).transaction_details;
      amounts.set(order_id, gross_amount);
      return answer('201', 'pending', order_id);
    }
    return answer('200', 'settlement', /\/v2\/([^/]+)\/status$/.exec(url)?.[1] as string);
  };
};

/** @param settings environment variables of the functions, in addition to the usual ones */
export const wholeApi = (settings: Readonly<Record<string, string>> = {}) => {
  const table = memoryTable(({ table: name, item }) => {
    if (name !== 'State' || !item?.outbox?.S || !item.pk?.S) return;
    for (const event of JSON.parse(item.outbox.S) as Published[]) table.put('Story', lineOf(item.pk.S, event));
  });
  const calls: string[] = [];
  const plain = clientOf(table);
  const dynamo = clientWith((command) => {
    calls.push((command as object).constructor.name);
    return plain.send(command as never);
  });
  const { ports, env: usual, clock } = testPorts({ table, dynamo, http: payingGateway() });
  const env = { ...usual, ...settings };
  const withDocument = { ...ports, readText: async () => '{}' };
  const handlers = new Map(
    contexts.flatMap(({ compose, routes: declared }) => {
      const handler = compose(withDocument, env);
      return declared.map((route: Route) => [routeKey(route), handler] as const);
    }),
  );
  /** The answer as it goes out, and the calls of the tables that it took. */
  const ask = async (
    route: Route | string,
    asked: Omit<Asked, 'method' | 'path'> = {},
  ): Promise<Answer & { readonly calls: readonly string[] }> => {
    const [method, path] = (typeof route === 'string' ? route : routeKey(route)).split(' ') as [Method, `/${string}`];
    const handler = handlers.get(routeKey({ method, path }));
    if (!handler) throw new Error(`there is no route ${method} ${path}`);
    calls.length = 0;
    const { statusCode, headers = {}, body = '' } = await handler(httpEvent({ method, path, ...asked }));
    return { status: statusCode, headers, body, calls: [...calls] };
  };
  return { table, ports, env, clock, ask };
};
