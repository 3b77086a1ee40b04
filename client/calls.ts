/** Paths, verbs and keys of the calls of the API. */
import type { Send } from './http.ts';

type Options = { readonly signal?: AbortSignal | undefined; readonly key?: string | undefined };
export type Calls = ReturnType<typeof calls>;

/** The path of one item of a collection, and of what belongs to it. */
export const pathOf = (collection: 'rides' | 'orders' | 'payments' | 'ezpay' | 'cars', id: string, rest = ''): string =>
  `/${collection}/${encodeURIComponent(id)}${rest}`;

export const calls = (send: Send) => ({
  send,
  get: <Answer>(path: string, { signal }: Options = {}) => send<Answer>({ method: 'GET', path, signal }),
  post: <Answer>(path: string, body: object | undefined, { signal, key }: Options = {}) =>
    send<Answer>({
      method: 'POST',
      path,
      signal,
      ...(body ? { body } : {}),
      ...(key ? { headers: { 'idempotency-key': key } } : {}),
    }),
});

/** 128 bits. `randomUUID` is missing in React Native and on pages without TLS. */
export const newKey = (): string => {
  const bytes = new Uint8Array(16);
  const { crypto } = globalThis as { crypto?: { getRandomValues(bytes: Uint8Array): unknown } };
  if (crypto) crypto.getRandomValues(bytes);
  else for (let i = 0; i < bytes.length; i += 1) bytes[i] = Math.floor(Math.random() * 256);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
};
