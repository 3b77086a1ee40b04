/** Makes a failing play smaller: fewer people, faults and habits, a shorter life, as long as the same law breaks. */
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
  for (const restDays of [1, 2]) if (small.restDays === restDays || (await attempt({ ...small, restDays }))) break;
  for (const riders of [1, 2, 3, 5, 8, 12]) {
    if (riders >= (small.riders ?? 20)) break;
    if (await attempt({ ...small, riders })) break;
  }
  /** All of them at once, else each half. */
  const drop = async (all: typeof parts): Promise<void> => {
    if (await attempt({ ...small, without: [...(small.without ?? []), ...all] })) return;
    if (all.length === 1) return;
    const middle = Math.ceil(all.length / 2);
    await drop(all.slice(0, middle));
    await drop(all.slice(middle));
  };
  await drop(parts);
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
