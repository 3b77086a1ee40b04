/** What must be true when the faults have stopped and everyone had time, whatever happened before. */
import { stateOf } from '../items.ts';
import type { World } from '../world.ts';
import { type Breach, breaches } from './law.ts';
import { messageLaws } from './messages.ts';
import { moneyLaws } from './money.ts';
import { requestLaws } from './requests.ts';
import { tripLawsAtRest } from './trips.ts';

/** What does not hold now never will, unless a person is notified. */
export const atRest = (world: World): readonly Breach[] => {
  const { found, report } = breaches();
  const state = stateOf(world);
  for (const check of [tripLawsAtRest, moneyLaws, requestLaws, messageLaws]) check(world, state, report);
  return found;
};
