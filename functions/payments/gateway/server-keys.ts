/** The gateway's server keys: the first signs our calls, all of them verify notifications, so that a key can be changed. */
import { fetchKeys, type Keys, keysIn, secretKeys } from '../../platform/secret-keys.ts';

export type ServerKeys = Keys;
/** The keys begin with it; a key of the other environment would charge real money in a test, or nobody in production. */
export type Environment = 'sandbox' | 'production' | 'local';

const prefixes: Readonly<Record<Environment, string>> = {
  sandbox: 'SB-Mid-server-',
  production: 'Mid-server-',
  local: '',
};

/** @throws when there is no key, or one of another environment; the message never holds a key */
export const guarded = (keys: readonly string[], environment: Environment): readonly string[] => {
  if (keys.length === 0) throw new Error('there is no server key of the gateway');
  if (!keys.every((key) => key.startsWith(prefixes[environment])))
    throw new Error(`a server key of the gateway is not one of the environment ${environment}`);
  return keys;
};

/**
 * From MIDTRANS_SERVER_KEYS (one machine), else from the secret named by MIDTRANS_SECRET_ID.
 */
export const serverKeys = (
  variables: NodeJS.ProcessEnv,
  now: () => number,
  fetchSecret: (id: string) => Promise<readonly string[]> = fetchKeys,
): ServerKeys => {
  const environment = (variables.MIDTRANS_ENVIRONMENT ?? 'local') as Environment;
  const secretId = variables.MIDTRANS_SECRET_ID;
  if (variables.MIDTRANS_SERVER_KEYS) {
    const keys = guarded(keysIn(variables.MIDTRANS_SERVER_KEYS), environment);
    return async () => keys;
  }
  if (!secretId) throw new Error('neither MIDTRANS_SERVER_KEYS nor MIDTRANS_SECRET_ID is set');
  return secretKeys(
    () => fetchSecret(secretId),
    now,
    (keys) => guarded(keys, environment),
  );
};
