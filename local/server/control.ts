/** The host's own port: the APIs of EventBridge and CloudWatch, the token issuer, and the tools' way in. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { decoded } from '../cloud/http/route-table.ts';
import { type Issuer, parseWish } from '../cloud/issuer/issuer.ts';
import { AwsError, type AwsOperation, answerAws, readBody } from './aws-json.ts';
import { type Listening, listen } from './listen.ts';

/** Answers `GET` or `POST /_tuntas/<name>/<rest>`. */
export type AdminRoute = (input: {
  readonly rest: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}) => unknown;

export interface ControlOptions {
  readonly port: number;
  readonly operations: Readonly<Record<string, AwsOperation>>;
  readonly issuer: Issuer;
  readonly admin: Readonly<Record<string, AdminRoute>>;
}

const LIMIT = 100_000;
const LOCAL_NAME = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

const json = (response: ServerResponse, status: number, body: unknown): void => {
  const text = JSON.stringify(body);
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    .end(text);
};

/** Web pages must not reach tokens and tools through a visitor's browser. */
const isFromPage = ({ headers }: IncomingMessage): boolean => {
  const { host = '', origin } = headers;
  return !LOCAL_NAME.test(host) || (origin !== undefined && !LOCAL_NAME.test(origin.replace(/^https?:\/\//, '')));
};

export const startControl = ({ port, operations, issuer, admin }: ControlOptions): Promise<Listening> => {
  const issuerPath = new URL(issuer.url).pathname;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> => {
    if (request.headers['x-amz-target'] !== undefined) return answerAws(request, response, operations);
    const url = new URL(request.url ?? '/', 'http://local');
    const bytes = await readBody(request, LIMIT);
    const body: unknown = bytes.length > 0 ? JSON.parse(bytes.toString()) : undefined;
    if (url.pathname === `${issuerPath}/.well-known/openid-configuration`)
      return json(response, 200, issuer.configuration());
    if (url.pathname === `${issuerPath}/.well-known/jwks.json`) return json(response, 200, issuer.keys());
    if (isFromPage(request)) return json(response, 403, { message: 'Only for programs on this machine' });
    if (url.pathname === '/tokens') {
      const token = await issuer.token(parseWish(body ?? Object.fromEntries(url.searchParams)));
      return url.searchParams.has('plain') ? response.end(token) : json(response, 200, { token });
    }
    const [, name = '', rest = ''] = /^\/_tuntas\/([^/]+)\/?(.*)$/.exec(url.pathname) ?? [];
    const route = admin[name];
    if (!route)
      return json(response, 404, {
        message: `There is nothing at ${url.pathname}`,
        admin: Object.keys(admin).map((one) => `/_tuntas/${one}`),
      });
    return json(response, 200, (await route({ rest: decoded(rest), query: url.searchParams, body })) ?? {});
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) return void response.destroy();
      const isWrong = error instanceof AwsError || error instanceof SyntaxError;
      json(response, isWrong ? 400 : 500, { message: error instanceof Error ? error.message : String(error) });
    });
  });
  return listen(server, port);
};
