/** What everyone's app does: a call is repeated until it is answered, for as long as an app does. */
import type { ApiAnswer, ApiCall, Person, World } from '../world.ts';
import type { Habits } from './habits.ts';

export const minute = 60_000;
export const hour = 60 * minute;
const beatMs = 2_000;

export const app = (world: World, habits: Habits) => {
  const { engine } = world;
  const { random } = engine;
  const between = (least: number, most: number): number => least + random.below(Math.max(1, most - least));
  /** When someone acts who meant to act after some time. */
  const beat = (ms: number): number =>
    random.chance(habits.inStep) ? ms + beatMs - ((engine.now() + ms) % beatMs) : ms;
  const once = async (person: Person, call: ApiCall): Promise<ApiAnswer> => {
    const answer = await world.api(person, call);
    const { status, body } = answer;
    world.trace(() => `${person.sub} ${call.method} ${call.path} -> ${status} ${body.code ?? body.status ?? ''}`);
    return answer;
  };
  return {
    world,
    habits,
    engine,
    random,
    between,
    beat,
    /** The orders that exist, for those who look after all of them. */
    orders: new Set<string>(),
    /** @returns the first answer that is not a fault; nothing when the app gave up */
    insist: async (person: Person, call: ApiCall, attempts = 30): Promise<ApiAnswer | undefined> => {
      // A second scan is a second scan: its answer is not that of the first.
      const isRepeatable = call.method !== 'GET' && call.path !== '/ezpay';
      if (isRepeatable && random.chance(habits.tapsTwice)) once(person, call).catch(() => undefined);
      for (let left = attempts; left > 0; left -= 1) {
        try {
          const answer = await once(person, call);
          if (answer.status < 500) return answer;
        } catch (error) {
          world.trace(() => `${person.sub} ${call.method} ${call.path} -> ${String(error)}`);
        }
        await engine.pause(between(1_000, 20_000));
      }
      return undefined;
    },
    /** What the bank does not allow in this state does not happen. */
    atBank: (what: string, act: () => unknown): void => {
      try {
        act();
        world.trace(() => `bank: ${what}`);
      } catch {
        world.trace(() => `bank: ${what} is not possible`);
      }
    },
  };
};
export type App = ReturnType<typeof app>;
