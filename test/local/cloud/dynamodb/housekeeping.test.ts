/** What is trimmed of the streams: nothing that a reader still needs, and never the newest rows. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openHousekeeping } from '../../../../local/cloud/dynamodb/housekeeping.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tuntas-streams-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** @returns the oldest sequence number that is left of `rows`, and whether expired items were swept */
const trimmed = async (rows: number, neededFrom: bigint, hasTimeToLive = false) => {
  const file = join(folder, 'dynamodb.db');
  const database = new DatabaseSync(file);
  database.exec('CREATE TABLE _stream_records (id INTEGER PRIMARY KEY, table_name TEXT, sequence_number TEXT)');
  const insert = database.prepare('INSERT INTO _stream_records (table_name, sequence_number) VALUES (?, ?)');
  database.exec('BEGIN');
  for (let sequence = 1; sequence <= rows; sequence += 1) insert.run('facts', String(sequence));
  insert.run('others', '1');
  database.exec('COMMIT');
  let sweeps = 0;
  const sweep = async (): Promise<void> => {
    sweeps += 1;
  };
  const housekeeping = openHousekeeping({
    database: { file, sweep },
    tables: [{ name: 'facts', streamArn: 'arn:stream', hasStream: true, hasTimeToLive }],
    neededFrom: () => neededFrom,
  });
  // 500 rows at a time.
  for (let n = 0; n < 4; n += 1) housekeeping.trimOnce();
  await housekeeping.sweepOnce();
  housekeeping.stop();
  const oldest = (table: string): unknown =>
    database
      .prepare('SELECT MIN(CAST(sequence_number AS INTEGER)) AS oldest FROM _stream_records WHERE table_name = ?')
      .get(table)?.oldest;
  const left = { oldest: oldest('facts'), ofOthers: oldest('others'), sweeps };
  database.close();
  return left;
};

it('keeps the newest thousand rows', async () => {
  expect(await trimmed(1_800, 10_000n)).toMatchObject({ oldest: 800, ofOthers: 1 });
});

it('keeps what a reader still needs', async () => {
  expect(await trimmed(1_800, 300n)).toMatchObject({ oldest: 300 });
});

it('trims nothing of a short stream', async () => {
  expect(await trimmed(900, 10_000n)).toMatchObject({ oldest: 1 });
});

it('sweeps expired items only when a table has a time to live', async () => {
  expect(await trimmed(1, 0n)).toMatchObject({ sweeps: 0 });
  rmSync(folder, { recursive: true });
  folder = mkdtempSync(join(tmpdir(), 'tuntas-streams-'));
  expect(await trimmed(1, 0n, true)).toMatchObject({ sweeps: 1 });
});
