/** The environment variables that every function gets on one machine, in addition to those of the template. */
import { resolve } from 'node:path';
import type { Addresses } from './addresses.ts';

type Variables = Readonly<Record<string, string>>;
type VariablesOptions = {
  readonly root: string;
  readonly addresses: Addresses;
  readonly dynamoDb: string;
  /** Set for every function, after those of the template. */
  readonly overrides: Variables;
};

/** All variables of a function, by those of its template. */
export type VariablesFor = ReturnType<typeof variablesOf>;

export const variablesOf = ({ root, addresses, dynamoDb, overrides }: VariablesOptions) => {
  // Endpoints and keys of this machine: a developer's AWS configuration must not be read.
  const common: Variables = {
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: addresses.control,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb,
    AWS_ENDPOINT_URL_SQS: addresses.sqs,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    LANG: 'en_US.UTF-8',
  };
  return (own: Variables): Record<string, string> => {
    const merged = Object.entries({ ...common, ...own, ...overrides });
    const variables = Object.fromEntries(merged.map(([name, value]) => [name, addresses.rewrite(value)]));
    const { TUNTAS_FLAGS: flags } = variables;
    // A flags file is named from the project's root, wherever the host was started.
    return flags === undefined ? variables : { ...variables, TUNTAS_FLAGS: resolve(root, flags) };
  };
};
