/** The OpenAPI 3.1 document, made from the routes and their schemas at build time. */
import * as z from 'zod/mini';
import { answers as dispatchAnswers } from '../functions/dispatch/dispatch.answers.ts';
import { routes as dispatchRoutes } from '../functions/dispatch/dispatch.routes.ts';
import { answers as ezpayAnswers } from '../functions/ezpay/ezpay.answers.ts';
import { routes as ezpayRoutes } from '../functions/ezpay/ezpay.routes.ts';
import { problemDetails } from '../functions/kernel/problem.schema.ts';
import {
  type Answer,
  type DeclaredProblem,
  type Route,
  type RouteAnswers,
  routeKey,
} from '../functions/kernel/route.ts';
import { answers as opsAnswers } from '../functions/ops/ops.answers.ts';
import { routes as opsRoutes } from '../functions/ops/ops.routes.ts';
import { answers as orderAnswers } from '../functions/orders/orders.answers.ts';
import { routes as orderRoutes } from '../functions/orders/orders.routes.ts';
import { answers as paymentAnswers } from '../functions/payments/payments.answers.ts';
import { routes as paymentRoutes } from '../functions/payments/payments.routes.ts';

const answers: Readonly<Record<string, RouteAnswers>> = {
  ...dispatchAnswers,
  ...ezpayAnswers,
  ...orderAnswers,
  ...paymentAnswers,
  ...opsAnswers,
};

const jsonSchema = (schema: z.ZodMiniType, io: 'input' | 'output'): object => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
};

const content = (schema: z.ZodMiniType | undefined) =>
  schema ? { content: { 'application/json': { schema: jsonSchema(schema, 'output') } } } : {};

const problem = (description: string, problems: readonly DeclaredProblem[] = []) => ({
  description,
  content: { 'application/problem+json': { schema: problemSchema(problems) } },
});

const base = { $ref: '#/components/schemas/Problem' };
const memberNames = ({ members }: DeclaredProblem) => (members ? jsonSchema(members, 'output') : {});

/** The codes of a status, and the members that some of them have. */
const problemSchema = (problems: readonly DeclaredProblem[]): object => {
  if (problems.length === 0) return base;
  const codes = { properties: { code: { enum: [...new Set(problems.map(({ code }) => code))] } } };
  const members = problems.filter((one) => one.members).map(memberNames);
  return { allOf: [base, codes], ...(members.length > 0 ? { anyOf: [...members, {}] } : {}) };
};

/** What any route with a token can answer besides its own answers. */
const common = (route: Route): Readonly<Record<string, object>> => ({
  ...(route.body || route.params ? { 400: problem('Some fields are invalid; `errors` names each.') } : {}),
  ...(route.public ? {} : { 401: { description: 'No token, an expired one, or one of another issuer.' } }),
  ...(route.roles ? { 403: problem('The role does not fit (WRONG_ROLE).') } : {}),
  ...(route.body ? { 413: problem('The body is larger than 64 KB.') } : {}),
  429: { description: 'Too many requests; send it again later.' },
  503: problem('Temporarily unavailable; retry the same request (Retry-After).'),
});

const described = (problems: readonly DeclaredProblem[]): string =>
  problems.map(({ code, message }) => `\`${code}\`: ${message}`).join('\n\n');

const responses = (route: Route): object => {
  const { problems = [], ...successes } = answers[routeKey(route)] ?? {};
  const byStatus = Map.groupBy(problems, ({ status = 409 }) => status);
  return {
    ...common(route),
    ...Object.fromEntries(
      Object.entries(successes as Readonly<Record<string, Answer>>).map(([status, { description, schema }]) => [
        status,
        { description, ...content(schema) },
      ]),
    ),
    ...Object.fromEntries([...byStatus].map(([status, ofStatus]) => [status, problem(described(ofStatus), ofStatus)])),
  };
};

const parameters = ({ params = {}, repeatable }: Route): readonly object[] => [
  ...Object.entries(params).map(([name, schema]) => ({
    name,
    in: 'path',
    required: true,
    schema: jsonSchema(schema, 'input'),
  })),
  ...(repeatable
    ? [
        {
          name: 'Idempotency-Key',
          in: 'header',
          required: false,
          description:
            'Unique for each request of the person; the same key again answers what the first request made. ' +
            'Kept for 30 days.',
          schema: { type: 'string', minLength: 1, maxLength: 64 },
        },
      ]
    : []),
];

const operationId = ({ method, path }: Route): string =>
  method.toLowerCase() + path.replace(/[{}.]/g, '').replace(/\/(.)/g, (_, first: string) => first.toUpperCase());

const operation = (route: Route): object => ({
  operationId: operationId(route),
  summary: route.summary,
  ...(route.description ? { description: route.description } : {}),
  ...(route.public ? { security: [] } : {}),
  parameters: parameters(route),
  ...(route.body
    ? { requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(route.body, 'input') } } } }
    : {}),
  responses: responses(route),
});

export const openApi = (): object => {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of [
    ...dispatchRoutes,
    ...ezpayRoutes,
    ...orderRoutes,
    ...paymentRoutes,
    ...opsRoutes,
  ] as readonly Route[])
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tuntas',
      version: '0.1.0',
      description: 'Every ride dispatched once, every payment taken once, nothing left hanging.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: { Problem: jsonSchema(problemDetails, 'output') },
    },
  };
};
