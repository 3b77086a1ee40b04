/** Makes a failing play smaller: fewer people, fewer kinds of faults, fewer habits, a shorter life, as long as the same law breaks. */
import { noFaults } from './faults.ts';
import { nobody } from './people/habits.ts';
import type { Blueprint } from './plans.ts';
import { type Play, play } from './play.ts';

const parts = [...Object.keys(noFaults), ...Object.keys(nobody)].filter((name) => name !== 'until') as NonNullable<
  Play['without']
>[number][];

export const shrink = async (blueprint: Blueprint, { trace: _, ...options }: Play, law: string): Promise<Play> => {
  const breaks = async (candidate: Play): Promise<boolean> =>
    (await play(blueprint, candidate)).breaches.some((breach) => breach.law === law);
  let small: Play = options;
  const attempt = async (candidate: Play): Promise<boolean> => {
    const isBroken = await breaks(candidate);
    if (isBroken) small = candidate;
    return isBroken;
  };
  for (const restDays of [1, 2]) if (await attempt({ ...small, restDays })) break;
  for (const riders of [1, 2, 3, 5, 8, 12]) {
    if (riders >= (small.riders ?? 20)) break;
    if (await attempt({ ...small, riders })) break;
  }
  for (const part of parts) await attempt({ ...small, without: [...(small.without ?? []), part] });
  return small;
};

/** The play as a test has it. */
export const testOf = (small: Play, law: string): string =>
  [
    `it('${law} (seed ${small.seed})', async () => {`,
    `  const { breaches } = await play(plan, ${JSON.stringify(small)});`,
    '  expect(breaches).toEqual([]);',
    '});',
  ].join('\n');
