/** `npm run simulate`: plays seeds and prints the laws they break, or one seed in detail. */
import { parseArgs } from 'node:util';
import { buildAll, root } from '../../build.ts';
import { builtAssembly } from '../../local/cloud/assembly-cache.ts';
import { blueprint } from './blueprint.ts';
import { type Play, play, profiles } from './play.ts';
import { shrink } from './shrink.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    seed: { type: 'string' },
    from: { type: 'string', default: '1' },
    profile: { type: 'string', default: 'swarm' },
    riders: { type: 'string', default: '20' },
    trace: { type: 'boolean', default: false },
    shrink: { type: 'boolean', default: false },
  },
});
const profile = profiles.find((one) => one === values.profile);
if (!profile) throw new Error(`--profile must be one of ${profiles.join(', ')}`);

await buildAll();
const plan = await blueprint(await builtAssembly(root, console.log));
const first = Number(values.seed ?? values.from);
const last = values.seed === undefined ? first + Number(values.seeds) - 1 : first;
/** The smallest play that breaks the same law, as a test has it. */
const report = async (options: Play, law: string): Promise<void> => {
  const small = await shrink(plan, options, law);
  console.log(`seed ${options.seed} breaks "${law}"; the smallest play that does:\n  ${JSON.stringify(small)}`);
};
const began = performance.now();
const byLaw = new Map<string, { count: number; readonly seed: number; readonly example: string }>();
const met = new Map<string, number>();
const covered = new Set<string>();
let steps = 0;
let broken = 0;
for (let seed = first; seed <= last; seed += 1) {
  const trace = (at: number, line: string): void => console.log(`${new Date(at).toISOString()} ${line}`);
  const options: Play = { seed, profile, riders: Number(values.riders), ...(values.trace ? { trace } : {}) };
  const played = await play(plan, options);
  if (values.shrink && played.breaches[0]) await report(options, played.breaches[0].law);
  steps += played.steps;
  for (const one of played.world.guard.covered) covered.add(one);
  if (played.breaches.length > 0) broken += 1;
  for (const [fault, count] of played.met) met.set(fault, (met.get(fault) ?? 0) + count);
  for (const { law, item, why } of played.breaches) {
    const known = byLaw.get(law) ?? { count: 0, seed, example: `${item}: ${why}` };
    byLaw.set(law, { ...known, count: known.count + 1 });
  }
}
const seconds = (performance.now() - began) / 1_000;
console.log(
  `${last - first + 1} seeds of ${profile}, ${steps} steps, ${Math.round(steps / seconds)} steps/s; ${broken} break a law`,
);
console.log(`faults met: ${[...met].map(([fault, count]) => `${fault} ${count}`).join(', ') || 'none'}`);
const facts = new Set([...covered].map((one) => one.split(' | ')[0]));
console.log(`covered: ${covered.size} of (fact, state, fault), ${facts.size} kinds of facts`);
for (const [law, { count, seed, example }] of byLaw) console.log(`  ${law}: ${count} (seed ${seed}: ${example})`);
process.exitCode = broken > 0 ? 1 : 0;
