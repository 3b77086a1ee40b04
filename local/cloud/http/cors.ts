/** Cross-origin responses of an HTTP API, made by the API when the template configures them. */
import type { IncomingMessage } from 'node:http';
import type { Reply } from '../../server/http.ts';
import type { Cors } from './template.ts';

const originOf = (cors: Cors, origin: string): string | undefined => {
  if (cors.AllowOrigins.includes('*')) return '*';
  return cors.AllowOrigins.some((allowed) => allowed === origin || allowed === `${origin.split('://')[0]}://*`)
    ? origin
    : undefined;
};

/** The headers of every response to a request of an allowed origin. */
export const corsHeaders = (cors: Cors | undefined, request: IncomingMessage): Record<string, string> => {
  const { origin } = request.headers;
  const allowed = cors && origin !== undefined ? originOf(cors, origin) : undefined;
  if (!cors || allowed === undefined) return {};
  return {
    'access-control-allow-origin': allowed,
    ...(cors.AllowCredentials && { 'access-control-allow-credentials': 'true' }),
    ...(cors.ExposeHeaders.length > 0 && { 'access-control-expose-headers': cors.ExposeHeaders.join(',') }),
  };
};

/** The response to a preflight request, which no function sees. */
export const preflight = (cors: Cors | undefined, request: IncomingMessage): Reply | undefined => {
  const method = request.headers['access-control-request-method'];
  if (!cors || request.method !== 'OPTIONS' || method === undefined) return undefined;
  const allowed = corsHeaders(cors, request);
  if (Object.keys(allowed).length === 0) return { status: 204, headers: {}, content: '' };
  const headers = {
    ...allowed,
    'access-control-allow-methods': cors.AllowMethods.join(','),
    'access-control-allow-headers': cors.AllowHeaders.join(','),
    ...(cors.MaxAge !== undefined && { 'access-control-max-age': String(cors.MaxAge) }),
  };
  return { status: 204, headers, content: '' };
};
