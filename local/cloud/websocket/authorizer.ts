/** The REQUEST Lambda authorizer of a WebSocket API: its answer is a policy, and "Unauthorized" means 401. */
import type { LambdaFunction } from '../lambda/functions.ts';
import { z } from '../template/schema.ts';

const oneOrMany = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

const answerSchema = z.looseObject({
  principalId: z.coerce.string(),
  policyDocument: z.looseObject({
    Statement: z.array(z.looseObject({ Effect: z.string(), Action: oneOrMany, Resource: oneOrMany })),
  }),
  context: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});

type Statement = z.infer<typeof answerSchema>['policyDocument']['Statement'][number];

export type Verdict =
  | { readonly allowed: true; readonly context: Readonly<Record<string, unknown>> }
  | { readonly allowed: false; readonly status: 401 | 403 | 500 };

const matches = (pattern: string, value: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
  ).test(value);

const covers = ({ Action, Resource }: Statement, arn: string): boolean =>
  Action.some((action) => matches(action.toLowerCase(), 'execute-api:invoke')) &&
  Resource.some((resource) => matches(resource, arn));

/** Asks the authorizer about a handshake. Context values reach the routes as texts, as on AWS. */
export const askAuthorizer = async (
  authorizer: LambdaFunction,
  event: Readonly<Record<string, unknown>>,
  arn: string,
): Promise<Verdict> => {
  const started = performance.now();
  const outcome = await authorizer.invoke(JSON.stringify({ type: 'REQUEST', methodArn: arn, ...event }));
  if (!outcome.ok) return { allowed: false, status: outcome.error.errorMessage === 'Unauthorized' ? 401 : 500 };
  const answer = answerSchema.safeParse(JSON.parse(outcome.payload));
  if (!answer.success) return { allowed: false, status: 500 };
  const { principalId, policyDocument, context } = answer.data;
  const relevant = policyDocument.Statement.filter((statement) => covers(statement, arn));
  const allowed =
    relevant.some(({ Effect }) => Effect === 'Allow') && !relevant.some(({ Effect }) => Effect === 'Deny');
  if (!allowed) return { allowed: false, status: 403 };
  const texts = Object.fromEntries(Object.entries(context).map(([name, value]) => [name, String(value)]));
  return {
    allowed: true,
    context: { ...texts, principalId, integrationLatency: Math.round(performance.now() - started) },
  };
};
