/** Calls other services over the `fetch` of Node. */
import type { Http } from './ports.ts';

/** The Fetch standard turns an answer 407 into a network error; every other network error has a code or a message. */
const isHidden407 = (error: unknown): boolean => {
  const { cause } = error as { readonly cause?: { readonly message?: unknown; readonly code?: unknown } };
  return cause?.message === '' && cause.code === undefined;
};

export const http: Http = async (url, { method = 'GET', headers = {}, body, timeoutMs }) => {
  try {
    const response = await fetch(url, {
      method,
      headers,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    if (method !== 'GET' || !isHidden407(error)) throw error;
    const { getWithoutFetch } = await import('./http-407.ts');
    return getWithoutFetch(url, { headers, timeoutMs });
  }
};
