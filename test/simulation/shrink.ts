/** Makes a failing play smaller: fewer riders, fewer kinds of faults, people with fewer habits, as long as the same law breaks. */

import { noFaults } from './faults.ts';
import { nobody } from './people/habits.ts';
import type { Blueprint } from './plans.ts';
import { type Play, play } from './play.ts';

const parts = [...Object.keys(noFaults), ...Object.keys(nobody)].filter((name) => name !== 'until') as NonNullable<
  Play['without']
>[number][];

export const shrink = async (blueprint: Blueprint, options: Play, law: string): Promise<Play> => {
  const breaks = async (candidate: Play): Promise<boolean> =>
    (await play(blueprint, candidate)).breaches.some((breach) => breach.law === law);
  const { trace: _, ...rest } = options;
  let small: Play = rest;
  for (const riders of [1, 2, 3, 5, 8, 12]) {
    if (riders >= (small.riders ?? 20)) break;
    const candidate = { ...small, riders };
    if (await breaks(candidate)) small = candidate;
  }
  for (const part of parts) {
    const candidate = { ...small, without: [...(small.without ?? []), part] };
    if (await breaks(candidate)) small = candidate;
  }
  return small;
};
