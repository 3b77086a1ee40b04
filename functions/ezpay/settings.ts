/** The settings of EzPay, from the environment of the function. */
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

/** Keys in the order in which they were taken into use, the newest first, separated by commas. */
export const codesFrom = (environment: Environment): { readonly policy: CodePolicy; readonly keys: readonly string[] } => {
  const policy = environment.EZPAY_CODES ?? 'static';
  const keys = (environment.EZPAY_CODE_KEYS ?? '').split(',').filter(Boolean);
  if (policy !== 'signed' && policy !== 'static') throw new Error('environment variable EZPAY_CODES must be signed or static');
  if (policy === 'signed' && keys.length === 0) throw new Error('environment variable EZPAY_CODE_KEYS must hold a key');
  return { policy, keys };
};
