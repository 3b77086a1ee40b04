/** The simulated world: the functions as the template wires them, on one thread under a seed. */
import { beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../build.ts';
import { builtAssembly } from '../../local/cloud/assembly-cache.ts';
import { blueprint } from './blueprint.ts';
import type { Blueprint } from './plans.ts';
import { type Play, play } from './play.ts';

let plan: Blueprint;
beforeAll(async () => {
  plan = await blueprint(await builtAssembly(root, () => undefined));
}, 60_000);

const traceOf = async (options: Play): Promise<readonly string[]> => {
  const lines: string[] = [];
  await play(plan, { ...options, riders: 3, trace: (at, line) => void lines.push(`${at} ${line}`) });
  return lines;
};

describe('a run', () => {
  it('[SIM-1] is the same for the same seed, line by line', async () => {
    const first = await traceOf({ seed: 7, profile: 'swarm' });
    expect(first.length).toBeGreaterThan(100);
    expect(await traceOf({ seed: 7, profile: 'swarm' })).toEqual(first);
  });

  it('[SIM-1] is another one for another seed', async () => {
    expect(await traceOf({ seed: 8, profile: 'swarm' })).not.toEqual(await traceOf({ seed: 7, profile: 'swarm' }));
  });

  it.each([1, 2, 3])('breaks no law while people keep to what they said (seed %i)', async (seed) => {
    expect((await play(plan, { seed, profile: 'chaos' })).breaches).toEqual([]);
  });
});

describe('[SIM-1] the template wires the world', () => {
  const without = (name: RegExp): Blueprint => {
    const rules = plan.rules.filter((rule) => !name.test(rule.name));
    expect(rules.length).toBe(plan.rules.length - 1);
    return { ...plan, rules };
  };

  it.each([
    ['of settled payments', /OrdersMoney/, 'money means PAID'],
    ['of requested dispatches', /DispatchRequested/, 'an order ends'],
  ])('without its rule %s a law breaks', async (_, name, law) => {
    const laws = new Set(
      (await play(without(name), { seed: 1, profile: 'calm' })).breaches.map((breach) => breach.law),
    );
    expect([...laws]).toContain(law);
  });
});
