/** What the commands share: their target, their exit codes, and how they report that a stack cannot be reached. */
import { type Command, InvalidArgumentError } from 'commander';
import { Invalid } from '../../functions/kernel/errors.ts';
import { isOrderId } from '../../functions/kernel/order-number.ts';
import type { OrderId } from '../../functions/kernel/types.ts';
import { type CliClock, defaultReadyFile, type Target, type TargetOptions, targetOf } from './target.ts';

/** 0: nothing found; 1: something found; 2: wrong usage, or the stack cannot be reached. */
export const exitCodes = { fine: 0, found: 1, failed: 2 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export type Output = {
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
};

/** Runs a task on the stack that the options name, and keeps its exit code. */
export type On = (options: TargetOptions, task: (target: Target) => Promise<ExitCode>) => Promise<void>;
export type Cli = { readonly output: Output; readonly on: On };

/** The options that name a stack. */
export const withTarget = (command: Command): Command =>
  command
    .option('--ready-file <file>', `the local stack that wrote this file (default: ${defaultReadyFile})`)
    .option('--profile <name>', 'AWS: the profile')
    .option('--region <name>', 'AWS: the region (default: that of the profile)')
    .option('--stage <name>', 'AWS: the stage (default: dev)');

export const orderNumber = (text: string): OrderId => {
  if (!isOrderId(text)) throw new InvalidArgumentError('It must be an order number such as TNT-20261121-0000042.');
  return text;
};

export const hour = 3_600_000;
const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: hour, d: 24 * hour };

/** Milliseconds. */
export const duration = (text: string): number => {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  const ms = Number(amount) * (units[unit] ?? Number.NaN);
  if (!(ms > 0)) throw new InvalidArgumentError('It must be a number with s, m, h or d, such as 90s, 15m, 1h or 2d.');
  return ms;
};
export const positive = (text: string): number => {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError('It must be a positive number.');
  return number;
};

/** Why a stack cannot be reached, and what to check. */
const reasonOf = (error: unknown, { name: target, tables }: Target): string => {
  const { name = '', message = '', code = '' } = error as { name?: string; message?: string; code?: string };
  const why = message || code;
  if (name === 'ResourceNotFoundException')
    return `${target} has no table ${tables.state} or ${tables.story}: is it another stage or region?`;
  if (/ECONNREFUSED|ENOTFOUND|ETIMEDOUT|ECONNRESET|TimeoutError/.test(name + code + message))
    return `${target} cannot be reached: is it running? (${why})`;
  return `${target}: ${name}: ${why}`;
};

/** @param done is given the exit code */
export const onTarget =
  (clock: CliClock, done: (code: ExitCode) => void): On =>
  async (options, task) => {
    const target = await targetOf(options, clock);
    try {
      done(await task(target));
    } catch (error) {
      throw error instanceof Invalid ? error : new Invalid(reasonOf(error, target));
    } finally {
      target.close();
    }
  };
