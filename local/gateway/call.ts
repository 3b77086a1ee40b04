// Recognises a call of the gateway's API and checks what comes before its content: key, Accept, Content-Type, JSON (midtrans.md §1).
import type { IncomingMessage } from 'node:http';
import type { Trouble } from './answer.ts';
import type { Operation } from './fault.schema.ts';
import { headerOf, parseJson, readText } from './http.ts';

export type Route = { readonly operation: Operation; readonly id: string; readonly direct: boolean };

export type Call = Route & {
  readonly body: unknown;
  readonly contentType: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly overrideUrls: readonly string[];
  readonly appendUrls: readonly string[];
};

/** Ids the gateway makes itself can be 255 characters long (§2.1). */
const PATH_ID = /^[A-Za-z0-9._~-]{1,255}$/;
const ON_TRANSACTION: readonly string[] = [
  'status',
  'cancel',
  'expire',
  'refund',
  'approve',
  'deny',
] satisfies Operation[];

const isOnTransaction = (name: string | undefined): name is Operation =>
  name !== undefined && ON_TRANSACTION.includes(name);

/** `malformed`: the path is one of ours but its id cannot be an id (an HTML 404 in the real one). */
export const routeOf = (segments: readonly string[]): Route | 'malformed' | undefined => {
  const [version, first, second, ...rest] = segments;
  if (version !== 'v2' || first === undefined) return undefined;
  if (second === undefined)
    return first === 'charge' || first === 'capture' ? { operation: first, id: '', direct: false } : undefined;
  const direct = second === 'refund' && rest.join('/') === 'online/direct';
  if (!isOnTransaction(second) || (rest.length > 0 && !direct)) return undefined;
  return PATH_ID.test(first) ? { operation: second, id: first, direct } : 'malformed';
};

export const methodFor = (operation: Operation): 'GET' | 'POST' => (operation === 'status' ? 'GET' : 'POST');

const accepts = (accept: string | undefined): boolean =>
  accept === undefined || /(^|[\s,])(application\/json|application\/\*|\*\/\*)/.test(accept);

export const basicAuthorization = (serverKey: string): string =>
  `Basic ${Buffer.from(`${serverKey}:`).toString('base64')}`;

/** At most two URLs in a header count (§1.3; the pages disagree on two or three). */
const urlsIn = (request: IncomingMessage, name: string): readonly string[] =>
  (headerOf(request, name) ?? '')
    .split(',')
    .map((url) => url.trim())
    .filter((url) => URL.canParse(url))
    .slice(0, 2);

/** Reads a call, or says why the gateway does not even look at it. 415 stands for a Content-Type that is not JSON. */
export const readCall = async (
  request: IncomingMessage,
  route: Route,
  serverKey: string,
): Promise<Call | Trouble | '415'> => {
  const text = await readText(request);
  if (request.method !== methodFor(route.operation)) return { code: '405' };
  if (headerOf(request, 'authorization') !== basicAuthorization(serverKey)) return { code: '401' };
  if (!accepts(headerOf(request, 'accept'))) return { code: '403' };
  const contentType = headerOf(request, 'content-type');
  if (request.method === 'POST' && text !== '' && !contentType?.startsWith('application/json')) return '415';
  const json = text === undefined ? undefined : parseJson(text);
  if (!json && request.method === 'POST') return { code: '413' };
  return {
    ...route,
    body: json?.value,
    contentType,
    idempotencyKey: request.method === 'POST' ? headerOf(request, 'idempotency-key') : undefined,
    overrideUrls: urlsIn(request, 'x-override-notification'),
    appendUrls: urlsIn(request, 'x-append-notification'),
  };
};
