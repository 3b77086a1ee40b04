/** The event of payload format 2.0, and the HTTP response made of a function's result. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isRecord } from '../../json.ts';
import { json, type Reply } from '../../server/http.ts';
import { account } from '../addresses.ts';

export type JwtContext = {
  readonly claims: Readonly<Record<string, string>>;
  readonly scopes: readonly string[] | null;
};

type EventOptions = {
  readonly request: IncomingMessage;
  readonly body: Buffer;
  readonly routeKey: string;
  readonly parameters: Readonly<Record<string, string>> | undefined;
  readonly requestId: string;
  readonly apiId: string;
  readonly stage: string;
  readonly jwt: JwtContext | undefined;
};

/** API Gateway's form of a time, `21/Nov/2026:03:14:07 +0000`. */
export const commonLogTime = (date: Date): string => {
  const [, day, month, year, time] = date.toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
};

const textTypes = /^(text\/|application\/(json|xml|javascript)\b|application\/[\w.+-]+\+(json|xml)\b)/i;

/** API Gateway passes as text what its content type says is text, and a body without a type. */
const isText = (contentType: string | undefined): boolean => contentType === undefined || textTypes.test(contentType);

const flatHeaders = ({ cookie: _, ...headers }: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );

/** Repeated names are joined by commas; a missing query has no such field. */
const queryOf = (raw: string): Record<string, string> | undefined => {
  if (raw === '') return undefined;
  const query: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(raw)) query[name] = name in query ? `${query[name]},${value}` : value;
  return query;
};

/** A claim as text: a list becomes `[rider driver]`, an object stays JSON. */
export const claimText = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(claimText).join(' ')}]`;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
};

/** Claims are all texts; one that is null is left out. */
export const claimTexts = (claims: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(claims)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, claimText(value)]),
  );

export const httpEvent = (options: EventOptions): Record<string, unknown> => {
  const { request, body, routeKey, parameters, jwt } = options;
  const [path = '/', ...rest] = (request.url ?? '/').split('?');
  const rawQueryString = rest.join('?');
  const query = queryOf(rawQueryString);
  const headers = flatHeaders(request.headers);
  const now = new Date();
  const domainName = headers.host ?? '127.0.0.1';
  const text = isText(headers['content-type']);
  const { cookie } = request.headers;
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString,
    ...(cookie !== undefined && { cookies: cookie.split('; ') }),
    headers,
    ...(query && { queryStringParameters: query }),
    requestContext: {
      accountId: account,
      apiId: options.apiId,
      ...(jwt && { authorizer: { jwt } }),
      domainName,
      domainPrefix: options.apiId,
      http: {
        method: request.method,
        path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: options.requestId,
      routeKey,
      stage: options.stage,
      time: commonLogTime(now),
      timeEpoch: now.getTime(),
    },
    ...(parameters && { pathParameters: parameters }),
    ...(body.length > 0 && { body: text ? body.toString('utf8') : body.toString('base64') }),
    isBase64Encoded: body.length > 0 && !text,
  };
};

export const messageReply = (status: number, message: string): Reply => json(status, { message });

/** A result with a status code is the response, any other the body of a 200; undefined for an invalid response. */
export const replyOf = (payload: string): Reply | undefined => {
  const result: unknown = JSON.parse(payload);
  if (!isRecord(result) || !('statusCode' in result))
    return { status: 200, headers: { 'content-type': 'application/json' }, content: payload };
  const { statusCode, headers = {}, cookies, body = '', isBase64Encoded } = result;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599 || typeof body !== 'string' || !isRecord(headers))
    return undefined;
  const own: Record<string, string | readonly string[]> = { 'content-type': 'text/plain;charset=UTF-8' };
  for (const [name, value] of Object.entries(headers)) own[name.toLowerCase()] = String(value);
  if (Array.isArray(cookies)) own['set-cookie'] = cookies.map(String);
  return { status, headers: own, content: isBase64Encoded === true ? Buffer.from(body, 'base64') : body };
};
