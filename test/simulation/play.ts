/** Plays one seed: a day of people and faults, then two weeks in which nothing goes wrong any more, then the laws. */

import { type FaultPlan, noFaults, swarm } from './faults.ts';
import { atRest, type Breach } from './laws.ts';
import { fickle, type Habits, nobody, steady } from './people/habits.ts';
import { people } from './people/people.ts';
import type { Blueprint } from './plans.ts';
import type { Site } from './sabotage.ts';
import { openWorld, start, type World } from './world.ts';

const hour = 3_600_000;

export const profiles = ['calm', 'chaos', 'swarm'] as const;
/** `calm`: no faults, people who keep to what they said; `chaos`: faults; `swarm`: faults, and people who change their minds. */
export type Profile = (typeof profiles)[number];
export type Play = {
  readonly seed: number;
  readonly profile: Profile;
  readonly riders?: number;
  /** Takes away what a failure does not need. */
  readonly without?: readonly (keyof FaultPlan | keyof Habits)[];
  /** A condition that is taken out of every write. */
  readonly sabotage?: Site;
  readonly laws?: (world: World) => readonly Breach[];
  readonly trace?: (at: number, line: string) => void;
};
export type Played = {
  readonly steps: number;
  readonly breaches: readonly Breach[];
  readonly met: ReadonlyMap<string, number>;
  readonly world: World;
};

const less = <T extends object>(whole: T, nothing: T, names: readonly string[]): T => ({
  ...whole,
  ...Object.fromEntries(Object.entries(nothing).filter(([name]) => names.includes(name))),
});

export const play = async (
  blueprint: Blueprint,
  { seed, profile, riders = 20, without = [], laws = atRest, trace, sabotage }: Play,
): Promise<Played> => {
  const quiet = start + 10 * hour;
  // Most defects show within days; a message that comes again after two weeks needs its time.
  const restDays = seed % 5 === 0 ? 14 : 4;
  const world = openWorld({
    seed,
    blueprint,
    ...(trace ? { trace } : {}),
    ...(sabotage ? { without: sabotage } : {}),
    faults: (random) =>
      less(
        profile === 'calm'
          ? noFaults
          : swarm(
              random,
              start,
              quiet,
              blueprint.functions.map(({ name }) => name),
            ),
        { ...noFaults, until: quiet },
        without,
      ),
  });
  const habits = less(profile === 'swarm' ? fickle : steady, nobody, without);
  people(world, habits, { riders, drivers: Math.max(3, Math.round(riders / 3)), forMs: 2 * hour, days: restDays - 1 });
  await world.engine.runUntil(quiet + restDays * 24 * hour);
  return {
    steps: world.engine.steps(),
    breaches: [...world.guard.breaches, ...laws(world)],
    met: world.faults.met,
    world,
  };
};
