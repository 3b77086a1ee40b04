/** Recognises a call and checks what comes before its content: key, Accept, Content-Type, JSON (midtrans.md §1). */
import type { IncomingMessage } from 'node:http';
import { Refused } from './errors.ts';
import type { Operation } from './fault.schema.ts';
import { parseBody, readText } from './http.ts';

/** `direct`: the legacy /refund/online/direct, where the bank confirms with the answer. */
export type Route = { readonly operation: Operation; readonly id: string; readonly direct: boolean };

export type Call = Exclude<Awaited<ReturnType<typeof readCall>>, 'not-json'>;

/** Ids that the gateway makes can be 255 characters long (§2.1). */
const pathId = /^[A-Za-z0-9._~-]{1,255}$/;
const onTransaction: readonly Operation[] = ['status', 'cancel', 'expire', 'refund', 'approve', 'deny'];

/** `malformed`: the path is one of the gateway's but its id cannot be an id (an HTML 404 in the real one). */
export const routeOf = (segments: readonly string[]): Route | 'malformed' | undefined => {
  const [version, first, second, ...rest] = segments;
  if (version !== 'v2' || first === undefined) return undefined;
  if (second === undefined)
    return first === 'charge' || first === 'capture' ? { operation: first, id: '', direct: false } : undefined;
  const direct = second === 'refund' && rest.join('/') === 'online/direct';
  const operation = onTransaction.find((name) => name === second);
  if (!operation || (rest.length > 0 && !direct)) return undefined;
  return pathId.test(first) ? { operation, id: first, direct } : 'malformed';
};

const accepts = (accept: string | undefined): boolean =>
  accept === undefined || /(^|[\s,])(application\/json|application\/\*|\*\/\*)/.test(accept);

/** At most two URLs in a header count (§1.3; the pages disagree on two or three). */
const urlsIn = (request: IncomingMessage, name: string): readonly string[] =>
  String(request.headers[name] ?? '')
    .split(',')
    .map((url) => url.trim())
    .filter((url) => URL.canParse(url))
    .slice(0, 2);

/**
 * @returns `not-json` for a Content-Type that is not JSON, which does not reach the gateway
 * @throws Refused when the gateway does not read the content
 */
export const readCall = async (request: IncomingMessage, route: Route, serverKey: string) => {
  const text = await readText(request);
  const { method, headers } = request;
  const isPost = method === 'POST';
  if (method !== (route.operation === 'status' ? 'GET' : 'POST')) throw new Refused('405');
  const credentials = Buffer.from(`${serverKey}:`).toString('base64');
  if (headers.authorization !== `Basic ${credentials}`) throw new Refused('401');
  if (!accepts(headers.accept)) throw new Refused('403');
  const contentType = headers['content-type'];
  if (isPost && text !== '' && !contentType?.startsWith('application/json')) return 'not-json';
  const json = parseBody(text);
  if (!json && isPost) throw new Refused('413');
  return {
    ...route,
    body: json?.value,
    contentType,
    idempotencyKey: isPost ? headers['idempotency-key']?.toString() : undefined,
    overrideUrls: urlsIn(request, 'x-override-notification'),
    appendUrls: urlsIn(request, 'x-append-notification'),
  };
};
