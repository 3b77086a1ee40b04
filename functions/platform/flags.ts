/** Feature flags: a percentage of entities by stable hash, and a hold that takes a flag back at once. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { DeleteItemCommand, type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { log } from '../kernel/log.ts';
import { check, parseWith } from '../kernel/schema.ts';
import { type Instant, iso } from '../kernel/types.ts';
import { fromItem, toItem } from './dynamo.ts';

/** A flag that no source names is off. What a stage is deployed with is in flags.json and in its settings. */
const off = { 'idempotent-dispatch': { percent: 0 }, 'ezpay-predictor': { percent: 0 } };
export type FlagName = keyof typeof off;
export const flagNames = Object.keys(off) as FlagName[];
/** Flag name to the percentage of entities that have it. */
export type FlagTable = Readonly<Record<FlagName, { readonly percent: number }>>;
/** Where the percentages come from; asked at each evaluation, so it caches what is slow. */
export type FlagSource = () => Promise<FlagTable>;

const fresh = 1_000;
const holdFresh = 5_000;

/** Which of 10,000 equal parts the entity falls into: the same for ever, so widening never takes anyone out. */
export const part = (flag: string, entity: string): number =>
  createHash('sha256').update(`${flag}:${entity}`).digest().readUInt32BE(0) % 10_000;

export const isOn = <Flag extends FlagName>(table: Pick<FlagTable, Flag>, flag: Flag, entity: string): boolean =>
  part(flag, entity) < table[flag].percent * 100;

const setting = z.object({ percent: z.number().check(z.minimum(0), z.maximum(100)) });
const fileTable = z.record(z.string(), z.unknown());

/** Flags this version does not know are left alone: a file may be older or newer than the code. */
const tableFrom = (text: string, otherwise: FlagTable): FlagTable => {
  const file = parseWith(fileTable, text);
  const settings = flagNames.map((name) => [name, name in file ? check(setting, file[name]) : otherwise[name]]);
  return Object.fromEntries(settings) as FlagTable;
};

/**
 * The file at `path`, read again each second, else what was deployed with the function. A broken file changes nothing.
 * @param deployed percentages as JSON; without them a flag is off
 */
export const fileSource = (
  path: string | undefined,
  now: () => number,
  deployed = process.env.TUNTAS_DEPLOYED_FLAGS,
): FlagSource => rereadFile(path, now, { deployed, otherwise: off, tableFrom });

type Reading<Table> = {
  readonly deployed: string | undefined;
  /** What holds where nothing says otherwise. */
  readonly otherwise: Table;
  readonly tableFrom: (text: string, otherwise: Table) => Table;
};

const deployedTable = <Table>({ deployed, otherwise, tableFrom }: Reading<Table>): Table => {
  try {
    return deployed === undefined ? otherwise : tableFrom(deployed, otherwise);
  } catch (error) {
    log.error('Deployed flags not read, the defaults hold', error);
    return otherwise;
  }
};

/** As `fileSource`, for any table that is kept in the flags file. */
export const rereadFile = <Table>(
  path: string | undefined,
  now: () => number,
  reading: Reading<Table>,
): (() => Promise<Table>) => {
  const otherwise = deployedTable(reading);
  let table: Promise<Table> = Promise.resolve(otherwise);
  let readAt = Number.NEGATIVE_INFINITY;
  const read = async (file: string, last: Promise<Table>): Promise<Table> => {
    try {
      return reading.tableFrom(await readFile(file, 'utf8'), otherwise);
    } catch (error) {
      log.error('Flags file not read, the last percentages stay', error, { file });
      return last;
    }
  };
  return () => {
    if (path && now() - readAt >= fresh) {
      readAt = now();
      table = read(path, table);
    }
    return table;
  };
};

const holdKey = (flag: string) => toItem({ pk: `FLAG#${flag}`, sk: 'HOLD' });

/** Why a flag is held, and since when (ISO 8601, UTC); `value`: what everyone has meanwhile, where a flag has more than two. */
export type Hold = { readonly reason: string; readonly at: string; readonly value?: string | undefined };

/** Holds: an item that switches a flag off, or to one value, for everyone until an operator releases it. Seen by every function within 5 s. */
export const holds = (client: DynamoDBClient, table: string, now: () => number) => {
  const seen = new Map<string, { readonly hold: Hold | undefined; readonly readAt: number }>();
  const read = async (flag: string): Promise<Hold | undefined> => {
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: holdKey(flag) }));
    return Item && fromItem<Hold>(Item);
  };
  const current = async (flag: string): Promise<Hold | undefined> => {
    const known = seen.get(flag);
    if (known && now() - known.readAt < holdFresh) return known.hold;
    const hold = await read(flag);
    seen.set(flag, { hold, readAt: now() });
    return hold;
  };
  const isHeld = async (flag: FlagName): Promise<boolean> => (await current(flag)) !== undefined;
  const hold = async (flag: string, reason: string, at: Instant, value?: string): Promise<void> => {
    const said: Hold = { reason, at: iso(at), ...(value === undefined ? {} : { value }) };
    await client.send(new PutItemCommand({ TableName: table, Item: { ...holdKey(flag), ...toItem(said) } }));
    seen.delete(flag);
  };
  const release = async (flag: string): Promise<void> => {
    await client.send(new DeleteItemCommand({ TableName: table, Key: holdKey(flag) }));
    seen.delete(flag);
  };
  return { read, current, isHeld, hold, release };
};

export type Holds = ReturnType<typeof holds>;
