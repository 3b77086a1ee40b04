/** The gateway's server keys: the first signs our calls, all of them verify notifications, so that a key can be changed. */
export type ServerKeys = () => Promise<readonly string[]>;
/** The keys begin with it; a key of the other environment would charge real money in a test, or nobody in production. */
export type Environment = 'sandbox' | 'production' | 'local';

const freshMs = 5 * 60_000;
const prefixes: Readonly<Record<Environment, string>> = { sandbox: 'SB-Mid-server-', production: 'Mid-server-', local: '' };

/** Secret stores love to add a newline at the end; it would spoil the signature. */
export const keysIn = (secret: string): readonly string[] => secret.split(/[\s,]+/).filter(Boolean);

/** @throws when there is no key, or one of another environment; the message never holds a key */
export const guarded = (keys: readonly string[], environment: Environment): readonly string[] => {
  if (keys.length === 0) throw new Error('there is no server key of the gateway');
  if (!keys.every((key) => key.startsWith(prefixes[environment])))
    throw new Error(`a server key of the gateway is not one of the environment ${environment}`);
  return keys;
};

const fetched = async (id: string): Promise<readonly string[]> => {
  const { readSecret } = await import('./secret.client.ts');
  return keysIn(await readSecret(id));
};

/**
 * From MIDTRANS_SERVER_KEYS (one machine), else from the secret named by MIDTRANS_SECRET_ID: keys with commas or newlines between
 * them. Kept for five minutes; when the secret cannot be read again, the keys known are used on.
 */
export const serverKeys = (
  variables: NodeJS.ProcessEnv,
  now: () => number,
  fetchSecret: (id: string) => Promise<readonly string[]> = fetched,
): ServerKeys => {
  const environment = (variables.MIDTRANS_ENVIRONMENT ?? 'local') as Environment;
  const secretId = variables.MIDTRANS_SECRET_ID;
  if (variables.MIDTRANS_SERVER_KEYS) {
    const keys = guarded(keysIn(variables.MIDTRANS_SERVER_KEYS), environment);
    return async () => keys;
  }
  if (!secretId) throw new Error('neither MIDTRANS_SERVER_KEYS nor MIDTRANS_SECRET_ID is set');
  let known: readonly string[] | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (known && now() - readAt < freshMs) return known;
    readAt = now();
    try {
      known = guarded(await fetchSecret(secretId), environment);
    } catch (error) {
      if (!known) throw error;
    }
    return known;
  };
};
