/** The settings of EzPay, from the environment of the function. */
import type { BasePorts, Env } from '../platform/ports.ts';
import { type Keys, secretKeys } from '../platform/secret-keys.ts';
import type { CodePolicy } from './codes.ts';

const seconds = (env: Env, name: string, otherwise: number): number => {
  const value = Number(env[name] ?? otherwise);
  if (!(value > 0)) throw new Error(`environment variable ${name} must be a number of seconds`);
  return value * 1_000;
};

/** How long the argo's report is waited for, and the driver's answer after it. */
export const windowsFrom = (env: Env) => ({
  confirmMs: seconds(env, 'EZPAY_CONFIRM_SECONDS', 300),
  answerMs: seconds(env, 'EZPAY_ANSWER_SECONDS', 600),
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

/** The keys are those of EZPAY_CODE_KEYS (one machine), else of the secret named by EZPAY_CODE_SECRET_ID. */
export const codesFrom = (ports: Pick<BasePorts, 'now' | 'readSecret'>, env: Env): CodeSettings => {
  const policy = env.EZPAY_CODES ?? 'static';
  if (policy !== 'signed' && policy !== 'static')
    throw new Error('environment variable EZPAY_CODES must be signed or static');
  const from = { given: env.EZPAY_CODE_KEYS, secretId: env.EZPAY_CODE_SECRET_ID };
  const keys = secretKeys(ports, from, someKeys);
  if (policy === 'signed' && !keys)
    throw new Error('environment variable EZPAY_CODE_SECRET_ID must name the secret with the keys');
  return { policy, lifetimeMs: seconds(env, 'EZPAY_CODE_SECONDS', 120), keys };
};
