/** Memory and CPU time of a process with all its descendants, as Linux reports them in /proc. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

export type Usage = { readonly processes: number; readonly rssMb: number; readonly cpuSeconds: number };

const pageBytes = 4_096;
const ticksPerSecond = 100;

/** Fields after the command, which may contain spaces: state, ppid, …; a process may end at any time. */
const statOf = (pid: number): readonly string[] => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
  } catch {
    return [];
  }
};

/** @returns nothing on a system without /proc */
export const usageOf = (root: number): Usage | undefined => {
  if (!existsSync(`/proc/${root}/stat`)) return undefined;
  const all = readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0)
    .map((pid) => ({ pid, stat: statOf(pid) }));
  const family = new Set([root]);
  for (let grown = true; grown; ) {
    const before = family.size;
    for (const { pid, stat } of all) if (family.has(Number(stat[1]))) family.add(pid);
    grown = family.size > before;
  }
  const own = all.filter(({ pid, stat }) => family.has(pid) && stat.length > 0);
  const sum = (...fields: readonly number[]): number =>
    own.reduce((total, { stat }) => total + fields.reduce((part, field) => part + Number(stat[field]), 0), 0);
  return {
    processes: own.length,
    rssMb: (sum(21) * pageBytes) / 1024 ** 2,
    cpuSeconds: sum(11, 12) / ticksPerSecond,
  };
};
