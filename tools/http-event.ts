/** Requests as API Gateway hands them to a function after its JWT authorizer. */

import { type Route, routeKey } from '../functions/kernel/route.ts';
import type { HttpEvent, HttpResult } from '../functions/platform/http.ts';

export type Asked = {
  readonly method: Route['method'];
  /** The path as declared, `/rides/{id}`. */
  readonly path: `/${string}`;
  readonly params?: Readonly<Record<string, string>>;
  readonly sub?: string;
  readonly roles?: readonly string[];
  /** Sent as it is when it is text, else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly claims?: Readonly<Record<string, string>>;
};

export const httpEvent = ({
  method,
  path,
  params = {},
  sub = 'rider-1',
  roles = ['rider'],
  body,
  headers = {},
  claims,
}: Asked): HttpEvent => {
  const rawPath = path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '');
  return {
    version: '2.0',
    routeKey: routeKey({ method, path }),
    rawPath,
    rawQueryString: '',
    headers: { 'content-type': 'application/json', ...headers },
    pathParameters: { ...params },
    isBase64Encoded: false,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      domainName: 'localhost',
      domainPrefix: 'localhost',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId: 'request-1',
      routeKey: `${method} ${path}`,
      stage: '$default',
      time: '',
      timeEpoch: 0,
      authorizer: {
        principalId: '',
        integrationLatency: 0,
        jwt: { claims: claims ?? { sub, roles: `[${roles.join(' ')}]` }, scopes: [] },
      },
    },
  };
};

export type Answered = {
  readonly status: number | undefined;
  readonly body: Record<string, unknown>;
  readonly headers: Readonly<Record<string, unknown>>;
};
export const answered = ({ statusCode, body, headers = {} }: HttpResult): Answered => ({
  status: statusCode,
  body: JSON.parse(body ?? '{}') as Record<string, unknown>,
  headers,
});
