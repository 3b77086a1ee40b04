/** Feature flags: a percentage of entities by stable hash. A hold takes a flag back at once (holds.store.ts). */
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { check, parseWith } from '../kernel/schema.ts';
import { type FlagPorts, flagFile } from './flag-file.ts';
import type { Env } from './ports.ts';

/** A flag that no source names is off. The deployed values are in flags.json and in the settings of the stage. */
const off = { 'idempotent-dispatch': { percent: 0 }, 'ezpay-predictor': { percent: 0 } };
export type FlagName = keyof typeof off;
export const flagNames = Object.keys(off) as FlagName[];
/** Flag name to the percentage of entities that have it. */
export type FlagTable = Readonly<Record<FlagName, { readonly percent: number }>>;
/** Source of the percentages; called at each evaluation, so it caches. */
export type FlagSource = () => Promise<FlagTable>;

/** Which of 10,000 equal parts the entity falls into: always the same, so widening never excludes anyone. */
export const part = (flag: string, entity: string): number =>
  createHash('sha256').update(`${flag}:${entity}`).digest().readUInt32BE(0) % 10_000;

export const isOn = <Flag extends FlagName>(table: Pick<FlagTable, Flag>, flag: Flag, entity: string): boolean =>
  part(flag, entity) < table[flag].percent * 100;

const setting = z.object({ percent: z.number().check(z.minimum(0), z.maximum(100)) });
const fileTable = z.record(z.string(), z.unknown());

/** Unknown flags are ignored: a file may be older or newer than the code. */
const tableFrom = (text: string, defaults: FlagTable): FlagTable => {
  const file = parseWith(fileTable, text);
  const settings = flagNames.map((name) => [name, name in file ? check(setting, file[name]) : defaults[name]]);
  return Object.fromEntries(settings) as FlagTable;
};

/** The percentages in force: see `flagFile`. */
export const flagSource = (ports: FlagPorts, env: Env): FlagSource =>
  flagFile(ports, env, { defaults: off, tableFrom });
