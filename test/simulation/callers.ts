/** Who calls from outside: apps over the HTTP API, the gateway (and anyone else) at the webhook. */
import { routeTable } from '../../local/cloud/http/route-table.ts';
import type { Answered } from '../../local/gateway/retries.ts';
import type { Engine } from './engine.ts';
import type { Lambdas } from './lambdas.ts';
import { host, type Network, timedOut } from './network.ts';
import type { Blueprint } from './plans.ts';

export type Person = { readonly sub: string; readonly roles: readonly string[] };
export type ApiAnswer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };
export type ApiCall = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly path: string;
  readonly body?: object;
  readonly key?: string;
};
type Options = {
  readonly engine: Engine;
  readonly net: Network;
  readonly lambdas: () => Lambdas;
  readonly blueprint: Blueprint;
  /** The idempotency key as it arrives. */
  readonly keyOf: (routeKey: string, key: string | undefined) => string | undefined;
};
type Proxied = { readonly statusCode: number; readonly body?: string };

const webhookPath = '/midtrans/notifications';

const webhookEvent = (body: string): object => ({
  version: '2.0',
  routeKey: '$default',
  rawPath: webhookPath,
  rawQueryString: '',
  headers: { 'content-type': 'application/json' },
  requestContext: {
    http: { method: 'POST', path: webhookPath, sourceIp: '203.0.113.9', protocol: 'HTTP/1.1', userAgent: 'Veritrans' },
    requestId: 'webhook',
  },
  body,
  isBase64Encoded: false,
});

const claimsOf = ({ sub, roles }: Person) => ({
  sub,
  roles: `[${roles.join(' ')}]`,
  email: `${sub}@tuntas.example`,
  email_verified: 'true',
});

export const callers = ({ engine, net, lambdas, blueprint, keyOf }: Options) => {
  const findRoute = routeTable(blueprint.routes);
  let requests = 0;

  const webhook = blueprint.functions.find(({ name }) => name === 'payments-webhook');
  if (!webhook) throw new Error('the template has no webhook');

  const eventOf = (person: Person, call: ApiCall, routeKey: string, parameters: unknown) => {
    const { method, path, body } = call;
    const key = keyOf(routeKey, call.key);
    requests += 1;
    return {
      version: '2.0',
      routeKey,
      rawPath: path,
      rawQueryString: '',
      headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) },
      requestContext: {
        authorizer: { jwt: { claims: claimsOf(person), scopes: null } },
        http: { method, path, protocol: 'HTTP/1.1', sourceIp: '203.0.113.7', userAgent: 'simulation' },
        requestId: `r${requests}`,
        routeKey,
        stage: '$default',
        timeEpoch: engine.now(),
      },
      pathParameters: parameters,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      isBase64Encoded: false,
    };
  };

  return {
    /** Whether the API has a route; what it does not have yet, apps of its time do not use. */
    speaks: ({ method, path }: Pick<ApiCall, 'method' | 'path'>): boolean => findRoute(method, path) !== undefined,
    /** @throws when the call or its answer is lost */
    api: async (person: Person, call: ApiCall): Promise<ApiAnswer> => {
      const found = findRoute(call.method, call.path);
      if (!found) return { status: 404, body: { code: 'UNKNOWN_ROUTE' } };
      const { target, key } = found.route;
      const work = () => ({ answer: lambdas().invoke(target, eventOf(person, call, key, found.parameters)) });
      const done = await net.call(host(person.sub, 0), 'people', work, { attempts: 1, timeoutMs: 10_000 });
      const outcome = await done;
      if (!outcome.ok) throw timedOut();
      const { statusCode, body = '' } = outcome.payload as Proxied;
      return { status: statusCode, body: JSON.parse(body || '{}') as ApiAnswer['body'] };
    },
    /** @returns the HTTP status, or why there was none */
    notify: async (body: string): Promise<Answered> => {
      const work = () => ({ answer: lambdas().invoke(webhook.arn, webhookEvent(body)) });
      try {
        const done = await net.call(host('gateway', 0), 'people', work, { attempts: 1, timeoutMs: 15_000 });
        const outcome = await done;
        return outcome.ok ? (outcome.payload as Proxied).statusCode : 502;
      } catch {
        return 'timeout';
      }
    },
  };
};
