/** The host's own port: the APIs of EventBridge and CloudWatch, the token issuer, and the admin routes for tools. */
import type { IncomingMessage } from 'node:http';
import { type Issuer, parseTokenRequest } from '../cloud/issuer/issuer.ts';
import { type AwsOperations, answerAws } from './aws-json.ts';
import { decoded, isFromPage, json, onlyForPrograms, type Reply, readBody, serve, urlOf } from './http.ts';

/** Answers `GET` or `POST /_tuntas/<name>/<rest>`. */
export type AdminRoute = (input: {
  readonly rest: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}) => unknown;
export type AdminRoutes = Readonly<Record<string, AdminRoute>>;

type ControlOptions = {
  readonly port: number;
  readonly operations: AwsOperations;
  readonly issuer: Issuer;
  readonly admin: AdminRoutes;
};

const largestBody = 100_000;

export const startControl = ({ port, operations, issuer, admin }: ControlOptions) => {
  const issuerPath = new URL(issuer.url).pathname;

  const respond = async (request: IncomingMessage): Promise<Reply> => {
    if (request.headers['x-amz-target'] !== undefined) return answerAws(request, operations);
    const { pathname, searchParams: query } = urlOf(request);
    const bytes = await readBody(request, largestBody);
    const body: unknown = bytes.length > 0 ? JSON.parse(bytes.toString()) : undefined;
    if (pathname === `${issuerPath}/.well-known/openid-configuration`) return json(200, issuer.configuration());
    if (pathname === `${issuerPath}/.well-known/jwks.json`) return json(200, issuer.keys());
    if (isFromPage(request)) return onlyForPrograms();
    if (pathname === '/tokens') {
      const token = await issuer.token(parseTokenRequest(body ?? Object.fromEntries(query)));
      return query.has('plain') ? { status: 200, content: token } : json(200, { token });
    }
    const [, name = '', rest = ''] = /^\/_tuntas\/([^/]+)\/?(.*)$/.exec(pathname) ?? [];
    const route = admin[name];
    if (route) return json(200, (await route({ rest: decoded(rest), query, body })) ?? {});
    return json(404, {
      message: `There is nothing at ${pathname}`,
      admin: Object.keys(admin).map((one) => `/_tuntas/${one}`),
    });
  };
  return serve(respond, port);
};
