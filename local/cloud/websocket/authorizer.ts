/** The REQUEST Lambda authorizer of a WebSocket API: its answer is a policy, and "Unauthorized" means 401. */
import type { LambdaFunction } from '../lambda/functions.ts';
import { wildcard } from '../regexp.ts';
import { oneOrMore, z } from '../template/schema.ts';

const answerSchema = z.looseObject({
  principalId: z.coerce.string(),
  policyDocument: z.looseObject({
    Statement: z.array(z.looseObject({ Effect: z.string(), Action: oneOrMore, Resource: oneOrMore })),
  }),
  context: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).default({}),
});

type Authorization = { readonly context: Readonly<Record<string, unknown>> } | { readonly status: 401 | 403 | 500 };

const matches = (pattern: string, value: string): boolean => new RegExp(`^${wildcard(pattern)}$`).test(value);

/** Asks the authorizer about a handshake. Context values reach the routes as texts, as on AWS. */
export const authorizeConnection = async (
  authorizer: LambdaFunction,
  event: Readonly<Record<string, unknown>> & { readonly methodArn: string },
): Promise<Authorization> => {
  const started = performance.now();
  const outcome = await authorizer.invoke(JSON.stringify({ type: 'REQUEST', ...event }));
  if (!outcome.ok) return { status: outcome.error.errorMessage === 'Unauthorized' ? 401 : 500 };
  const answer = answerSchema.safeParse(JSON.parse(outcome.payload));
  if (!answer.success) return { status: 500 };
  const { principalId, policyDocument, context } = answer.data;
  const effects = policyDocument.Statement.filter(
    ({ Action, Resource }) =>
      Action.some((action) => matches(action.toLowerCase(), 'execute-api:invoke')) &&
      Resource.some((resource) => matches(resource, event.methodArn)),
  ).map(({ Effect }) => Effect);
  if (!effects.includes('Allow') || effects.includes('Deny')) return { status: 403 };
  return { context: { ...context, principalId, integrationLatency: Math.round(performance.now() - started) } };
};
