/** Plays one seed: a day of people and faults, then days in which nothing goes wrong any more, then the laws. */
import { type FaultPlan, noFaults } from './faults.ts';
import { atRest } from './laws/at-rest.ts';
import type { Breach } from './laws/law.ts';
import { type Habits, nobody } from './people/habits.ts';
import { people } from './people/people.ts';
import type { Blueprint } from './plans.ts';
import { type Profile, profileOf } from './profiles.ts';
import type { Site } from './sabotage.ts';
import { openWorld, start, type World } from './world.ts';

const hour = 3_600_000;
/** Ten times as many as a run of twenty riders takes. */
const mostSteps = 1_500_000;

export type Play = {
  readonly seed: number;
  readonly profile: Profile;
  readonly riders?: number;
  /** Days without faults before the laws are read. */
  readonly restDays?: number;
  /** Takes away what a failure does not need. */
  readonly without?: readonly (keyof FaultPlan | keyof Habits)[];
  /** A protection that is taken out. */
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
  { seed, profile, riders = 20, restDays, without = [], laws = atRest, trace, sabotage }: Play,
): Promise<Played> => {
  const { faults, habits, faultHours } = profileOf[profile];
  const quiet = start + faultHours * hour;
  // Most defects show within days; a message that comes again after two weeks needs its time.
  const days = restDays ?? (seed % 5 === 0 ? 14 : 4);
  const span = { start, until: quiet, functions: blueprint.functions.map(({ name }) => name) };
  const world = openWorld({
    seed,
    blueprint,
    trace,
    without: sabotage,
    faults: (random) => less(faults(random, span), { ...noFaults, until: quiet }, without),
  });
  const drivers = Math.max(3, Math.round(riders / 3));
  people(world, less(habits, nobody, without), { riders, drivers, forMs: 2 * hour, days });
  const isOver = await world.engine.runUntil(world.quietFrom + days * 24 * hour, mostSteps);
  const endless = { law: 'a run ends', item: 'all', why: `more than ${mostSteps} steps: messages breed` };
  return {
    steps: world.engine.steps(),
    breaches: [...world.guard.breaches, ...(isOver ? laws(world) : [endless])],
    met: world.faults.met,
    world,
  };
};
