/** The stack as its readers see it: resources by type, parsed strictly, with nothing left unread. */
import type * as z from 'zod';
import type { Assembly } from './assembly.ts';
import { type Addresses, identityOf } from './identities.ts';
import { deliberatelyIgnored } from './ignored.ts';
import { type Identity, NO_VALUE, resolver } from './resolve.ts';

export interface Found<Properties> {
  readonly id: string;
  readonly properties: Properties;
}

export interface Stack {
  readonly name: string;
  readonly assetFolder: (s3Key: string) => string;
  readonly identify: (logicalId: string) => Identity;
  /** All resources of a type. A property that the schema does not name is an error: it could change behaviour. */
  readonly read: <Schema extends z.ZodType>(type: string, schema: Schema) => readonly Found<z.infer<Schema>>[];
  readonly outputs: () => Readonly<Record<string, string>>;
  /** Fails for every resource whose type nobody has read; gives back what is left out deliberately. */
  readonly finish: () => Readonly<Record<string, readonly string[]>>;
}

export interface StackOptions {
  readonly assembly: Assembly;
  readonly parameters: Readonly<Record<string, string>>;
  readonly pseudo: Readonly<Record<string, string>>;
  readonly addresses: Addresses;
}

const issueText = (id: string, type: string, error: z.ZodError): string =>
  error.issues
    .map((issue) => {
      const path = ['Properties', ...issue.path].join('.');
      return issue.code === 'unrecognized_keys'
        ? `${id} (${type}): the local stack does not know ${issue.keys.map((key) => `${path}.${key}`).join(', ')}`
        : `${id} (${type}): ${path}: ${issue.message}`;
    })
    .join('\n');

export const openStack = ({ assembly, parameters, pseudo, addresses }: StackOptions): Stack => {
  const { template } = assembly;
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
    const identity = identityOf({
      id,
      type: resource.Type,
      property,
      stackName: assembly.stackName,
      pseudo,
      addresses,
    });
    identities.set(id, identity);
    return identity;
  };

  const resolve = resolver({ template, parameters, pseudo, identify });
  const holds = (condition: string | undefined): boolean =>
    condition === undefined || resolve({ Condition: condition }, condition) === true;
  const resources = Object.entries(template.Resources).filter(([, { Condition }]) => holds(Condition));

  return {
    name: assembly.stackName,
    assetFolder: assembly.assetFolder,
    identify,
    read: (type, schema) => {
      readTypes.add(type);
      return resources
        .filter(([, resource]) => resource.Type === type)
        .map(([id, { Properties }]) => {
          const parsed = schema.safeParse(resolve(Properties ?? {}, `${id}.Properties`));
          if (!parsed.success) throw new Error(issueText(id, type, parsed.error));
          return { id, properties: parsed.data };
        });
    },
    outputs: () =>
      Object.fromEntries(
        Object.entries(template.Outputs)
          .filter(([, { Condition }]) => holds(Condition))
          .map(([name, { Value }]) => [name, resolve(Value, `Outputs.${name}`)] as const)
          .filter(([, value]) => value !== NO_VALUE)
          .map(([name, value]) => [name, String(value)]),
      ),
    finish: () => {
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
