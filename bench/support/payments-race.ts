/** The cost of a notification that arrives before its payment: parked and joined here, or slept for. */
import { invocations, names, open, ours, type Times } from './early-notification.ts';
import { line, number, type Part } from './report.ts';
import { remedy } from './sleeping-webhook.ts';
import { median } from './statistics.ts';

const warmUp = 60;
const rounds = 60;
const remedyRounds = 12;
const batch = 10;

const total = (times: Times): number => names.reduce((sum, name) => sum + times[name], 0);

export const racePart = async (): Promise<Part> => {
  const { bench, stop } = await open();
  try {
    for (let n = 0; n < warmUp; n += 1) await ours(bench, n % 5 === 0 ? batch : 1, n % 2 === 0);
    const times: Readonly<Record<'found' | 'alone' | 'together', Times[]>> = { found: [], alone: [], together: [] };
    const [threeSleeps, oneSleep]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      times.found.push(await ours(bench, 1, false));
      times.alone.push(await ours(bench, 1, true));
      times.together.push(await ours(bench, batch, true));
      if (round % (rounds / remedyRounds) !== 0) continue;
      threeSleeps.push(await remedy(bench, 1_250));
      oneSleep.push(await remedy(bench, 250));
    }
    const billed = (some: readonly Times[], of: (times: Times) => number): number =>
      median(some.map(of)) / (some === times.together ? batch : 1);
    const [found, alone, together] = [
      billed(times.found, total),
      billed(times.alone, total),
      billed(times.together, total),
    ];
    const atLeast50 = { of: 'ratio', atLeast: 50 } as const;
    const [three, one] = [median(threeSleeps), median(oneSleep)];
    return {
      lines: [
        line('race: billed by 3 × 500 ms of sleep, over ours, one notification alone', {
          measured: three,
          floor: alone,
          unit: 'ms',
          limit: atLeast50,
        }),
        line(`race: the same, ours in batches of ${batch}`, {
          measured: three,
          floor: together,
          unit: 'ms',
          limit: atLeast50,
        }),
        line('race: when one sleep of 500 ms is enough, over ours, alone', { measured: one, floor: found, unit: 'ms' }),
      ],
      details: [
        {
          title: 'Billed for an early notification, medians in whole milliseconds of its invocations',
          columns: [
            'function',
            'does',
            'joined before the first look',
            'after a look without success',
            `the same, of a batch of ${batch}`,
          ],
          rows: [
            ...names.map((name) => [
              name,
              invocations[name],
              ...Object.values(times).map((some) => number(billed(some, (time) => time[name]))),
            ]),
            ['all of them', '', number(found), number(alone), number(together)],
          ],
        },
      ],
      notes: [
        `Race: the notification of a settlement is there before its payment. Medians of ${rounds} rounds (of
          ${remedyRounds} for the sleeps), in turn, after ${warmUp} to warm up; functions from their bundles, wall
          time rounded up to whole milliseconds per invocation, on the emulators in memory and the simulated
          gateway. Nothing is left out: deadlines set, looks in vain and wake-ups that find nothing more are
          invocations too. Of the charge, which runs anyway, only the joining is counted, as if it were an
          invocation of its own.`,
        `The sleeper looks for the payment in the same table and sleeps 500 ms up to three times; it neither asks
          the gateway nor keeps a log of what it was told. Its payment comes after 1.25 s, against ours with one
          look in vain; then after 0.25 s, against ours without. A payment that comes after more than 1.5 s is lost
          to the sleeper.`,
        `The time of a real gateway comes to the joining, as to every settlement, early or not; the sleeper saves
          the question by believing everybody who has a signature.`,
      ],
    };
  } finally {
    await stop();
  }
};
