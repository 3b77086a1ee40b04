/** `npm run fleet`: a fleet drives on the local stack, with devices as late and as wrong as a profile says, and customers who scan. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { instant } from '../../functions/kernel/types.ts';
import type { Ready } from '../cloud/ready.ts';
import { findStack } from '../people/stack.ts';
import { type Ended, type Live, playFleet } from './live.ts';
import { type ProfileName, profiles } from './profiles.ts';
import { modelTimeOf, scheduleOf } from './schedule.ts';

const usage = `Usage: npm run fleet -- [options]
  --cars N          how many cars drive (default 50)
  --profile NAME    how late and wrong their devices are: ${Object.keys(profiles).join(', ')} (default mixed)
  --minutes N       how long it plays (default 3)
  --scale N         how fast the fleet's clock runs (default 60: an hour in a minute)
  --seed N          the same seed drives the same (default: another each time)
  --ready-file F    of the stack to play on (default that of npm start; one of its own when none runs)`;

const { values } = parseArgs({
  options: {
    cars: { type: 'string', default: '50' },
    profile: { type: 'string', default: 'mixed' },
    minutes: { type: 'string', default: '3' },
    scale: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    'ready-file': { type: 'string', default: resolve(import.meta.dirname, '../../.tuntas/ready.json') },
    help: { type: 'boolean', default: false },
  },
});

const numberOf = (name: 'cars' | 'minutes' | 'scale' | 'seed'): number => {
  const value = Number(values[name]);
  if (!(value > 0)) throw new Error(`--${name} ${values[name]}: a number above 0 is expected`);
  return value;
};
const isProfile = (name: string): name is ProfileName => Object.hasOwn(profiles, name);

const hour = 3_600_000;
/** By Jakarta's clock, seven hours ahead: the night of the incident begins at 03:00, a working day at 08:00. */
const beginsAt = (profile: ProfileName): number => {
  const today = Date.now() - (Date.now() % (24 * hour));
  return today - 24 * hour + (profile === 'incident' ? 20 : 25) * hour;
};
const clock = (at: number): string => new Date(at + 7 * hour).toISOString().slice(11, 16);

const ringing = async ({ admin }: Ready): Promise<readonly string[]> => {
  const alarms = (await (await fetch(`${admin}/alarms`)).json()) as readonly {
    readonly name: string;
    readonly state: string;
  }[];
  return alarms.filter(({ state }) => state === 'ALARM').map(({ name }) => name);
};

const progress = (at: number, { published, scans, answers, asked, errors }: ReturnType<Live['seen']>): string => {
  const told = [...answers].map(([what, times]) => `${what} ${times}`).join(', ');
  return `${clock(at)}  ${published} messages, ${scans} scans (${told}), drivers asked ${asked}${errors.length > 0 ? `, ${errors.length} errors` : ''}`;
};

const table = (ended: readonly Ended[]): readonly string[] =>
  (['on a trip', 'without a trip'] as const).map((who, i) => {
    const of = ended.filter(({ scan }) => (scan.trip === undefined) === (i === 1)).map(({ order }) => order);
    const confirmed = of.filter(({ status }) => status === 'CONFIRMED');
    const by = [...Map.groupBy(confirmed, ({ confirmedBy }) => confirmedBy)].map(
      ([witness, all]) => `${witness} ${all.length}`,
    );
    const wrongly = of.filter(({ wronglyFailed }) => wronglyFailed).length;
    return `  ${who.padEnd(15)} ${String(of.length).padStart(5)} orders, ${confirmed.length} confirmed (${by.join(', ')}), ${of.length - confirmed.length} not, ${wronglyLine(wrongly)}`;
  });
const wronglyLine = (wrongly: number): string => `${wrongly} of them reported as wrongly failed by now`;

const main = async (): Promise<number> => {
  if (values.help) return console.log(usage) ?? 0;
  if (!isProfile(values.profile))
    throw new Error(`--profile ${values.profile}: one of ${Object.keys(profiles).join(', ')} is expected`);
  const [cars, minutes, scale, seed] = [numberOf('cars'), numberOf('minutes'), numberOf('scale'), numberOf('seed')];
  const { profile } = values;
  const { ready, isOurs, stop } = await findStack(values['ready-file']);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void stop().finally(() => process.exit(130)));
  try {
    const from = instant(beginsAt(profile));
    const times = { from, scale, begins: Date.now() + 1_000 };
    const steps = scheduleOf({ ...times, seed, cars, profile, hours: (minutes * scale) / 60 });
    console.log(
      `${cars} cars (profile ${profile}, seed ${seed}) on ${isOurs ? 'a stack of their own' : 'the stack that runs'}: ${ready.api}, devices at ${ready.mqtt}`,
    );
    console.log(
      `From ${clock(from)} in Jakarta, ${scale} times as fast, for ${minutes} min: ${steps.length} steps. Alarms at ${ready.admin}/alarms\n`,
    );
    const live = playFleet(ready, steps, String(times.begins));
    const timer = setInterval(() => console.log(progress(modelTimeOf(times, Date.now()), live.seen())), 5_000);
    const ended = await live.ended.finally(() => clearInterval(timer));
    console.log(`\n${progress(modelTimeOf(times, Date.now()), live.seen())}`);
    console.log(`What became of the scans, by whether the customer was\n${table(ended).join('\n')}`);
    console.log(`Alarms that ring: ${(await ringing(ready)).join(', ') || 'none'}`);
    const { errors } = live.seen();
    for (const error of new Set(errors)) console.error(error);
    return errors.length > 0 ? 1 : 0;
  } finally {
    await stop();
  }
};

try {
  process.exit(await main());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
