/** Plays one seed: a day of people and faults, then days in which nothing goes wrong any more, then the laws. */
import { type FaultPlan, noFaults, storm, swarm } from './faults.ts';
import { atRest } from './laws/at-rest.ts';
import type { Breach } from './laws/law.ts';
import { fickle, type Habits, nobody, steady } from './people/habits.ts';
import { people } from './people/people.ts';
import type { Blueprint } from './plans.ts';
import type { Site } from './sabotage.ts';
import { openWorld, start, type World } from './world.ts';

const hour = 3_600_000;
/** Ten times as many as a run of twenty riders takes. */
const mostSteps = 1_500_000;

/**
 * `calm`: no faults, people who keep to what they promised; `chaos`: faults; `swarm`: faults, and people who change
 * their minds; `races`: few people who do everything twice at the same moment, and every fault of messages and calls.
 */
export const profiles = ['calm', 'chaos', 'swarm', 'races'] as const;
export type Profile = (typeof profiles)[number];
export type Play = {
  readonly seed: number;
  readonly profile: Profile;
  readonly riders?: number;
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

const habitsOf: Readonly<Record<Profile, Habits>> = {
  calm: steady,
  chaos: steady,
  swarm: fickle,
  races: { ...steady, tapsTwice: 0.5, driverDeclines: 0.2, cashAfterAll: 0.3, paysTwice: 0.3, supportRefunds: 0.3 },
};

export const play = async (
  blueprint: Blueprint,
  { seed, profile, riders = 20, without = [], laws = atRest, trace, sabotage }: Play,
): Promise<Played> => {
  const quiet = start + 10 * hour;
  // Most defects show within days; a message that comes again after two weeks needs its time.
  const restDays = seed % 5 === 0 ? 14 : 4;
  const span = { start, until: quiet, functions: blueprint.functions.map(({ name }) => name) };
  const planOf = { calm: () => noFaults, chaos: swarm, swarm, races: storm }[profile];
  const world = openWorld({
    seed,
    blueprint,
    trace,
    without: sabotage,
    faults: (random) => less(planOf(random, span), { ...noFaults, until: quiet }, without),
  });
  const habits = less(habitsOf[profile], nobody, without);
  people(world, habits, { riders, drivers: Math.max(3, Math.round(riders / 3)), forMs: 2 * hour, days: restDays });
  const isOver = await world.engine.runUntil(world.quietFrom + restDays * 24 * hour, mostSteps);
  const endless = { law: 'a run ends', item: 'all', why: `more than ${mostSteps} steps: messages breed` };
  return {
    steps: world.engine.steps(),
    breaches: [...world.guard.breaches, ...(isOver ? laws(world) : [endless])],
    met: world.faults.met,
    world,
  };
};
