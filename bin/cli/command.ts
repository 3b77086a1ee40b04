/** What the commands share: where they look, what they answer, what they say when they cannot. */
import { type Command, InvalidArgumentError } from 'commander';
import { Invalid } from '../../functions/kernel/errors.ts';
import { isOrderId } from '../../functions/kernel/order-number.ts';
import type { OrderId } from '../../functions/kernel/types.ts';
import { defaultReadyFile, type Place, type PlaceOptions, placeOf } from './place.ts';

/** 0: nothing found; 1: something found; 2: wrong usage, or out of reach. */
export const exitCodes = { fine: 0, found: 1, failed: 2 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export type Output = {
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
  /** How long what looks wrong is left before it is read again, in milliseconds. */
  readonly settleMs?: number;
};

/** Runs a task on the stack that the options name, and keeps its exit code. */
export type On = (options: PlaceOptions, task: (place: Place) => Promise<ExitCode>) => Promise<void>;
export type Cli = { readonly output: Output; readonly on: On };

export const somewhere = (command: Command): Command =>
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

/** Why a stack cannot be reached, for the person who asked. */
const reasonOf = (error: unknown, { name: place, tables }: Place): string => {
  const { name = '', message = '', code = '' } = error as { name?: string; message?: string; code?: string };
  const why = message || code;
  if (name === 'ResourceNotFoundException')
    return `${place} has no table ${tables.state} or ${tables.story}: is it another stage or region?`;
  if (/ECONNREFUSED|ENOTFOUND|ETIMEDOUT|ECONNRESET|TimeoutError/.test(name + code + message))
    return `${place} is out of reach: does it run? (${why})`;
  return `${place}: ${name}: ${why}`;
};

/** @param done hears the exit code */
export const onPlace =
  (done: (code: ExitCode) => void): On =>
  async (options, task) => {
    const place = await placeOf(options);
    try {
      done(await task(place));
    } catch (error) {
      throw error instanceof Invalid ? error : new Invalid(reasonOf(error, place));
    } finally {
      place.close();
    }
  };
