/** A route of the HTTP API as data: the template, the OpenAPI document and the handler are made from the same value. */
import type * as z from 'zod/mini';
import type { Role } from './principal.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH';

/** One answer a route can give: the status, what it means, and the schema of the body. */
export type Answer = { readonly description: string; readonly schema?: z.ZodMiniType };

export type Route = {
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  /** Open to everyone, without a token. */
  readonly public?: true;
  /** Who may ask at all; whose item it is, is checked where the item is known. */
  readonly roles?: readonly Role[];
  readonly params?: Readonly<Record<string, z.ZodMiniType<string>>>;
  readonly body?: z.ZodMiniType;
  /** Takes the header `Idempotency-Key`. */
  readonly repeatable?: true;
};

export type RouteKey = `${Method} /${string}`;
export const routeKey = ({ method, path }: Pick<Route, 'method' | 'path'>): RouteKey => `${method} ${path}` as RouteKey;

/** The keys of a context's routes, so that a route without an endpoint does not compile. */
export type KeyOf<Routes extends readonly Route[]> = Routes[number] extends infer Each
  ? Each extends Route
    ? `${Each['method']} ${Each['path'] extends `/${string}` ? Each['path'] : never}`
    : never
  : never;

/** What each route can answer besides what any route can; kept apart from the routes, because no function needs it. */
export type Answers<Key extends string> = Readonly<Record<Key, Readonly<Record<number, Answer>>>>;
