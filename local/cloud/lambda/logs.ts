/** The log file of each function: appended in batches, bounded to two files of a few megabytes. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

const LIMIT_BYTES = 4_000_000;
const FLUSH_MS = 200;

export interface Logs {
  readonly append: (functionName: string, lines: readonly string[]) => void;
  readonly tail: (functionName: string, count: number) => readonly string[];
  readonly close: () => void;
}

export const openLogs = (folder: string): Logs => {
  mkdirSync(folder, { recursive: true });
  const pending = new Map<string, string[]>();
  const sizes = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  const fileOf = (name: string): string => join(folder, `${name}.log`);

  const flush = (): void => {
    timer = undefined;
    for (const [name, lines] of pending) {
      const file = fileOf(name);
      const text = `${lines.join('\n')}\n`;
      const size = (sizes.get(name) ?? (existsSync(file) ? statSync(file).size : 0)) + text.length;
      if (size > LIMIT_BYTES && existsSync(file)) renameSync(file, `${file}.1`);
      sizes.set(name, size > LIMIT_BYTES ? text.length : size);
      appendFileSync(file, text);
    }
    pending.clear();
  };

  return {
    append: (name, lines) => {
      const waiting = pending.get(name);
      if (waiting) waiting.push(...lines);
      else pending.set(name, [...lines]);
      timer ??= setTimeout(flush, FLUSH_MS);
    },
    tail: (name, count) => {
      flush();
      const file = fileOf(name);
      return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count) : [];
    },
    close: () => {
      clearTimeout(timer);
      flush();
    },
  };
};
