/** What the policies of the template allow a thing: a Deny wins, and what no statement allows is refused. */
import { literally, wildcard } from '../regexp.ts';
import { oneOrMore, text, unused, z } from '../template/schema.ts';
import type { Stack } from '../template/stack.ts';
import type { Thing } from './things.ts';

const statementSchema = z.strictObject({
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMore,
  Resource: oneOrMore,
  ...unused('Sid'),
});
const schema = z.strictObject({
  PolicyName: text.optional(),
  PolicyDocument: z.strictObject({
    Version: z.literal('2012-10-17'),
    Statement: z.union([z.array(statementSchema), statementSchema.transform((one) => [one])]),
  }),
  ...unused('Tags'),
});

export type Action = 'iot:Connect' | 'iot:Publish' | 'iot:RetainPublish';
/** @param what the resource: `client/meter-1`, `topic/tuntas/cars/B1/argo` */
export type May = (thing: Thing, action: Action, what: string) => boolean;

type Statement = z.infer<typeof statementSchema>;
const variable = /\$\{([^}]*)\}/g;
const attribute = /^iot:Connection\.Thing\.Attributes\[([^\]]+)\]$/;
const arn = /^arn:[^:]*:iot:[^:]*:[^:]*:(.+)$/;

const namedBy = (name: string, thing: Thing): string | undefined =>
  name === 'iot:Connection.Thing.ThingName' ? thing.name : thing.attributes[attribute.exec(name)?.[1] ?? ''];

/** Devices read nothing here: what would let them is not known. */
const check = ({ Effect, Action, Resource }: Statement, place: string): void => {
  const known = Effect === 'Deny' ? /^iot:/ : /^iot:(Connect|Publish|RetainPublish)$/;
  const unknown = Action.find((action) => !known.test(action));
  if (unknown) throw new Error(`${place}: the action ${unknown} is not known here`);
  for (const resource of Resource) {
    if (resource !== '*' && !arn.test(resource)) throw new Error(`${place}: ${resource} is not a resource of IoT Core`);
    for (const [whole, name = ''] of resource.matchAll(variable))
      if (name !== 'iot:Connection.Thing.ThingName' && !attribute.test(name))
        throw new Error(`${place}: ${whole} is not known here`);
  }
};

/** A wildcard is one only where the policy has it, never in what a thing is called. */
const covers = (resource: string, thing: Thing, what: string): boolean => {
  if (resource === '*') return true;
  const pattern = arn.exec(resource)?.[1] ?? '';
  const names = [...pattern.matchAll(variable)].map(([, name = '']) => namedBy(name, thing));
  if (names.some((value) => value === undefined)) return false;
  const plain = pattern.split(/\$\{[^}]*\}/).map(wildcard);
  const source = plain.reduce((whole, part, i) => whole + literally(names[i - 1] ?? '') + part);
  return new RegExp(`^${source}$`).test(what);
};

/** Every policy of the template is attached to every thing. @throws with what of a policy is not known here */
export const readPolicies = (stack: Stack): May => {
  const statements = stack.read('AWS::IoT::Policy', schema).flatMap(({ id, properties }) => {
    const { Statement } = properties.PolicyDocument;
    for (const one of Statement) check(one, `${id}.Properties.PolicyDocument`);
    return Statement;
  });
  return (thing, action, what) => {
    const relevant = statements.filter(
      ({ Action, Resource }) =>
        Action.some((one) => one === action || one === 'iot:*') &&
        Resource.some((resource) => covers(resource, thing, what)),
    );
    return relevant.some(({ Effect }) => Effect === 'Allow') && !relevant.some(({ Effect }) => Effect === 'Deny');
  };
};
