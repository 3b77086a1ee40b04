/** The stack as its readers see it: resources by type, parsed strictly, with nothing left unread. */
import type * as z from 'zod';
import { account, region } from '../addresses.ts';
import type { Assembly } from './assembly.ts';
import { identityOf, type Subject } from './identities.ts';
import { deliberatelyIgnored } from './ignored.ts';
import { type Identity, noValue, resolver } from './resolve.ts';

export type Found<Properties> = { readonly id: string; readonly properties: Properties };
export type Stack = ReturnType<typeof openStack>;

type StackOptions = {
  readonly assembly: Assembly;
  readonly addresses: Subject['addresses'];
  readonly parameters?: Readonly<Record<string, string>>;
};

const pseudoParameters = (stackName: string): Readonly<Record<string, string>> => ({
  'AWS::AccountId': account,
  'AWS::Region': region,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': stackName,
  'AWS::StackId': `arn:aws:cloudformation:${region}:${account}:stack/${stackName}/local`,
});

const issueText = (id: string, type: string, error: z.ZodError): string =>
  error.issues
    .map((issue) => {
      const path = ['Properties', ...issue.path].join('.');
      return issue.code === 'unrecognized_keys'
        ? `${id} (${type}): the local stack does not know ${issue.keys.map((key) => `${path}.${key}`).join(', ')}`
        : `${id} (${type}): ${path}: ${issue.message}`;
    })
    .join('\n');

export const openStack = ({ assembly, addresses, parameters = {} }: StackOptions) => {
  const { template, stackName } = assembly;
  const identities = new Map<string, Identity>();
  const readTypes = new Set<string>();

  const identify = (id: string): Identity => {
    const known = identities.get(id);
    if (known) return known;
    const resource = template.Resources[id];
    if (!resource) throw new Error(`${id} is not in the template`);
    const property = (name: string): string | undefined => {
      const value = resolve(resource.Properties?.[name], `${id}.Properties.${name}`);
      return typeof value === 'string' ? value : undefined;
    };
    const identity = identityOf({ id, type: resource.Type, property, stackName, addresses });
    identities.set(id, identity);
    return identity;
  };

  const resolve = resolver({ template, parameters, pseudo: pseudoParameters(stackName), identify });
  const holds = (condition: string | undefined): boolean =>
    condition === undefined || resolve({ Condition: condition }, condition) === true;
  const resources = Object.entries(template.Resources).filter(([, { Condition }]) => holds(Condition));

  return {
    name: stackName,
    assetFolder: assembly.assetFolder,
    identify,
    /** All resources of a type. A property that the schema does not name is an error: it could change behaviour. */
    read: <Schema extends z.ZodType>(type: string, schema: Schema): readonly Found<z.infer<Schema>>[] => {
      readTypes.add(type);
      return resources
        .filter(([, resource]) => resource.Type === type)
        .map(([id, { Properties }]) => {
          const parsed = schema.safeParse(resolve(Properties ?? {}, `${id}.Properties`));
          if (!parsed.success) throw new Error(issueText(id, type, parsed.error));
          return { id, properties: parsed.data };
        });
    },
    outputs: (): Readonly<Record<string, string>> =>
      Object.fromEntries(
        Object.entries(template.Outputs)
          .filter(([, { Condition }]) => holds(Condition))
          .map(([name, { Value }]) => [name, resolve(Value, `Outputs.${name}`)] as const)
          .filter(([, value]) => value !== noValue)
          .map(([name, value]) => [name, String(value)]),
      ),
    /** @throws for each resource whose type was not read. @returns what is left out deliberately */
    finish: (): Readonly<Record<string, readonly string[]>> => {
      const left = resources.filter(([, { Type }]) => !readTypes.has(Type));
      const unknown = left.filter(([, { Type }]) => !deliberatelyIgnored.has(Type));
      if (unknown.length > 0) {
        throw new Error(
          unknown.map(([id, { Type }]) => `${id}: the local stack does not know the resource type ${Type}`).join('\n'),
        );
      }
      return Object.fromEntries(
        [...Map.groupBy(left, ([, { Type }]) => Type)].map(([type, found]) => [type, found.map(([id]) => id)]),
      );
    },
  };
};
