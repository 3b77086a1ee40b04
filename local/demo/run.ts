/**
 * `npm run demo`: plays six rides with simulated drivers on the local stack, one of them to the receipt, checks how
 * each ends, and prints the story of one.
 * `npm run demo -- ezpay`: replays the incident of the late argo in the three modes of EzPay.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { printStory } from '../../bin/cli/story.print.ts';
import { findStack } from '../people/stack.ts';
import { play } from './rides.ts';

const limit = 90_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'ready-file': { type: 'string', default: resolve(import.meta.dirname, '../../.tuntas/ready.json') } },
});

let stop = async (): Promise<void> => {};
const end = async (code: number): Promise<never> => {
  await stop().catch(console.error);
  process.exit(code);
};
const fail = (reason: unknown): void => {
  console.error(reason);
  void end(1);
};
setTimeout(() => fail(`The demo did not end within ${limit / 1000} s.`), limit).unref();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(130));

type Surprises = readonly string[];

const rides = async (): Promise<Surprises> => {
  const { ready, isOurs, stop: stopStack } = await findStack(values['ready-file']);
  stop = stopStack;
  console.log(
    `${isOurs ? 'Started a local stack for this run' : 'Using the local stack that runs already'}: ${ready.api}\n`,
  );
  const { surprises, story } = await play(ready, console.log);
  const hint = isOurs ? '' : ` (npx tuntas story ${story.orderId})`;
  console.log(`\nThe story of the first ride, as an operator reads it${hint}:\n`);
  console.log(printStory(story.orderId, story.lines));
  return surprises;
};

const ezpay = async (): Promise<Surprises> => {
  const { playIncident } = await import('./ezpay.ts');
  return playIncident(console.log, (stopStack) => {
    stop = stopStack;
  });
};

const demos: Readonly<Record<string, () => Promise<Surprises>>> = { rides, ezpay };
const [name = 'rides'] = positionals;
const demo = demos[name];
if (demo)
  try {
    const surprises = await demo();
    const list = surprises.map((one) => `  ${one}`).join('\n');
    console.log(list === '' ? '\nEverything went as it should.' : `\nSurprising:\n${list}`);
    await end(list === '' ? 0 : 1);
  } catch (error) {
    fail(error);
  }
else fail(`There is no demo "${name}", only ${Object.keys(demos).join(' and ')}.`);
