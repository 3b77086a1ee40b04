/** The log file of each function: appended in batches, bounded to two files of a few megabytes. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

const largestFile = 4_000_000;
const flushMs = 200;

export type Logs = ReturnType<typeof openLogs>;

export const openLogs = (folder: string) => {
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
      if (size > largestFile && existsSync(file)) renameSync(file, `${file}.1`);
      sizes.set(name, size > largestFile ? text.length : size);
      appendFileSync(file, text);
    }
    pending.clear();
  };

  return {
    append: (name: string, lines: readonly string[]): void => {
      const waiting = pending.get(name);
      if (waiting) waiting.push(...lines);
      else pending.set(name, [...lines]);
      timer ??= setTimeout(flush, flushMs);
    },
    tail: (name: string, count: number): readonly string[] => {
      flush();
      const file = fileOf(name);
      return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count) : [];
    },
    close: (): void => {
      clearTimeout(timer);
      flush();
    },
  };
};
