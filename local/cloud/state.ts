/** Where the stack keeps what must survive a restart: one folder, one small database that is also the lock. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const THROW_AWAY = 'tuntas-throw-away-';

export interface State {
  readonly directory: string;
  readonly memory: boolean;
  readonly get: (kind: string, key: string) => string | undefined;
  readonly set: (kind: string, key: string, value: string) => void;
  readonly close: () => void;
}

export interface StateOptions {
  readonly directory: string;
  readonly memory: boolean;
  readonly fresh: boolean;
}

const openLocked = (directory: string): DatabaseSync => {
  mkdirSync(join(directory, 'logs'), { recursive: true });
  const database = new DatabaseSync(join(directory, 'host.db'));
  try {
    // The operating system gives the lock back when the process ends, however it ends: it cannot go stale.
    database.exec(
      'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; BEGIN EXCLUSIVE; COMMIT;',
    );
    database.exec(
      'CREATE TABLE IF NOT EXISTS kept (kind TEXT, key TEXT, value TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID',
    );
  } catch (cause) {
    database.close();
    const pidFile = join(directory, 'pid');
    const pid = existsSync(pidFile) ? ` (process ${readFileSync(pidFile, 'utf8').trim()})` : '';
    throw new Error(
      `another local stack${pid} already runs on ${directory}: stop it, or give this one its own with --state DIR`,
      {
        cause,
      },
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

/** A folder on the machine's memory file system where there is one; leftovers of killed stacks are removed first. */
const throwAwayFolder = (): string => {
  const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  for (const name of readdirSync(base).filter((entry) => entry.startsWith(THROW_AWAY))) {
    const folder = join(base, name);
    if (existsSync(join(folder, 'pid')) && !isLocked(folder)) rmSync(folder, { recursive: true, force: true });
  }
  return mkdtempSync(join(base, THROW_AWAY));
};

const forget = (directory: string): void => {
  if (!existsSync(join(directory, 'host.db'))) return;
  openLocked(directory).close();
  for (const name of ['host.db', 'dynamodb', 'queues', 'logs', 'mails.jsonl', 'midtrans.jsonl'])
    rmSync(join(directory, name), { recursive: true, force: true });
};

/** Opens the state folder for this process alone, or says who holds it. */
export const openState = ({ directory: wanted, memory, fresh }: StateOptions): State => {
  const directory = memory ? throwAwayFolder() : wanted;
  if (fresh && !memory) forget(directory);
  const database = openLocked(directory);
  writeFileSync(join(directory, 'pid'), String(process.pid));
  const select = database.prepare('SELECT value FROM kept WHERE kind = ? AND key = ?');
  const upsert = database.prepare('INSERT OR REPLACE INTO kept (kind, key, value) VALUES (?, ?, ?)');
  return {
    directory,
    memory,
    get: (kind, key) => {
      const value = select.get(kind, key)?.value;
      return typeof value === 'string' ? value : undefined;
    },
    set: (kind, key, value) => void upsert.run(kind, key, value),
    close: () => {
      database.close();
      rmSync(join(directory, 'pid'), { force: true });
      if (memory) rmSync(directory, { recursive: true, force: true });
    },
  };
};
