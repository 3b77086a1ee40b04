/** An HTTP API on its loopback port. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Reply, type Respond, readBody, serve, TooLarge } from '../../server/http.ts';
import type { Needs } from '../parts.ts';
import { corsHeaders, preflight } from './cors.ts';
import { httpEvent, messageReply, replyOf } from './event.ts';
import { type Authorize, jwtAuthorizer } from './jwt.ts';
import { routeTable } from './route-table.ts';
import type { Api, Authorizer } from './template.ts';
import { throttleOf } from './throttle.ts';

const largestBody = 10 * 1024 * 1024;

const newRequestId = (): string => randomBytes(12).toString('base64url').replace(/[-_]/g, 'x');

const within = <Value>(work: Promise<Value>, ms: number): Promise<Value | 'late'> => {
  const { promise: late, resolve } = Promise.withResolvers<'late'>();
  const timer = setTimeout(resolve, ms, 'late');
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
};

const authorizeOf = (authorizer: Authorizer, rewrite: (text: string) => string): Authorize => {
  const { AuthorizerType, JwtConfiguration, IdentitySource } = authorizer;
  if (AuthorizerType !== 'JWT' || !JwtConfiguration) throw new Error('an HTTP API knows only JWT authorizers here');
  if (IdentitySource.join() !== '$request.header.Authorization')
    throw new Error(`the identity source ${IdentitySource.join()} is not known here`);
  return jwtAuthorizer(rewrite(JwtConfiguration.Issuer), JwtConfiguration.Audience);
};

/** The routes with what each needs. Routes without settings share the throttle of the stage, and all the authorizer. */
const preparedRoutes = ({ functions, addresses }: Needs<'functions' | 'addresses'>, { stage, routes }: Api) => {
  const { DefaultRouteSettings: shared, RouteSettings: own } = stage;
  const throttle = (limits: typeof shared) => throttleOf(limits?.ThrottlingRateLimit, limits?.ThrottlingBurstLimit);
  const sharedThrottle = throttle(shared);
  const authorizers = new Map<Authorizer, Authorize>();
  return routes.map(({ key, target, timeoutMs, authorizer, scopes }) => {
    const authorize = authorizer && (authorizers.get(authorizer) ?? authorizeOf(authorizer, addresses.rewrite));
    if (authorizer && authorize) authorizers.set(authorizer, authorize);
    const mayPass = own[key] ? throttle(own[key]) : sharedThrottle;
    return { key, timeoutMs, scopes, authorize, mayPass, invoke: functions.find(target).invoke };
  });
};

/** Runs a request through throttle, authorizer and function of its route. */
const routing = (parts: Needs<'functions' | 'addresses'>, api: Api) => {
  const find = routeTable(preparedRoutes(parts, api));
  return async (request: IncomingMessage, requestId: string): Promise<Reply> => {
    const [path = '/'] = (request.url ?? '/').split('?');
    const found = find(request.method ?? 'GET', path);
    if (!found) return messageReply(404, 'Not Found');
    const { route, parameters } = found;
    if (!route.mayPass()) return messageReply(429, 'Too Many Requests');
    // The body is read while the token is verified; that of a refused request is not needed.
    const reading = readBody(request, largestBody);
    reading.catch(() => {});
    const jwt = await route.authorize?.(request.headers.authorization, route.scopes);
    if (jwt === 'unauthorized') {
      const { headers, ...unauthorized } = messageReply(401, 'Unauthorized');
      return { ...unauthorized, headers: { ...headers, 'www-authenticate': 'Bearer' } };
    }
    if (jwt === 'forbidden') return messageReply(403, 'Forbidden');
    const body = await reading;
    const identity = { routeKey: route.key, requestId, apiId: api.id, stage: api.stage.StageName };
    const event = JSON.stringify(httpEvent({ request, body, ...identity, parameters, jwt }));
    const outcome = await within(route.invoke(event), route.timeoutMs);
    if (outcome === 'late' || (!outcome.ok && outcome.throttled)) return messageReply(503, 'Service Unavailable');
    return (outcome.ok ? replyOf(outcome.payload) : undefined) ?? messageReply(500, 'Internal Server Error');
  };
};

export const startHttpApi = (parts: Needs<'functions' | 'addresses' | 'monitor'>, api: Api) => {
  const route = routing(parts, api);
  const respond: Respond = async (request, response) => {
    const started = performance.now();
    const requestId = newRequestId();
    const { headers, ...reply } =
      preflight(api.cors, request) ??
      (await route(request, requestId).catch((error: unknown) =>
        error instanceof TooLarge
          ? messageReply(413, 'Request Entity Too Large')
          : messageReply(500, 'Internal Server Error'),
      ));
    parts.monitor.request(api, reply.status, performance.now() - started);
    // What is left of a body that was not read would be taken for the next request.
    if (!request.complete) response.setHeader('connection', 'close');
    return { ...reply, headers: { ...headers, ...corsHeaders(api.cors, request), 'apigw-requestid': requestId } };
  };
  const failed = (): Reply => messageReply(500, 'Internal Server Error');
  return serve(respond, parts.addresses.portOf(api.logicalId), failed);
};
