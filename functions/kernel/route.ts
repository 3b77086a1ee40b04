/** A route of the HTTP API as data: source of the template, OpenAPI document, handler and endpoint types. */
import type * as z from 'zod/mini';
import type { Principal, Role } from './principal.ts';
import type { Instant } from './types.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH';

export type Route = {
  readonly method: Method;
  readonly path: `/${string}`;
  readonly summary: string;
  readonly description?: string;
  /** Open to everyone, without a token. */
  readonly public?: true;
  /** Roles that may call it; the owner of an item is checked where the item is known. */
  readonly roles?: readonly Role[];
  readonly params?: Readonly<Record<string, z.ZodMiniType<string, string>>>;
  readonly body?: z.ZodMiniType;
  /** Takes the header `Idempotency-Key`. */
  readonly repeatable?: true;
};

export type RouteKey = `${Method} /${string}`;
export const routeKey = ({ method, path }: Pick<Route, 'method' | 'path'>): RouteKey => `${method} ${path}`;

/** The keys of a context's routes, so that a route without an endpoint does not compile. */
export type KeyOf<Each extends Route> = Each extends Route ? `${Each['method']} ${Each['path']}` : never;
type WithKey<Each extends Route, Key> = Each extends Route ? (KeyOf<Each> extends Key ? Each : never) : never;

type ParamsOf<R> = R extends { readonly params: infer Params extends NonNullable<Route['params']> }
  ? { readonly [Name in keyof Params]: z.output<Params[Name]> }
  : Readonly<Record<string, never>>;
type BodyOf<R> = R extends { readonly body: infer Body extends z.ZodMiniType } ? z.output<Body> : undefined;

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;
/** The body that an answer of this schema may have. */
export type BodyFor<Schema extends z.ZodMiniType> = DeepReadonly<z.input<Schema>>;

type Success = 200 | 201 | 202;
export type Answer = { readonly description: string; readonly schema: z.ZodMiniType };
/** A refusal that a route can answer; `members`: its members in addition to those of problem details. */
export type DeclaredProblem = {
  readonly code: string;
  readonly message: string;
  readonly status?: number;
  readonly members?: z.ZodMiniObject;
};
/** What a route can answer in addition to what any route can. Separate from the routes: no function needs it. */
export type RouteAnswers = { readonly [Status in Success]?: Answer } & {
  readonly problems?: readonly DeclaredProblem[];
};
export type Answers<Each extends Route> = { readonly [Key in KeyOf<Each>]: RouteAnswers };

/** A request whose parts are all checked. */
export type HttpRequest<R = Route> = {
  readonly principal: Principal;
  /** Claims of the verified token; API Gateway passes all values as text. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly params: ParamsOf<R>;
  readonly body: BodyOf<R>;
  /** The body as it was sent. */
  readonly text: string;
  readonly idempotencyKey: string | undefined;
  readonly requestId: string;
  readonly at: Instant;
};
export type HttpAnswer<Body = unknown, Status = number> = {
  readonly status: Status;
  readonly body: Body;
  readonly headers?: Readonly<Record<string, string>>;
};
type AnswerTo<Given> = {
  [Status in keyof Given & Success]: Given[Status] extends { readonly schema: infer Schema extends z.ZodMiniType }
    ? HttpAnswer<BodyFor<Schema>, Status>
    : never;
}[keyof Given & Success];

/** What each route does: it takes what the route declares and returns what its answers declare. */
export type Endpoints<Routes extends readonly Route[], Given extends Answers<Routes[number]>> = {
  readonly [Key in KeyOf<Routes[number]>]: (
    request: HttpRequest<WithKey<Routes[number], Key>>,
  ) => Promise<AnswerTo<Given[Key]>>;
};
