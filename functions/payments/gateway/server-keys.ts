/** The gateway's server keys: the first signs our calls, all verify notifications, so that a key can be changed. */
import type { BasePorts, Env } from '../../platform/ports.ts';
import { type Keys, secretKeys } from '../../platform/secret-keys.ts';

/** Of keys: a key of the other environment would charge real money in a test, or none in production. */
const prefixes = { sandbox: 'SB-Mid-server-', production: 'Mid-server-', local: '' } as const;
export type Environment = keyof typeof prefixes;

/** @throws when there is no key, or one of another environment; the message never holds a key */
export const guarded = (keys: readonly string[], environment: Environment): readonly string[] => {
  if (keys.length === 0) throw new Error('there is no server key of the gateway');
  if (!keys.every((key) => key.startsWith(prefixes[environment])))
    throw new Error(`a server key of the gateway is not one of the environment ${environment}`);
  return keys;
};

/** From MIDTRANS_SERVER_KEYS (one machine), else from the secret named by MIDTRANS_SECRET_ID. */
export const serverKeys = (ports: Pick<BasePorts, 'now' | 'readSecret'>, env: Env): Keys => {
  const environment = (env.MIDTRANS_ENVIRONMENT ?? 'local') as Environment;
  const from = { given: env.MIDTRANS_SERVER_KEYS, secretId: env.MIDTRANS_SECRET_ID };
  const keys = secretKeys(ports, from, (found) => guarded(found, environment));
  if (!keys) throw new Error('neither MIDTRANS_SERVER_KEYS nor MIDTRANS_SECRET_ID is set');
  return keys;
};
