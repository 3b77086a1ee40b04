/** What the policies of each function's role allow: the environment refuses any other call to a table, queue or bus. */
import { oneOrMore, text, unused, z } from '../template/schema.ts';
import type { Stack } from '../template/stack.ts';

const schema = z.strictObject({
  PolicyDocument: z.strictObject({
    Statement: z.array(
      z.strictObject({
        Effect: z.literal('Allow', 'only what is allowed is known here'),
        Action: oneOrMore,
        Resource: oneOrMore,
        // A condition is about what is sent, as the sender of a mail; the mailbox takes any.
        ...unused('Sid', 'Condition'),
      }),
    ),
    ...unused('Version'),
  }),
  Roles: z.array(text),
  ...unused('PolicyName'),
});

/** Plain data, which an environment receives unchanged. */
export type Allowed = { readonly actions: readonly string[]; readonly resources: readonly string[] };

/** @returns the function that finds what a role allows; undefined for a role that is not in the template */
export const readPermissions = (stack: Stack): ((roleArn: string | undefined) => readonly Allowed[] | undefined) => {
  const byRole = new Map<string, Allowed[]>();
  for (const { properties } of stack.read('AWS::IAM::Policy', schema)) {
    const { Statement } = properties.PolicyDocument;
    const allowed = Statement.map(({ Action: actions, Resource: resources }) => ({ actions, resources }));
    for (const role of properties.Roles) byRole.set(role, [...(byRole.get(role) ?? []), ...allowed]);
  }
  return (roleArn) => byRole.get(roleArn?.split('/').at(-1) ?? '');
};
