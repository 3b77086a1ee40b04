/** Flags with more than two values: shares of entities by stable hash, or one value for all by a hold. */
import * as z from 'zod/mini';
import { log } from '../kernel/log.ts';
import { check, parseWith } from '../kernel/schema.ts';
import { type FlagPorts, flagFile } from './flag-file.ts';
import { part } from './flags.ts';
import type { Hold } from './holds.store.ts';
import type { Env } from './ports.ts';
import packaged from './variants.json' with { type: 'json' };

export type VariantTable = typeof packaged;
export type VariantName = keyof VariantTable;
export type VariantOf<Name extends VariantName> = keyof VariantTable[Name] & string;
export const variantNames = Object.keys(packaged) as VariantName[];
export type VariantSource = () => Promise<VariantTable>;
export type Variants = <Name extends VariantName>(name: Name, entity: string) => Promise<VariantOf<Name>>;

/** Values take their shares in order, so that widening the first excludes no one; the last one has the rest. */
export const variantOf = <N extends VariantName>(table: VariantTable, name: N, entity: string): VariantOf<N> => {
  const shares = Object.entries<number>(table[name]);
  let left = part(name, entity);
  const found = shares.find(([, percent]) => {
    left -= percent * 100;
    return left < 0;
  });
  return (found ?? (shares.at(-1) as [string, number]))[0] as VariantOf<N>;
};

export const valuesOf = (name: VariantName): readonly string[] => Object.keys(packaged[name]);

export const isVariantOf = <Name extends VariantName>(name: Name, value = ''): value is VariantOf<Name> =>
  Object.hasOwn(packaged[name], value);

/**
 * The value an entity has now: that of the hold, else that of its share.
 * @param current the hold of a flag; when it cannot be read the shares count
 */
export const variants =
  (source: VariantSource, current: (name: VariantName) => Promise<Hold | undefined>): Variants =>
  async (name, entity) => {
    const [table, hold] = await Promise.all([
      source(),
      current(name).catch((error: unknown) => log.error('Hold not read, the shares count', error, { flag: name })),
    ]);
    const value = hold?.value;
    return isVariantOf(name, value) ? value : variantOf(table, name, entity);
  };

const percent = z.number().check(z.minimum(0), z.maximum(100));
const file = z.record(z.string(), z.unknown());

/** The shares in the packaged order; a value the file does not name has none. */
const sharesFrom = (name: VariantName, found: unknown): Record<string, number> => {
  const values = Object.keys(packaged[name]);
  const given = check(z.record(z.string(), percent), found);
  return Object.fromEntries(values.map((value) => [value, given[value] ?? 0]));
};

const tableFrom = (text: string, defaults: VariantTable): VariantTable => {
  const found = parseWith(file, text);
  const shares = variantNames.map((name) => [name, name in found ? sharesFrom(name, found[name]) : defaults[name]]);
  return Object.fromEntries(shares) as VariantTable;
};

/** The shares in force: see `flagFile`. */
export const variantSource = (ports: FlagPorts, env: Env): VariantSource =>
  flagFile(ports, env, { defaults: packaged, tableFrom });
