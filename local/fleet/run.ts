/** `npm run fleet`: a fleet drives on the local stack, with devices as late and as wrong as a profile says. */
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { instant } from '../../functions/kernel/types.ts';
import type { Ready } from '../cloud/ready.ts';
import { findStack } from '../people/stack.ts';
import { type Ended, type Live, playFleet } from './live.ts';
import { type ProfileName, profiles } from './profiles.ts';
import { modelTimeOf, scheduleOf } from './schedule.ts';

type Options = {
  readonly cars: number;
  readonly profile: ProfileName;
  readonly minutes: number;
  readonly scale: number;
  readonly seed: number;
  readonly readyFile: string;
};

const positive = (text: string): number => {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('A number above 0 is expected.');
  return value;
};

const hour = 3_600_000;
/** By Jakarta's clock, seven hours ahead: the night of the incident begins at 03:00, a working day at 08:00. */
const beginsAt = (profile: ProfileName): number => {
  const today = Date.now() - (Date.now() % (24 * hour));
  return today - 24 * hour + (profile === 'incident' ? 20 : 25) * hour;
};
const clock = (at: number): string => new Date(at + 7 * hour).toISOString().slice(11, 16);

const activeAlarms = async ({ admin }: Ready): Promise<readonly string[]> => {
  const response = await fetch(`${admin}/alarms`);
  const alarms = (await response.json()) as readonly { readonly name: string; readonly state: string }[];
  return alarms.filter(({ state }) => state === 'ALARM').map(({ name }) => name);
};

const progressLine = (at: number, { progress }: Live): string => {
  const { published, scans, answers, questions, errors } = progress();
  const counts = [...answers].map(([answer, times]) => `${answer} ${times}`).join(', ');
  const failed = errors.length > 0 ? `, ${errors.length} errors` : '';
  return `${clock(at)}  ${published} messages, ${scans} scans (${counts}), ${questions} questions to drivers${failed}`;
};

const table = (ended: readonly Ended[]): string =>
  (['on a trip', 'without a trip'] as const)
    .map((who) => {
      const orders = ended.filter(({ scan }) => (scan.trip ? 'on a trip' : 'without a trip') === who);
      const confirmed = orders.filter(({ order }) => order.status === 'CONFIRMED');
      const by = [...Map.groupBy(confirmed, ({ order }) => order.confirmedBy)].map(
        ([witness, all]) => `${witness} ${all.length}`,
      );
      const wrongly = orders.filter(({ order }) => order.wronglyFailed).length;
      const total = `  ${who.padEnd(15)} ${String(orders.length).padStart(5)} orders`;
      const split = `${confirmed.length} confirmed (${by.join(', ')}), ${orders.length - confirmed.length} not`;
      return `${total}, ${split}, ${wrongly} reported as wrongly failed`;
    })
    .join('\n');

const run = async ({ cars, profile, minutes, scale, seed, readyFile }: Options): Promise<number> => {
  const { ready, isOurs, stop } = await findStack(readyFile);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void stop().finally(() => process.exit(130)));
  try {
    const from = instant(beginsAt(profile));
    const times = { from, scale, begins: Date.now() + 1_000 };
    const steps = scheduleOf({ ...times, seed, cars, profile, hours: (minutes * scale) / 60 });
    const where = isOurs ? 'a new stack' : 'the running stack';
    console.log(`${cars} cars (profile ${profile}, seed ${seed}) on ${where}: ${ready.api}, devices at ${ready.mqtt}`);
    const pace = `${scale} times as fast, for ${minutes} min: ${steps.length} steps`;
    console.log(`From ${clock(from)} in Jakarta, ${pace}. Alarms at ${ready.admin}/alarms\n`);
    const live = playFleet(ready, steps, String(times.begins));
    const showProgress = (): void => console.log(progressLine(modelTimeOf(times, Date.now()), live));
    const timer = setInterval(showProgress, 5_000);
    const ended = await live.ended.finally(() => clearInterval(timer));
    console.log();
    showProgress();
    console.log(`Orders of the scans, by whether the customer was on board\n${table(ended)}`);
    console.log(`Active alarms: ${(await activeAlarms(ready)).join(', ') || 'none'}`);
    const { errors } = live.progress();
    for (const error of new Set(errors)) console.error(error);
    return errors.length > 0 ? 1 : 0;
  } finally {
    await stop();
  }
};

const program = new Command('npm run fleet --')
  .option('--cars <number>', 'how many cars drive', positive, 50)
  .addOption(
    new Option('--profile <name>', 'how late and wrong their devices are')
      .choices(Object.keys(profiles))
      .default('mixed'),
  )
  .option('--minutes <number>', 'how long it plays', positive, 3)
  .option('--scale <number>', "how fast the fleet's clock runs (60: an hour in a minute)", positive, 60)
  .option('--seed <number>', 'the same seed gives the same fleet', positive, (Date.now() % 100_000) + 1)
  .addOption(
    new Option('--ready-file <file>', 'of the stack to play on; one is started when none runs').default(
      resolve(import.meta.dirname, '../../.tuntas/ready.json'),
      'that of npm start',
    ),
  )
  .parse();

try {
  process.exit(await run(program.opts<Options>()));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
