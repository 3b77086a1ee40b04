/** The HTTP edge: authorise, parse once, one command, answer. API Gateway does the routing. */
import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import { Conflict, Invalid, isUnavailable } from '../kernel/errors.ts';
import { log } from '../kernel/log.ts';
import { type Principal, principalFrom } from '../kernel/principal.ts';
import { Problem } from '../kernel/problem.ts';
import { type Answers, type Endpoints, type HttpAnswer, type Route, routeKey } from '../kernel/route.ts';
import { check, parseWith, type Schema } from '../kernel/schema.ts';
import { required } from './env.ts';
import type { Clock, Env } from './ports.ts';

/** The event of an HTTP API with a JWT authorizer; public routes come without one. */
export type HttpEvent = APIGatewayProxyEventV2WithJWTAuthorizer;
export type HttpResult = APIGatewayProxyStructuredResultV2;

const maxBody = 64 * 1024;
const keySchema = z.string().check(z.regex(/^[\x21-\x7e]{1,64}$/, 'must be 1 to 64 visible ASCII characters'));

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

const respond = (event: HttpEvent, contentType: string, { status, body, headers }: HttpAnswer): HttpResult => ({
  statusCode: status,
  headers: {
    'content-type': contentType,
    'x-request-id': event.requestContext.requestId,
    'cache-control': 'no-store',
    ...headers,
  },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

const problem = (event: HttpEvent, { status, code, message, fields, headers, extra }: Problem): HttpResult => {
  const body = {
    ...extra,
    type: `urn:tuntas:problem:${code}`,
    title: titles[status] ?? 'Error',
    status,
    code,
    detail: message,
    instance: event.rawPath,
    requestId: event.requestContext.requestId,
    ...(fields.length > 0 ? { errors: fields } : {}),
  };
  return respond(event, 'application/problem+json', { status, body, headers });
};

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
      `This needs the role ${roles.join(' or ')}. Get a token whose claim "${rolesClaim}" has it and no unknown role.`,
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

const idempotencyKeyOf = (event: HttpEvent, { repeatable }: Route): string | undefined => {
  const key = event.headers['idempotency-key'];
  return repeatable && key !== undefined
    ? check(z.object({ 'Idempotency-Key': keySchema }), { 'Idempotency-Key': key })['Idempotency-Key']
    : undefined;
};

const paramsOf = (event: HttpEvent, { params = {} }: Route): Readonly<Record<string, string>> =>
  check(z.object(params), event.pathParameters ?? {}) as Record<string, string>;

/** The problem that an error is answered with, and the line that the request id of the answer leads to. */
const asProblem = (error: unknown, { routeKey, requestContext }: HttpEvent): Problem => {
  const fields = { route: routeKey, requestId: requestContext.requestId };
  if (error instanceof Conflict || isUnavailable(error)) {
    log.warn('Request not served', { ...fields, reason: (error as Error).name });
    const problem = new Problem(503, 'TRY_AGAIN', 'Temporarily unavailable; retry the same request.');
    return Object.assign(problem, { headers: { 'retry-after': '1' } });
  }
  const problem =
    error instanceof Invalid ? new Problem(400, 'INVALID_REQUEST', `${error.message}.`, error.fields) : error;
  if (problem instanceof Problem) {
    log.info('Request refused', { ...fields, status: problem.status, code: problem.reason });
    return problem;
  }
  log.error('Request failed', error, fields);
  return new Problem(500, 'INTERNAL_ERROR', 'Unexpected error. The request id helps support to find the cause.');
};

type Endpoint = (request: never) => Promise<HttpAnswer>;

/**
 * The handler of a context's routes.
 * @param routes the declared routes
 * @param endpoints what each does, by its route key
 */
export const httpApi = <const Routes extends readonly Route[], Given extends Answers<Routes[number]>>(
  routes: Routes,
  endpoints: Endpoints<Routes, Given>,
  { now }: Pick<Clock, 'now'>,
  env: Env,
) => {
  const rolesClaim = required(env, 'ROLES_CLAIM');
  const byKey = new Map<string, readonly [Route, Endpoint]>(
    routes.map((route) => [
      routeKey(route),
      [route, (endpoints as Readonly<Record<string, Endpoint>>)[routeKey(route)] as Endpoint],
    ]),
  );
  return async (event: HttpEvent): Promise<HttpResult> => {
    const { requestId } = event.requestContext;
    try {
      const found = byKey.get(event.routeKey);
      if (!found) throw new Problem(404, 'NO_SUCH_ROUTE', 'Unknown route. See /openapi.json.');
      const [route, endpoint] = found;
      const principal = principalOf(event, route, rolesClaim);
      const text = textOf(event);
      const request = {
        principal,
        claims: claimsOf(event),
        params: paramsOf(event, route),
        body: bodyOf(route.body, text),
        text,
        idempotencyKey: idempotencyKeyOf(event, route),
        requestId,
        at: now(),
      };
      const answer = await endpoint(request as never);
      return respond(event, 'application/json', answer);
    } catch (error) {
      return problem(event, asProblem(error, event));
    }
  };
};
