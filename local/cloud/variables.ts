/** The environment variables that every function gets on one machine, besides its own. */
import { isAbsolute, resolve } from 'node:path';
import { LOOPBACK } from '../server/ports.ts';
import type { Places } from './addresses.ts';

export interface VariablesOptions {
  readonly root: string;
  readonly places: Places;
  readonly dynamoDb: string;
  /** Set for every function, after the template's own. */
  readonly overrides: Readonly<Record<string, string>>;
}

/** Endpoints and keys of this machine; a developer's own AWS configuration is out of reach. */
const awsVariables = ({ places, dynamoDb }: VariablesOptions): Record<string, string> => {
  const control = `http://${LOOPBACK}:${places.control}`;
  return {
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: control,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb,
    AWS_ENDPOINT_URL_SQS: `http://${LOOPBACK}:${places.sqs}`,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    LANG: 'en_US.UTF-8',
  };
};

/** A flags file is named from the project's root, wherever the host was started. */
const fromRoot = (root: string, path: string): string => (isAbsolute(path) ? path : resolve(root, path));

export const variablesOf = (options: VariablesOptions) => {
  const common = awsVariables(options);
  return (_name: string, own: Readonly<Record<string, string>>): Record<string, string> => {
    const merged: Record<string, string> = { ...common, ...own, ...options.overrides };
    const rewritten = Object.fromEntries(
      Object.entries(merged).map(([name, value]) => [name, options.places.rewrite(value)]),
    );
    return rewritten.TUNTAS_FLAGS === undefined
      ? rewritten
      : { ...rewritten, TUNTAS_FLAGS: fromRoot(options.root, rewritten.TUNTAS_FLAGS) };
  };
};
