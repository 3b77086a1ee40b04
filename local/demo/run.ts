/**
 * `npm run demo`: plays six rides with simulated drivers on the local stack, one of them to the receipt, checks how each ends, and prints one ride's story.
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

const surprised = (surprises: readonly string[]): Promise<never> => {
  console.log(
    surprises.length === 0
      ? '\nEverything went as it should.'
      : `\nSurprising:\n${surprises.map((one) => `  ${one}`).join('\n')}`,
  );
  return end(surprises.length === 0 ? 0 : 1);
};

const rides = async (): Promise<void> => {
  const { ready, isOurs, stop: stopStack } = await findStack(values['ready-file']);
  stop = stopStack;
  console.log(`Running on ${isOurs ? 'a dedicated local stack' : 'the running local stack'}: ${ready.api}\n`);
  const { surprises, story } = await play(ready, console.log);
  console.log(
    `\nThe story of the first ride, as an operator reads it${isOurs ? '' : ` (npx tuntas story ${story.orderId})`}:\n`,
  );
  console.log(printStory(story.orderId, story.lines));
  await surprised(surprises);
};

const incident = async (): Promise<void> => {
  const { playIncident } = await import('./ezpay.ts');
  await surprised(
    await playIncident(console.log, (stopStack) => {
      stop = stopStack;
    }),
  );
};

const demos: Readonly<Record<string, () => Promise<void>>> = { rides, ezpay: incident };

try {
  const [name = 'rides'] = positionals;
  const demo = demos[name];
  if (!demo) throw new Error(`there is no demo "${name}", only ${Object.keys(demos).join(' and ')}`);
  await demo();
} catch (error) {
  fail(error);
}
