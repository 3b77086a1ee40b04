/** What a set of runs has met: which faults, and which fact in which state under which fault. */
import type { Played } from './play.ts';

/** Of one call or message; `none`: nothing went wrong. */
const kinds = ['none', 'crash-after', 'lost-answer', 'refused', 'down', 'duplicate', 'replay'] as const;

export const coverage = () => {
  const faults = new Map<string, number>();
  /** `payment.settled | PAID` to the faults met. */
  const met = new Map<string, Set<string>>();
  return {
    add: ({ world, met: counts }: Pick<Played, 'world' | 'met'>): void => {
      for (const [fault, count] of counts) faults.set(fault, (faults.get(fault) ?? 0) + count);
      for (const one of world.guard.covered) {
        const [fact, state, fault = ''] = one.split(' | ');
        const row = `${fact} | ${state}`;
        met.set(row, (met.get(row) ?? new Set()).add(fault));
      }
    },
    /** @param each with a line for each fact and state */
    lines: (each: boolean): readonly string[] => {
      const rows = [...met].sort(([a], [b]) => a.localeCompare(b));
      const count = rows.reduce((sum, [, own]) => sum + own.size, 0);
      const all = rows.length * kinds.length;
      const share = Math.round((100 * count) / Math.max(1, all));
      return [
        `faults met: ${[...faults].map(([fault, times]) => `${fault} ${times}`).join(', ') || 'none'}`,
        `covered: ${rows.length} pairs of fact and state, ${count} of ${all} with fault (${share} %)`,
        ...(each ? rows.map(([row, own]) => `  ${row}: ${kinds.filter((kind) => own.has(kind)).join(', ')}`) : []),
      ];
    },
  };
};
