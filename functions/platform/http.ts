/** The HTTP edge: authorise, parse once, one command, answer. Problems are RFC 9457 problem details. API Gateway does the routing. */
import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import type { Refusal } from '../kernel/decision.ts';
import { Conflict, Invalid, isUnavailable } from '../kernel/errors.ts';
import { log } from '../kernel/log.ts';
import { type Principal, principalFrom, type Role } from '../kernel/principal.ts';
import { type Route, type RouteKey, routeKey } from '../kernel/route.ts';
import { check, parseWith, type Schema } from '../kernel/schema.ts';
import { type Instant, instant } from '../kernel/types.ts';

/** The event of an HTTP API with a JWT authorizer; public routes come without one. */
export type HttpEvent = APIGatewayProxyEventV2WithJWTAuthorizer;
export type HttpResult = APIGatewayProxyStructuredResultV2;

/** A request after the door: everything in it is checked. */
export type HttpRequest = {
  readonly principal: Principal;
  /** What the verified token says, as API Gateway hands it over: all values are text. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly params: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly text: string;
  readonly idempotencyKey: string | undefined;
  readonly requestId: string;
  readonly at: Instant;
};
export type HttpAnswer = {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};
export type Endpoint = (request: HttpRequest) => Promise<HttpAnswer>;

export type Field = { readonly field: string; readonly message: string };

/** Ends a request with problem details. `code` is stable, for programs; `detail` tells a person the remedy. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: readonly Field[];
  readonly headers: Readonly<Record<string, string>>;
  /** Members of its own beside those of the RFC. */
  told: Readonly<Record<string, unknown>> = {};
  constructor(
    status: number,
    code: string,
    detail: string,
    fields: readonly Field[] = [],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.headers = headers;
  }
}

/** An item of another user is answered as one that is not there (`shownAs`), to the letter. */
export const refusal = (reason: Refusal): Problem => {
  const { status = 409, code, message, told = {} } = reason.shownAs ?? reason;
  return Object.assign(new Problem(status, code, message), { told });
};

const maxBody = 64 * 1024;
const keySchema = z
  .string()
  .check(z.regex(/^[\x21-\x7e]{1,64}$/, { error: 'must be 1 to 64 visible ASCII characters' }));

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  409: 'Conflict',
  413: 'Content too large',
  422: 'Unprocessable content',
  500: 'Internal error',
  503: 'Service unavailable',
};

const respond = (
  status: number,
  contentType: string,
  body: unknown,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
) => ({
  statusCode: status,
  headers: { 'content-type': contentType, 'x-request-id': requestId, 'cache-control': 'no-store', ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

const problem = (event: HttpEvent, { status, code, message, fields, headers, told }: Problem): HttpResult =>
  respond(
    status,
    'application/problem+json',
    {
      ...told,
      type: `urn:tuntas:problem:${code}`,
      title: titles[status] ?? 'Error',
      status,
      code,
      detail: message,
      instance: event.rawPath,
      requestId: event.requestContext.requestId,
      ...(fields.length > 0 ? { errors: fields } : {}),
    },
    event.requestContext.requestId,
    headers,
  );

const claimsOf = (event: HttpEvent): Readonly<Record<string, unknown>> =>
  event.requestContext.authorizer?.jwt.claims ?? {};

const principalOf = (event: HttpEvent, { public: open, roles }: Route, rolesClaim: string): Principal => {
  const principal = principalFrom(claimsOf(event), rolesClaim);
  if (open) return principal ?? { sub: '', roles: [] };
  if (!principal)
    throw new Problem(401, 'NO_SUBJECT', 'The token names no subject (claim "sub"). Get a token that does.');
  if (roles && !roles.some((role) => principal.roles.includes(role)))
    throw new Problem(
      403,
      'WRONG_ROLE',
      `This needs the role ${roles.join(' or ')}. Get a token whose claim "${rolesClaim}" names it, and no role that is unknown here.`,
    );
  return principal;
};

const textOf = (event: HttpEvent): string =>
  event.isBase64Encoded ? Buffer.from(event.body ?? '', 'base64').toString('utf8') : (event.body ?? '');

const bodyOf = (schema: Schema<unknown> | undefined, text: string): unknown => {
  if (!schema) return undefined;
  if (Buffer.byteLength(text) > maxBody)
    throw new Problem(
      413,
      'BODY_TOO_LARGE',
      `The body is larger than ${maxBody / 1024} KB. Send only the fields of the documentation.`,
      [{ field: 'body', message: `at most ${maxBody / 1024} KB` }],
    );
  return parseWith(schema, text === '' ? '{}' : text);
};

const header = (event: HttpEvent, name: string): string | undefined => event.headers[name];

const idempotencyKeyOf = (event: HttpEvent, { repeatable }: Route): string | undefined => {
  const key = header(event, 'idempotency-key');
  return repeatable && key !== undefined
    ? check(z.object({ 'Idempotency-Key': keySchema }), { 'Idempotency-Key': key })['Idempotency-Key']
    : undefined;
};

const paramsOf = (event: HttpEvent, { params = {} }: Route): Readonly<Record<string, string>> =>
  check(z.object(params), event.pathParameters ?? {}) as Record<string, string>;

const asProblem = (error: unknown, requestId: string): Problem => {
  if (error instanceof Problem) return error;
  if (error instanceof Invalid) return new Problem(400, 'INVALID_REQUEST', `${error.message}.`, error.fields);
  if (error instanceof Conflict || isUnavailable(error))
    return new Problem(503, 'TRY_AGAIN', 'Too busy at this moment. The same request can be sent again.', [], {
      'retry-after': '1',
    });
  log.error('Request failed', error, { requestId });
  return new Problem(500, 'INTERNAL_ERROR', 'This should not happen. The request id helps support to find out why.');
};

/**
 * The handler of a context's routes.
 * @param routes the declared routes
 * @param endpoints what each does, by its route key
 * @param settings `rolesClaim`: the claim that lists the roles; `now`: the clock
 */
export const httpApi = (
  routes: readonly Route[],
  endpoints: Readonly<Record<RouteKey, Endpoint>>,
  { rolesClaim, now }: { readonly rolesClaim: string; readonly now: () => number },
) => {
  const byKey = new Map(routes.map((route) => [routeKey(route), route] as const));
  return async (event: HttpEvent): Promise<HttpResult> => {
    const { requestId } = event.requestContext;
    try {
      const route = byKey.get(event.routeKey as RouteKey);
      const endpoint = endpoints[event.routeKey as RouteKey];
      if (!route || !endpoint) throw new Problem(404, 'NO_SUCH_ROUTE', 'There is nothing here. See /openapi.json.');
      const principal = principalOf(event, route, rolesClaim);
      const text = textOf(event);
      const answer = await endpoint({
        principal,
        claims: claimsOf(event),
        params: paramsOf(event, route),
        body: bodyOf(route.body, text),
        text,
        idempotencyKey: idempotencyKeyOf(event, route),
        requestId,
        at: instant(now()),
      });
      return respond(answer.status, 'application/json', answer.body, requestId, answer.headers);
    } catch (error) {
      return problem(event, asProblem(error, requestId));
    }
  };
};

export const has = (principal: Principal, role: Role): boolean => principal.roles.includes(role);
