/** `npm run demo -- ezpay`: the incident in the three modes, on a dedicated stack whose windows are scaled. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtAssembly } from '../cloud/assembly-cache.ts';
import { startLocal } from '../cloud/cloud.ts';
import { type Print, verdictOn, writeNumbers, writeReplay } from './ezpay.print.ts';
import { type Incident, type Replayed, rehearse, replay } from './incident.ts';

type OnStop = (stop: () => Promise<void>) => void;
type Mode = 'strict' | 'grace' | 'async';

const root = join(import.meta.dirname, '../..');
/** A minute of the incident: in strict and grace no window is waited for, so they may go faster. */
const fast = 90;
const slow = 400;
const flagsAreReadAgain = 1_100;

const introduction = `
At 03:44 a customer scans the code in a taxi whose argo runs since 03:43. The device has no coverage; its report is
received at 04:36. A minute of the incident is ${fast / 1_000} s here, in mode async ${slow / 1_000} s.
The windows are scaled with it: the report is waited for 5 minutes (${(5 * slow) / 1_000} s), then the driver's answer
10 minutes (${(10 * slow) / 1_000} s). Times of the device and of the stack are those of the replay; the left column
has those of the incident.`;

const wronglyRefused = Array<string>(6).fill('REFUSED ARGO_NOT_STARTED wrongly');
const wronglyCancelled = 'CANCELLED ARGO_NOT_STARTED wrongly';

/** What differs from the expected orders. */
const surprisesOf = (title: string, { orders }: Replayed, expected: readonly string[]): readonly string[] => {
  const found = orders.map(({ status, reason, confirmedBy, wronglyFailed }) =>
    [status, reason ?? confirmedBy, wronglyFailed ? 'wrongly' : ''].filter(Boolean).join(' '),
  );
  return String(found) === String(expected) ? [] : [`${title}: ${found.join(', ')} instead of ${expected.join(', ')}`];
};

const startStack = async (print: Print, onStop: OnStop) => {
  const folder = await mkdtemp(join(tmpdir(), 'tuntas-'));
  const flags = join(folder, 'flags.json');
  const writeMode = (mode: Mode): Promise<void> => writeFile(flags, JSON.stringify({ 'ezpay-mode': { [mode]: 100 } }));
  await writeMode('strict');
  const variables = {
    TUNTAS_FLAGS: flags,
    EZPAY_CONFIRM_SECONDS: String((5 * slow) / 1_000),
    EZPAY_ANSWER_SECONDS: String((10 * slow) / 1_000),
  };
  const assembly = await builtAssembly(root, print);
  const local = await startLocal({ assembly, root, memory: true, port: 0, variables });
  onStop(async () => {
    await local.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const setMode = async (mode: Mode): Promise<void> => {
    await writeMode(mode);
    await sleep(flagsAreReadAgain);
  };
  return { local, setMode };
};

/** @returns what was surprising */
export const playIncident = async (print: Print, onStop: OnStop): Promise<readonly string[]> => {
  const { local, setMode } = await startStack(print, onStop);
  const { ready } = local;
  print(`Started a local stack for this run: ${ready.api}, devices at ${ready.mqtt}`);
  print(introduction);
  await rehearse(ready);

  const run = (name: string, minuteMs: number, more: Partial<Incident> = {}): Promise<Replayed> =>
    replay({ ready, name, minuteMs, ...more });
  const strict = await run('strict', fast);
  writeReplay(print, 'strict: without a report the customer is refused at once', fast, strict);
  await setMode('grace');
  const grace = await run('grace', fast);
  const graceTitle = 'grace: as strict, unless an order in this car succeeded in the last 2 minutes; here none did';
  writeReplay(print, graceTitle, fast, grace);
  await setMode('async');
  const [answered, silent] = await Promise.all([run('answered', slow, { driverAnswersAt: 7 }), run('silent', slow)]);
  writeReplay(print, 'async: the order waits visibly, and the driver is asked', slow, answered);
  const silentTitle = 'async, and the driver does not answer: no one is charged, and what was wrong is reported';
  writeReplay(print, silentTitle, slow, silent);
  await local.hooks.idle();
  writeNumbers(print, local);

  print('\nVerdict, in times of the incident');
  for (const [title, replayed] of Object.entries({ strict, grace, async: answered, 'async, silent driver': silent }))
    print(verdictOn(title, replayed));
  return [
    ...surprisesOf('strict', strict, [...wronglyRefused, 'CONFIRMED argo']),
    ...surprisesOf('grace', grace, [...wronglyRefused, 'CONFIRMED argo']),
    ...surprisesOf('async', answered, ['CONFIRMED driver']),
    ...surprisesOf('async, silent', silent, [wronglyCancelled, wronglyCancelled, 'CONFIRMED argo']),
  ];
};
