/** Where the stack keeps what must survive a restart: one folder, one small database that is also the lock. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const temporary = 'tuntas-throw-away-';

export type State = ReturnType<typeof openState>;

const openLocked = (directory: string): DatabaseSync => {
  mkdirSync(join(directory, 'logs'), { recursive: true });
  const database = new DatabaseSync(join(directory, 'host.db'));
  try {
    // The operating system releases the lock when the process ends, however it ends: it cannot go stale.
    database.exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;
      BEGIN EXCLUSIVE; COMMIT;
      CREATE TABLE IF NOT EXISTS kept (kind TEXT, key TEXT, value TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID`);
  } catch (cause) {
    database.close();
    const pidFile = join(directory, 'pid');
    const pid = existsSync(pidFile) ? ` (process ${readFileSync(pidFile, 'utf8').trim()})` : '';
    throw new Error(
      `another local stack${pid} already runs on ${directory}: stop it, or start with --state and another folder`,
      { cause },
    );
  }
  return database;
};

const isLocked = (directory: string): boolean => {
  try {
    openLocked(directory).close();
    return false;
  } catch {
    return true;
  }
};

/** A folder on the machine's memory file system where there is one; those of killed stacks are removed first. */
const temporaryFolder = (): string => {
  const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  for (const name of readdirSync(base).filter((entry) => entry.startsWith(temporary))) {
    const folder = join(base, name);
    if (existsSync(join(folder, 'pid')) && !isLocked(folder)) rmSync(folder, { recursive: true, force: true });
  }
  return mkdtempSync(join(base, temporary));
};

const forget = (directory: string): void => {
  if (!existsSync(join(directory, 'host.db'))) return;
  openLocked(directory).close();
  for (const name of ['host.db', 'dynamodb', 'queues', 'logs', 'mails.jsonl', 'midtrans.jsonl'])
    rmSync(join(directory, name), { recursive: true, force: true });
};

/**
 * Opens the state folder for this process alone.
 * @param options `memory`: in a temporary folder; `fresh`: forgets what the folder holds
 * @throws with the process that holds the folder
 */
export const openState = (options: {
  readonly directory: string;
  readonly memory: boolean;
  readonly fresh: boolean;
}) => {
  const { memory } = options;
  const directory = memory ? temporaryFolder() : options.directory;
  if (options.fresh && !memory) forget(directory);
  const database = openLocked(directory);
  writeFileSync(join(directory, 'pid'), String(process.pid));
  const select = database.prepare('SELECT value FROM kept WHERE kind = ? AND key = ?');
  const upsert = database.prepare('INSERT OR REPLACE INTO kept (kind, key, value) VALUES (?, ?, ?)');
  return {
    directory,
    memory,
    get: (kind: string, key: string): string | undefined => {
      const value = select.get(kind, key)?.value;
      return typeof value === 'string' ? value : undefined;
    },
    set: (kind: string, key: string, value: string): void => void upsert.run(kind, key, value),
    close: (): void => {
      database.close();
      rmSync(join(directory, 'pid'), { force: true });
      if (memory) rmSync(directory, { recursive: true, force: true });
    },
  };
};
