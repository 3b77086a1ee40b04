/** `npm run simulate`: plays seeds and prints the laws they break, or one seed in detail. */
import { parseArgs } from 'node:util';
import { buildAll, root } from '../../build.ts';
import { builtAssembly } from '../../local/cloud/assembly-cache.ts';
import { type Bite, bites } from './bite.ts';
import { blueprint } from './blueprint.ts';
import { coverage } from './coverage.ts';
import type { Blueprint } from './plans.ts';
import { type Play, play } from './play.ts';
import { profiles } from './profiles.ts';
import { shrink, testOf } from './shrink.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    seed: { type: 'string' },
    from: { type: 'string', default: '1' },
    profile: { type: 'string', default: 'swarm' },
    riders: { type: 'string', default: '20' },
    trace: { type: 'boolean', default: false },
    shrink: { type: 'boolean', default: false },
    coverage: { type: 'boolean', default: false },
    sabotage: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const profile = profiles.find((one) => one === values.profile);
if (!profile) throw new Error(`--profile must be one of ${profiles.join(', ')}`);
const whole = (name: 'seeds' | 'from' | 'riders' | 'seed', text: string): number => {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new Error(`--${name} must be a whole number from 1`);
};
const print = (line: string): void => console.log(line);

const sabotage = async (plan: Blueprint): Promise<boolean> => {
  const onSite = ({ site, law, seed }: Bite): void =>
    print(law ? `bites: ${site}: ${law}, seed ${seed?.seed} of ${seed?.profile}` : `NOT NOTICED: ${site}`);
  const found = await bites(plan, { onSite, ...(values.only ? { only: new RegExp(values.only) } : {}) });
  const noticed = found.filter(({ law }) => law !== undefined).length;
  print(
    `${noticed} of ${found.length} missing protections are noticed by a law: ` +
      `${Math.round((100 * noticed) / found.length)} %`,
  );
  return noticed === found.length;
};

/** @returns whether every law held */
const playAll = async (plan: Blueprint): Promise<boolean> => {
  const first = whole(values.seed ? 'seed' : 'from', values.seed ?? values.from);
  const last = values.seed === undefined ? first + whole('seeds', values.seeds) - 1 : first;
  const began = performance.now();
  const byLaw = new Map<string, { count: number; readonly seed: number; readonly example: string }>();
  const seen = coverage();
  let steps = 0;
  let broken = 0;
  for (let seed = first; seed <= last; seed += 1) {
    const trace = (at: number, line: string): void => print(`${new Date(at).toISOString()} ${line}`);
    const options: Play = { seed, profile, riders: whole('riders', values.riders), ...(values.trace ? { trace } : {}) };
    const played = await play(plan, options);
    const [breach] = played.breaches;
    if (values.shrink && breach) print(testOf(await shrink(plan, options, breach.law), breach.law));
    steps += played.steps;
    seen.add(played);
    if (breach) broken += 1;
    for (const { law, item, why } of played.breaches) {
      const known = byLaw.get(law) ?? { count: 0, seed, example: `${item}: ${why}` };
      byLaw.set(law, { ...known, count: known.count + 1 });
    }
  }
  const seconds = (performance.now() - began) / 1_000;
  const played = `${last - first + 1} seeds of ${profile}, ${steps} steps, ${Math.round(steps / seconds)} steps/s`;
  print(`${played}; ${broken} break a law`);
  for (const line of seen.lines(values.coverage)) print(line);
  for (const [law, { count, seed, example }] of byLaw) print(`  ${law}: ${count} (seed ${seed}: ${example})`);
  return broken === 0;
};

await buildAll();
const plan = await blueprint(await builtAssembly(root, print));
const isGood = values.sabotage ? await sabotage(plan) : await playAll(plan);
process.exitCode = isGood ? 0 : 1;
