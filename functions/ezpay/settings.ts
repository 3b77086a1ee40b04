/** The settings of EzPay, from the environment of the function. */
import { fetchKeys, type Keys, keysIn, secretKeys } from '../platform/secret-keys.ts';
import type { CodePolicy } from './codes.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const seconds = (environment: Environment, name: string, otherwise: number): number => {
  const value = Number(environment[name] ?? otherwise);
  if (!(value > 0)) throw new Error(`environment variable ${name} must be a number of seconds`);
  return value * 1_000;
};

/** How long the argo's report is waited for, and the driver's answer after it. */
export const windowsFrom = (environment: Environment) => ({
  confirmMs: seconds(environment, 'EZPAY_CONFIRM_SECONDS', 300),
  answerMs: seconds(environment, 'EZPAY_ANSWER_SECONDS', 600),
});

export type CodeSettings = {
  readonly policy: CodePolicy;
  /** How long a code is taken after it was shown. */
  readonly lifetimeMs: number;
  /** The newest first: it signs, all of them verify. Missing where only stickers are used. */
  readonly keys: Keys | undefined;
};

const someKeys = (keys: readonly string[]): readonly string[] => {
  if (keys.length === 0) throw new Error('there is no key for the codes in the cars');
  return keys;
};

const codeKeys = (
  environment: Environment,
  now: () => number,
  fetchSecret: (id: string) => Promise<readonly string[]>,
): Keys | undefined => {
  const given = environment.EZPAY_CODE_KEYS;
  const secretId = environment.EZPAY_CODE_SECRET_ID;
  if (given) {
    const keys = someKeys(keysIn(given));
    return async () => keys;
  }
  return secretId ? secretKeys(() => fetchSecret(secretId), now, someKeys) : undefined;
};

/** The keys are those of EZPAY_CODE_KEYS (one machine), else of the secret named by EZPAY_CODE_SECRET_ID. */
export const codesFrom = (environment: Environment, now: () => number, fetchSecret = fetchKeys): CodeSettings => {
  const policy = environment.EZPAY_CODES ?? 'static';
  if (policy !== 'signed' && policy !== 'static')
    throw new Error('environment variable EZPAY_CODES must be signed or static');
  const keys = codeKeys(environment, now, fetchSecret);
  if (policy === 'signed' && !keys)
    throw new Error('environment variable EZPAY_CODE_SECRET_ID must name the secret with the keys');
  return { policy, lifetimeMs: seconds(environment, 'EZPAY_CODE_SECONDS', 120), keys };
};
