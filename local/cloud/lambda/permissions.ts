/** What the role of each function allows, read from its policies: the environment refuses every other call to a table, a queue or a bus. */
import { text, unused, z } from '../template/schema.ts';
import type { Stack } from '../template/stack.ts';

const list = z.union([text.transform((one) => [one]), z.array(text)]);

const schema = z.strictObject({
  PolicyName: unused,
  PolicyDocument: z.strictObject({
    Version: unused,
    Statement: z.array(
      z.strictObject({
        Sid: unused,
        Effect: z.literal('Allow', 'only what is allowed is known here'),
        Action: list,
        Resource: list,
        // Held to what is sent, as the sender of a mail; the mailbox takes any.
        Condition: unused,
      }),
    ),
  }),
  Roles: z.array(text),
});

/** Plain data: an environment gets it as it is. */
export interface Allowed {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** @returns the function that finds what a role allows; undefined for a role that is not in the template */
export const readPermissions = (stack: Stack): ((roleArn: string | undefined) => readonly Allowed[] | undefined) => {
  const byRole = new Map<string, Allowed[]>();
  for (const { properties } of stack.read('AWS::IAM::Policy', schema)) {
    const allowed = properties.PolicyDocument.Statement.map(({ Action, Resource }) => ({
      actions: Action,
      resources: Resource,
    }));
    for (const role of properties.Roles) byRole.set(role, [...(byRole.get(role) ?? []), ...allowed]);
  }
  return (roleArn) => byRole.get(roleArn?.split('/').at(-1) ?? '');
};
