/** Where flags come from: a file that is read again each second, else what was deployed with the function. */
import { log } from '../kernel/log.ts';
import type { BasePorts, Env } from './ports.ts';

export type FlagPorts = Pick<BasePorts, 'now' | 'readText'>;
type Reading<Table> = {
  /** Used where neither the file nor the deployment sets a value. */
  readonly defaults: Table;
  readonly tableFrom: (text: string, defaults: Table) => Table;
};

const freshMs = 1_000;

const deployedTable = <Table>(text: string | undefined, { defaults, tableFrom }: Reading<Table>): Table => {
  try {
    return text === undefined ? defaults : tableFrom(text, defaults);
  } catch (error) {
    log.error('Deployed flags not read, the defaults apply', error);
    return defaults;
  }
};

/** @param env TUNTAS_FLAGS: path of the file, which changes nothing when it is broken; TUNTAS_DEPLOYED_FLAGS: JSON */
export const flagFile = <Table>(
  { now, readText }: FlagPorts,
  { TUNTAS_FLAGS: path, TUNTAS_DEPLOYED_FLAGS: deployed }: Env,
  reading: Reading<Table>,
): (() => Promise<Table>) => {
  const initial = deployedTable(deployed, reading);
  let table: Promise<Table> = Promise.resolve(initial);
  let readAt = Number.NEGATIVE_INFINITY;
  const read = async (file: string, last: Promise<Table>): Promise<Table> => {
    try {
      return reading.tableFrom(await readText(file), initial);
    } catch (error) {
      log.error('Flags file not read, the last percentages remain', error, { file });
      return last;
    }
  };
  return () => {
    if (path && now() - readAt >= freshMs) {
      readAt = now();
      table = read(path, table);
    }
    return table;
  };
};
