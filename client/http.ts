/** HTTP over unreliable networks: attempts with a time-out, repeated while that can help, then a problem. */
import { type Backoff, backoff, retryAfter } from './pace.ts';
import { problemFrom, TuntasProblem } from './problem.ts';
import type { TokenProvider } from './types.ts';

/** The part of the platform's `fetch` that is used. */
export type Fetch = (
  url: string,
  init: {
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly signal: AbortSignal;
    readonly body?: string;
  },
) => Promise<{
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}>;

export type HttpOptions = {
  /** URL of the API: `https://…`, without a path. */
  readonly api: string;
  readonly token: TokenProvider;
  /** Instead of the platform's. */
  readonly fetch?: Fetch;
  /** Time for one attempt, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
  /** The most attempts of one request. Default 5. */
  readonly attempts?: number;
  /** The pauses between attempts. Default 300 ms doubling to 10 s, with full jitter. */
  readonly backoff?: Backoff;
};

export type Call = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT';
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends the call, also while it waits; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
};

/** Sends a call. Every call of the API is repeatable. @throws {TuntasProblem} */
export type Send = <Answer>(call: Call) => Promise<Answer>;

/** Temporary: the API or a proxy is overloaded or unavailable. */
const worthRepeating = new Set([429, 502, 503, 504]);
/** A longer pause than this is left to the app. */
const longestRetryAfterMs = 30_000;

const platformFetch = (): Fetch => {
  if (typeof globalThis.fetch !== 'function') throw new Error('this platform has no fetch: pass one in the options');
  return (url, init) => globalThis.fetch(url, init);
};

/** Not every platform gives a reason. */
const endedBy = (signal: AbortSignal): unknown => signal.reason ?? new Error('the call was ended');

const pause = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      if (signal) reject(endedBy(signal));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });

const unreachable = (cause: unknown): TuntasProblem =>
  new TuntasProblem(
    { status: 0, code: 'UNREACHABLE', detail: 'No answer came. Check the connection and try again.' },
    { cause },
  );

type Attempt = { readonly answer: unknown } | { readonly problem: TuntasProblem };

/** A mobile network can answer with an HTML page and status 200. */
const parsed = (text: string): Attempt => {
  try {
    return { answer: JSON.parse(text) };
  } catch (error) {
    return { problem: unreachable(error) };
  }
};

export const http = (options: HttpOptions): Send => {
  const { token, timeoutMs = 10_000, attempts = 5, backoff: waits = { firstMs: 300, longestMs: 10_000 } } = options;
  const api = options.api.replace(/\/+$/, '');
  const fetch = options.fetch ?? platformFetch();

  const once = async ({ method, path, body, headers, signal }: Call, bearer: string): Promise<Attempt> => {
    const attempt = new AbortController();
    const stop = () => attempt.abort();
    const timer = setTimeout(stop, timeoutMs);
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const response = await fetch(api + path, {
        method,
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${bearer}`,
          ...(body ? { 'content-type': 'application/json' } : {}),
          ...headers,
        },
        signal: attempt.signal,
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      const text = await response.text();
      if (response.status >= 200 && response.status < 300) return parsed(text);
      const retryAfterMs = retryAfter(response.headers.get('retry-after'), Date.now());
      return { problem: problemFrom(response.status, text, (name) => response.headers.get(name), retryAfterMs) };
    } catch (error) {
      if (signal?.aborted) throw endedBy(signal);
      return { problem: unreachable(error) };
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    }
  };

  const waitBefore = (attempt: number, { retryAfterMs }: TuntasProblem): number =>
    retryAfterMs === undefined
      ? backoff(attempt, waits, Math.random())
      : retryAfterMs + backoff(0, waits, Math.random());

  return async <Answer>(call: Call): Promise<Answer> => {
    let refused: string | undefined;
    for (let attempt = 1; ; attempt += 1) {
      if (call.signal?.aborted) throw endedBy(call.signal);
      const bearer = await token(refused);
      const result = await once(call, bearer);
      if ('answer' in result) return result.answer as Answer;
      const { problem } = result;
      if (problem.status === 401 && refused === undefined) {
        refused = bearer;
        continue;
      }
      const again = problem.status === 0 || worthRepeating.has(problem.status);
      if (!again || attempt >= attempts || (problem.retryAfterMs ?? 0) > longestRetryAfterMs) throw problem;
      await pause(waitBefore(attempt - 1, problem), call.signal);
    }
  };
};
