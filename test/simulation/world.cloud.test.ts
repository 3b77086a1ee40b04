/** The simulated world: the functions as the template wires them, on one thread under a seed. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { root } from '../../build.ts';
import { builtAssembly } from '../../local/cloud/assembly-cache.ts';
import { blueprint } from './blueprint.ts';
import { coverage } from './coverage.ts';
import type { Breach } from './laws/law.ts';
import { notYet } from './laws/not-yet.ts';
import type { Blueprint } from './plans.ts';
import { type Play, play } from './play.ts';
import { shrink, testOf } from './shrink.ts';

vi.setConfig({ testTimeout: 180_000 });
let plan: Blueprint;
beforeAll(async () => {
  plan = await blueprint(await builtAssembly(root, () => undefined));
}, 180_000);

const kept = (breaches: readonly Breach[]): readonly Breach[] => breaches.filter(({ law }) => !notYet.has(law));

const traceOf = async (options: Play): Promise<readonly string[]> => {
  const lines: string[] = [];
  await play(plan, { ...options, riders: 3, restDays: 1, trace: (at, line) => void lines.push(`${at} ${line}`) });
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

  it.each([
    ['calm', 1],
    ['chaos', 1],
    ['chaos', 2],
    ['chaos', 3],
    ['races', 1],
    ['races', 2],
  ] as const)('[SIM-2] breaks no law while people keep to what they promised (%s, seed %i)', async (profile, seed) => {
    const { breaches } = await play(plan, { seed, profile, riders: 10 });
    expect(kept(breaches)).toEqual([]);
  });

  it.each([1, 2, 3, 4])('[SIM-2] breaks no law when people change their minds (seed %i)', async (seed) => {
    const { breaches } = await play(plan, { seed, profile: 'swarm', riders: 10 });
    expect(kept(breaches)).toEqual([]);
  });

  it('[SIM-3] counts which fact it met in which state under which fault', async () => {
    const seen = coverage();
    seen.add(await play(plan, { seed: 1, profile: 'races', riders: 5, restDays: 1 }));
    const lines = seen.lines(true);
    expect(lines[0]).toMatch(/^faults met: (?=.*crash-after \d)(?=.*duplicate \d)/);
    expect(lines[1]).toMatch(/^covered: \d+ pairs of fact and state, \d+ of \d+ with fault \(\d+ %\)$/);
    expect(lines.some((line) => /^ {2}order\.finished \| (FINISHED|PAID): \w/.test(line))).toBe(true);
  });
});

describe('[SIM-1] the template wires the world', () => {
  const without = (name: RegExp): Blueprint => {
    const rules = plan.rules.filter((rule) => !name.test(rule.name));
    expect(rules.length).toBe(plan.rules.length - 1);
    return { ...plan, rules };
  };

  it.each([
    ['of requested dispatches', /-dispatch-requested$/, 'a requested ride is offered'],
    ['of paid orders', /-receipts$/, 'who paid gets a receipt'],
  ])('without its rule %s a law breaks', async (_, name, law) => {
    const { breaches } = await play(without(name), { seed: 1, profile: 'calm', riders: 10, restDays: 1 });
    expect(breaches.map((breach) => breach.law)).toContain(law);
  });

  it('[SIM-3] a failing seed is shrunk to a short play, printed as a test', async () => {
    const broken = without(/-dispatch-requested$/);
    const law = 'a requested ride is offered';
    const small = await shrink(broken, { seed: 1, profile: 'chaos', riders: 6, restDays: 1 }, law);
    expect(small.riders).toBeLessThan(6);
    expect(small.without).toContain('crash');
    expect((await play(broken, small)).breaches.map((breach) => breach.law)).toContain(law);
    expect(testOf(small, law)).toContain('play(plan, {"seed":1,"profile":"chaos"');
  });
});
