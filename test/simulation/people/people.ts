/** The people of a run: drivers at work, riders over some hours, an operator for what needs a hand. */
import type { World } from '../world.ts';
import { app, hour } from './app.ts';
import { attacker } from './attacker.ts';
import { driver } from './driver.ts';
import type { Habits } from './habits.ts';
import { rounds } from './operator.ts';
import { rider } from './rider.ts';

export type Crowd = {
  readonly riders: number;
  readonly drivers: number;
  /** How long new riders come. */
  readonly forMs: number;
  /** How many days the operator comes. */
  readonly days: number;
};

export const people = (world: World, habits: Habits, { riders, drivers, forMs, days }: Crowd): void => {
  const all = app(world, habits);
  const atWork = Array.from({ length: drivers }, (_, i) => driver(all, i));
  for (const { work } of atWork) void work(world.engine.now() + forMs + hour);
  for (let i = 0; i < riders; i += 1)
    world.engine.after(world.engine.random.below(forMs), () => void rider(all, i, atWork)());
  void rounds(all)(days);
  if (habits.attacks > 0) void attacker(all)(forMs + 24 * hour);
};
