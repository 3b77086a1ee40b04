/** `npm run demo -- ezpay`: the incident in the three modes, on a stack of its own whose windows are scaled as its clock is. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtAssembly } from '../cloud/assembly-cache.ts';
import { type Local, startLocal } from '../cloud/cloud.ts';
import { clockAt, type Replayed, rehearse, replay } from './incident.ts';

type Say = (line: string) => void;
type Mode = 'strict' | 'grace' | 'async';
type Shown = { readonly title: string; readonly minuteMs: number; readonly replayed: Replayed };

const root = join(import.meta.dirname, '../..');
/** A minute of the incident: nothing in strict and grace waits for a window, so they may go faster. */
const fast = 90;
const slow = 400;
const flagsAreReread = 1_100;

const lineOf = (minuteMs: number, { minute, who, says }: Replayed['lines'][number]): string => {
  const seconds = `${((minute * minuteMs) / 1_000).toFixed(1)} s`;
  return who ? `  ${clockAt(minute)} ${seconds.padStart(8)}  ${who.padEnd(9)} ${says}` : `${' '.repeat(31)}${says}`;
};

const show = (say: Say, { title, minuteMs, replayed }: Shown): void => {
  say(`\n${title}`);
  say('  then    replay');
  for (const line of replayed.lines) say(lineOf(minuteMs, line));
  say('  Support sees');
  for (const [i, { orderId, status, reason, confirmedBy, wronglyFailed }] of replayed.orders.entries()) {
    const why = reason ?? (confirmedBy ? `by ${confirmedBy}` : '');
    say(`    ${orderId}  ${status} ${why}${wronglyFailed ? ', WRONGLY: the argo was running' : ''}`);
    if (i === 0 || replayed.orders.length < 4) say(`      ${replayed.news[i]}`);
  }
};

/** What should have come of it; anything else is surprising. */
const surprisesOf = (title: string, { orders }: Replayed, expected: readonly string[]): readonly string[] => {
  const found = orders.map(({ status, reason, confirmedBy, wronglyFailed }) =>
    [status, reason ?? confirmedBy, wronglyFailed ? 'wrongly' : ''].filter(Boolean).join(' '),
  );
  return String(found) === String(expected) ? [] : [`${title}: ${found.join(', ')} instead of ${expected.join(', ')}`];
};

const metrics = [
  ['EzPayScanned', 'orders'],
  ['EzPayScanRepeated', 'scans that got their first order back'],
  ['EzPayConfirmed', 'confirmed'],
  ['EzPayWronglyFailed', 'failed wrongly, reported'],
  ['EzPayVerified', 'confirmed before the argo, and verified by it'],
] as const;

const inNumbers = (local: Local, say: Say): void => {
  const read = (name: string, statistic: string) =>
    local.hooks.metric({ namespace: 'Tuntas/local', name, dimensions: { service: 'ezpay' } }, statistic);
  say('\nIn numbers, as the dashboard has them');
  for (const [name, what] of metrics) say(`  ${String(read(name, 'Sum') ?? 0).padStart(5)}  ${what} (${name})`);
  const share = (name: string): string => `${Math.round(100 * (read(name, 'Average') ?? 0))} %`.padStart(7);
  say(
    `${share('EzPayFailed')}  of the orders that ended failed (EzPayFailed), ${share('EzPayArgoNotStarted').trim()} with ARGO_NOT_STARTED`,
  );
  local.hooks.evaluateAlarms();
  const ringing = local.hooks.alarms().filter(({ state }) => state === 'ALARM');
  for (const { rule } of ringing) say(`  ALARM  ${rule.properties.AlarmDescription}`);
  if (ringing.length === 0) say('  no alarm');
};

const verdictOn = (title: string, { scans, orders, confirmedAt }: Replayed): string => {
  const count = (status: string): number => orders.filter((order) => order.status === status).length;
  const wrongly = orders.filter(({ wronglyFailed }) => wronglyFailed).length;
  const parts = [
    `${orders.length} order${orders.length === 1 ? '' : 's'} of ${scans} scans`,
    `${count('REFUSED')} refused and ${count('CANCELLED')} cancelled`,
    `${wrongly} of them reported as wrong`,
    confirmedAt === undefined ? 'none confirmed' : `confirmed at ${clockAt(confirmedAt)}`,
  ];
  return `  ${title.padEnd(21)} ${parts.join(', ')}`;
};

/** @returns what was surprising */
export const playIncident = async (
  say: Say,
  onStop: (stop: () => Promise<void>) => void,
): Promise<readonly string[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'tuntas-'));
  const flags = join(folder, 'flags.json');
  const setMode = (mode: Mode): Promise<void> => writeFile(flags, JSON.stringify({ 'ezpay-mode': { [mode]: 100 } }));
  await setMode('strict');
  const local = await startLocal({
    assembly: await builtAssembly(root, say),
    root,
    memory: true,
    port: 0,
    variables: {
      TUNTAS_FLAGS: flags,
      EZPAY_CONFIRM_SECONDS: String((5 * slow) / 1_000),
      EZPAY_ANSWER_SECONDS: String((10 * slow) / 1_000),
    },
  });
  onStop(async () => {
    await local.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const { ready } = local;
  say(`Playing on a local stack of its own: ${ready.api}, devices at ${ready.mqtt}`);
  say(`
At 03:44 a customer scans the code in a taxi whose argo runs since 03:43. The device has no coverage; its report is received at 04:36.
A minute of the incident is ${fast / 1_000} s here, in mode async ${slow / 1_000} s. The windows are scaled with it: the report is waited for 5 minutes (${(5 * slow) / 1_000} s),
then the driver's answer 10 minutes (${(10 * slow) / 1_000} s). Times of the device and of the stack are those of the replay; the left column says when it was.`);

  await rehearse(ready);
  const surprises: string[] = [];
  const once = async (mode: 'strict' | 'grace', title: string): Promise<Replayed> => {
    const replayed = await replay({ ready, name: mode, minuteMs: fast });
    show(say, { title, minuteMs: fast, replayed });
    surprises.push(
      ...surprisesOf(mode, replayed, [...Array(6).fill('REFUSED ARGO_NOT_STARTED wrongly'), 'CONFIRMED argo']),
    );
    return replayed;
  };
  const strict = await once('strict', 'strict: without a report the customer is refused at once');
  await setMode('grace');
  await sleep(flagsAreReread);
  const grace = await once(
    'grace',
    'grace: as strict, unless an order in this car succeeded in the last 2 minutes; here none did',
  );
  await setMode('async');
  await sleep(flagsAreReread);
  const [answered, silent] = await Promise.all([
    replay({ ready, name: 'answered', minuteMs: slow, driverAnswersAt: 7 }),
    replay({ ready, name: 'silent', minuteMs: slow }),
  ]);
  show(say, { title: 'async: the order waits in sight, and the driver is asked', minuteMs: slow, replayed: answered });
  show(say, {
    title: 'async, and the driver does not answer: nobody is charged, and what was wrong is reported',
    minuteMs: slow,
    replayed: silent,
  });
  surprises.push(...surprisesOf('async', answered, ['CONFIRMED driver']));
  const cancelled = 'CANCELLED ARGO_NOT_STARTED wrongly';
  surprises.push(...surprisesOf('async, silent', silent, [cancelled, cancelled, 'CONFIRMED argo']));
  await local.hooks.idle();
  inNumbers(local, say);

  say('\nVerdict, in times of the incident');
  for (const [title, replayed] of Object.entries({ strict, grace, async: answered, 'async, silent driver': silent }))
    say(verdictOn(title, replayed));
  return surprises;
};
