/** What DynamoDB does in the background and the emulator does not: trims streams, deletes expired items. */
import { DatabaseSync } from 'node:sqlite';
import type { Table } from './tables.ts';

const trimMs = 2000;
const trimAgainMs = 100;
const trimRows = 500;
const keptRows = 1000;
const sweepMs = 20_000;

export type Housekeeping = ReturnType<typeof openHousekeeping>;

type HousekeepingOptions = {
  /** Without a file the database is not ours to keep. */
  readonly database: { readonly file?: string | undefined; readonly sweep?: (() => Promise<void>) | undefined };
  readonly tables: readonly Table[];
  /** The oldest sequence number that some reader of the table's stream still needs. */
  readonly neededFrom: (table: Table) => bigint;
};

/** Keeps the stream table short, and indexed by number: reading it gets slower with every row otherwise. */
const trimmer = (file: string, { tables, neededFrom }: HousekeepingOptions) => {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA busy_timeout = 5; PRAGMA synchronous = OFF');
  database.exec(
    'CREATE INDEX IF NOT EXISTS stream_seq ON _stream_records(table_name, CAST(sequence_number AS INTEGER))',
  );
  // The newest row stays: the next sequence number is the largest one plus one.
  const remove = database.prepare(
    `DELETE FROM _stream_records WHERE id IN (
       SELECT id FROM _stream_records WHERE table_name = :table AND CAST(sequence_number AS INTEGER) <
         MIN(:needed, (SELECT MAX(CAST(sequence_number AS INTEGER)) FROM _stream_records WHERE table_name = :table)
           - ${keptRows})
       ORDER BY CAST(sequence_number AS INTEGER) LIMIT ${trimRows})`,
  );
  /** Says whether there is more to trim at once. */
  const trim = (): boolean => {
    let more = false;
    for (const table of tables.filter(({ hasStream }) => hasStream)) {
      try {
        const { changes } = remove.run({ table: table.name, needed: neededFrom(table) });
        more ||= Number(changes) === trimRows;
      } catch (error) {
        if (!(error instanceof Error) || !/locked|busy/i.test(error.message)) throw error;
      }
    }
    return more;
  };
  return { trim, close: () => database.close() };
};

export const openHousekeeping = (options: HousekeepingOptions) => {
  const { database, tables } = options;
  const stream = database.file === undefined ? undefined : trimmer(database.file, options);
  const { sweep } = database;
  const sweepOnce = async (): Promise<void> => {
    if (sweep && tables.some(({ hasTimeToLive }) => hasTimeToLive)) await sweep().catch(() => {});
  };
  let trimming: NodeJS.Timeout | undefined;
  const trimRegularly = (): void => {
    trimming = setTimeout(trimRegularly, stream?.trim() ? trimAgainMs : trimMs);
  };
  trimRegularly();
  const sweeping = setInterval(() => void sweepOnce(), sweepMs);
  return {
    trimOnce: (): void => void stream?.trim(),
    sweepOnce,
    stop: (): void => {
      clearTimeout(trimming);
      clearInterval(sweeping);
      stream?.close();
    },
  };
};
