/** An HTTP API on its own loopback port. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { readBody, TooLarge } from '../../server/aws-json.ts';
import { type Listening, listen } from '../../server/listen.ts';
import type { Functions } from '../lambda/functions.ts';
import { corsHeaders, preflight } from './cors.ts';
import { type Answer, answerOf, httpEvent, type JwtContext, messageAnswer } from './event.ts';
import { type Judge, jwtAuthorizer } from './jwt.ts';
import { routeTable } from './route-table.ts';
import type { Api, ApiRoute, Authorizer } from './template.ts';
import { type Throttle, throttleOf } from './throttle.ts';

const LARGEST_BODY = 10 * 1024 * 1024;

export interface HttpRecord {
  readonly apiId: string;
  readonly stage: string;
  readonly status: number;
  readonly latencyMs: number;
}

export interface HttpApiOptions {
  readonly api: Api;
  readonly port: number;
  readonly functions: Functions;
  readonly account: string;
  /** Puts the addresses of this run into a text of the template. */
  readonly rewrite: (text: string) => string;
  readonly onRequest: (record: HttpRecord) => void;
}

const requestIdOf = (): string => randomBytes(12).toString('base64url').replace(/[-_]/g, 'x');

const within = <Value>(work: Promise<Value>, ms: number): Promise<Value | 'late'> => {
  let timer: NodeJS.Timeout;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
};

const judgeOf = (
  { AuthorizerType, JwtConfiguration, IdentitySource }: Authorizer,
  rewrite: (text: string) => string,
): Judge => {
  if (AuthorizerType !== 'JWT' || !JwtConfiguration) throw new Error('an HTTP API knows only JWT authorizers here');
  if (IdentitySource.join() !== '$request.header.Authorization')
    throw new Error(`the identity source ${IdentitySource.join()} is not known here`);
  return jwtAuthorizer({ issuer: rewrite(JwtConfiguration.Issuer), audience: JwtConfiguration.Audience });
};

const throttles = ({ stage, routes }: Api): ReadonlyMap<string, Throttle> => {
  const { DefaultRouteSettings: whole } = stage;
  const shared = throttleOf(whole?.ThrottlingRateLimit, whole?.ThrottlingBurstLimit);
  return new Map(
    routes.map(({ key }) => {
      const own = stage.RouteSettings[key];
      return [key, own ? throttleOf(own.ThrottlingRateLimit, own.ThrottlingBurstLimit) : shared] as const;
    }),
  );
};

export const startHttpApi = async ({
  api,
  port,
  functions,
  account,
  rewrite,
  onRequest,
}: HttpApiOptions): Promise<Listening> => {
  const find = routeTable(api.routes);
  const throttle = throttles(api);
  const judges = new Map<Authorizer, Judge>();
  for (const { authorizer } of api.routes)
    if (authorizer && !judges.has(authorizer)) judges.set(authorizer, judgeOf(authorizer, rewrite));
  const targets = new Map(api.routes.map(({ target }) => [target, functions.find(target)] as const));

  const judge = (
    { authorizer, scopes }: ApiRoute,
    request: IncomingMessage,
  ): Promise<JwtContext | 'unauthorized' | 'forbidden' | undefined> =>
    (authorizer && judges.get(authorizer)?.(request.headers.authorization, scopes)) ?? Promise.resolve(undefined);

  const answer = async (request: IncomingMessage, requestId: string): Promise<Answer> => {
    const early = preflight(api.cors, request);
    if (early) return early;
    const [path = '/'] = (request.url ?? '/').split('?');
    const found = find(request.method ?? 'GET', path);
    if (!found) return messageAnswer(404, 'Not Found');
    const { route, parameters } = found;
    if (!throttle.get(route.key)?.()) return messageAnswer(429, 'Too Many Requests');
    // The body is read while the token is checked; a refused request's body is of no interest.
    const reading = readBody(request, LARGEST_BODY);
    reading.catch(() => {});
    const jwt = await judge(route, request);
    if (jwt === 'unauthorized')
      return {
        ...messageAnswer(401, 'Unauthorized'),
        headers: { 'content-type': 'application/json', 'www-authenticate': 'Bearer' },
      };
    if (jwt === 'forbidden') return messageAnswer(403, 'Forbidden');
    const body = await reading;
    const event = httpEvent({
      request,
      body,
      routeKey: route.key,
      parameters,
      requestId,
      apiId: api.id,
      account,
      stage: api.stage.StageName,
      jwt,
    });
    const target = targets.get(route.target);
    if (!target) return messageAnswer(500, 'Internal Server Error');
    const outcome = await within(target.invoke(JSON.stringify(event)), route.timeoutMs);
    if (outcome === 'late') return messageAnswer(503, 'Service Unavailable');
    if (!outcome.ok)
      return outcome.throttled
        ? messageAnswer(503, 'Service Unavailable')
        : messageAnswer(500, 'Internal Server Error');
    return answerOf(outcome.payload) ?? messageAnswer(500, 'Internal Server Error');
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const started = performance.now();
    const requestId = requestIdOf();
    const { status, headers, body } = await answer(request, requestId).catch((error: unknown) =>
      error instanceof TooLarge
        ? messageAnswer(413, 'Request Entity Too Large')
        : messageAnswer(500, 'Internal Server Error'),
    );
    // What is left of a body that nobody reads would be taken for the next request.
    if (!request.complete) response.setHeader('connection', 'close');
    for (const [name, value] of Object.entries({ ...headers, ...corsHeaders(api.cors, request) }))
      response.setHeader(name, value);
    response.setHeader('apigw-requestid', requestId);
    response.setHeader('content-length', Buffer.byteLength(body));
    response.writeHead(status).end(request.method === 'HEAD' ? undefined : body);
    onRequest({ apiId: api.id, stage: api.stage.StageName, status, latencyMs: performance.now() - started });
  };

  const server = createServer((request, response) => void handle(request, response).catch(() => response.destroy()));
  return listen(server, port);
};
