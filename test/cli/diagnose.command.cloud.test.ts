/** `tuntas diagnose` on tables and queues that run: each question finds what it is for, and nothing else. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { questions } from '../../functions/ops/diagnose.questions.ts';
import { declinedRide } from './declined-ride.ts';
import { type Stack, startStack } from './stack.ts';

const root = join(import.meta.dirname, '../..');
let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

type Found = { readonly rideId?: string; readonly queue?: string; readonly evidence: string; readonly runbook: string };
type Json = {
  readonly rides: number;
  readonly questions: readonly { readonly question: string; readonly findings: readonly Found[] }[];
  readonly queues: readonly Record<string, unknown>[];
  readonly agesUnknown?: string;
  readonly cost: { readonly readUnits: number; readonly items: number };
};

const diagnosed = async (...argv: readonly string[]) => {
  const { code, printed } = await stack.tuntas('diagnose', '--json', ...argv);
  const json = JSON.parse(printed) as Json;
  return {
    code,
    json,
    found: (question: string) => json.questions.find((one) => one.question === question)?.findings ?? [],
  };
};

/** Each has its own ride, so that one finding does not hide behind another. */
const ofRide = async (
  question: string,
  spoil: (ride: Awaited<ReturnType<typeof declinedRide>>) => Promise<unknown>,
) => {
  const ride = await declinedRide(stack);
  const before = await diagnosed('--ride', ride.rideId);
  await spoil(ride);
  const after = await diagnosed('--ride', ride.rideId);
  const inPeriod = await diagnosed();
  return {
    before: [before.code, before.found(question)],
    after: [after.code, after.found(question)],
    period: inPeriod.found(question).filter(({ rideId }) => rideId === ride.rideId),
    rideId: ride.rideId,
  };
};

const questionsOfRides = [
  {
    number: 1,
    question: 'after-decline',
    spoil: ({ dispatch }: Awaited<ReturnType<typeof declinedRide>>) => dispatch('d3', 3, 7_000),
    evidence: /^sent to d3 at .* under version 1, 3\.005 s after d1 declined \(version 2\)$/,
  },
  {
    number: 2,
    question: 'twice',
    spoil: ({ dispatch }: Awaited<ReturnType<typeof declinedRide>>) =>
      dispatch('d2', 2, 1_000, { sk: 'DISPATCH#d2#2#message-9' }),
    evidence: /^sent 2 times to d2: /,
  },
  {
    number: 4,
    question: 'pending-offers',
    spoil: ({ state }: Awaited<ReturnType<typeof declinedRide>>) =>
      state({ offers: { d1: { status: 'DECLINED', sequence: 1 }, d2: { status: 'PENDING', sequence: 2 } } }),
    evidence: /^the ride is DECLINED \(version 2\) and awaits the answer of d2$/,
  },
  {
    number: 5,
    question: 'pickup',
    spoil: ({ state }: Awaited<ReturnType<typeof declinedRide>>) =>
      state({ pickup: { lat: -6.1769, lng: 106.8306, sequence: 0 } }),
    evidence: /^stored -6\.1769, 106\.8306 \(sequence 0\), log -6\.1767, 106\.8306 \(sequence 0\): 0\.0002° apart$/,
  },
  {
    number: 6,
    question: 'sequence',
    spoil: ({ state }: Awaited<ReturnType<typeof declinedRide>>) => state({}, 4),
    evidence: /^versions 3, 4 of 4 missing$/,
  },
];

describe('diagnose, of rides', () => {
  it.each(questionsOfRides)(
    '[DSP-11] question $number: finds nothing, and then finds it, for one ride and in a period',
    async ({ question, spoil, evidence }) => {
      const { before, after, period, rideId } = await ofRide(question, spoil);
      expect(before).toEqual([0, []]);
      const found = [expect.objectContaining({ rideId, evidence: expect.stringMatching(evidence) })];
      expect(after).toEqual([1, found]);
      expect(period).toEqual(found);
    },
  );

  it('[DSP-11] finds nothing wrong with a ride that began before the period', async () => {
    const { rideId } = await declinedRide(stack, 63_000);
    const { found } = await diagnosed('--since', '60s');
    expect(found('sequence').filter((one) => one.rideId === rideId)).toEqual([]);
  });

  it('[DSP-11] finds nothing wrong with the order of a scan, which has no ride', async () => {
    const orderId = 'TNT-20261121-0000099';
    const before = (await diagnosed()).json.rides;
    const line = { kind: 'event', version: 1, at: new Date().toISOString(), orderId };
    await stack.put('story', { pk: `ORDER#${orderId}`, sk: 'EVENT#ezpay#000001', type: 'ezpay.confirmed', ...line });
    await stack.put('story', { pk: `ORDER#${orderId}`, sk: 'EVENT#order#000001', type: 'order.opened', ...line });
    const { json, found } = await diagnosed();
    expect([json.rides, found('sequence').filter(({ rideId }) => rideId === orderId)]).toEqual([before, []]);
  });

  it('[DSP-11] waits for a story that is only a moment behind its ride', async () => {
    const ride = await declinedRide(stack);
    await stack.remove('story', ride.pk, 'EVENT#ride#000002');
    stack.duringNextPause(() => ride.event(2, 'declined', 4_000, { driverId: 'd1', reason: 'too far', withdrawn: [] }));
    expect((await diagnosed('--ride', ride.rideId)).code).toBe(0);
    expect(stack.pauses.at(-1)).toBe(2_000);
  });

  it('[DSP-11] reports what it cannot read instead of failing', async () => {
    const ride = await declinedRide(stack);
    await stack.put('story', {
      pk: ride.pk,
      sk: 'EVENT#ride#000003',
      kind: 'event',
      type: 'ride.expired',
      version: 'three',
      at: 'soon',
    });
    const { code, found } = await diagnosed('--ride', ride.rideId);
    expect([code, found('sequence').map(({ evidence }) => evidence)]).toEqual([
      1,
      ['EVENT#ride#000003 cannot be read'],
    ]);
  });

  it('[DSP-11] reads more than one page, in parallel, and states the cost', async () => {
    const { json: before } = await diagnosed();
    const filler = 'x'.repeat(40_000);
    await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        stack.put('story', { pk: `DRIVER#d${i}`, sk: 'EVENT#driver#000001', kind: 'event', filler }),
      ),
    );
    const { json } = await diagnosed('--rate', '1000000');
    expect(json.rides).toBe(before.rides);
    expect(json.cost.items).toBeGreaterThanOrEqual(before.cost.items + 100);
    expect(json.cost.readUnits).toBeGreaterThan(before.cost.readUnits + 400);
  });

  it('[DSP-11] keeps to the rate it is given', async () => {
    const [started, before] = [Date.now(), stack.pauses.length];
    const { json } = await diagnosed('--rate', '400');
    const longest = Math.max(...stack.pauses.slice(before));
    expect(Date.now() - started + longest).toBeGreaterThan((json.cost.readUnits / 400) * 1_000 * 0.9);
  });
});

describe('diagnose, of the queues', () => {
  const queueFindings = async () =>
    (await diagnosed('--since', '1s')).found('queues').map(({ queue, evidence }) => `${queue}: ${evidence}`);

  it('[DSP-11] question 3: finds dead letters and messages that wait too long, and nothing otherwise', async () => {
    expect(await queueFindings()).toEqual([]);
    await stack.send('dispatch-dead', 'poison');
    await stack.send('dispatch', 'slow');
    stack.oldest('dispatch', 95);
    expect(await queueFindings()).toEqual([
      'tuntas-local-dispatch: the oldest of 1 messages has waited 95 s, more than 30 s',
      'tuntas-local-dispatch-dead: 1 dead letter',
    ]);
    await Promise.all(['dispatch', 'dispatch-dead'].map(stack.purge));
    expect(await queueFindings()).toEqual([]);
  });

  it('[DSP-11] lists each queue with its counts', async () => {
    await stack.send('timers', 'wake');
    const { json } = await diagnosed('--since', '1s');
    expect(json.queues.map(({ name, visible, inFlight, delayed }) => [name, visible, inFlight, delayed])).toEqual([
      ['tuntas-local-dispatch', 0, 0, 0],
      ['tuntas-local-dispatch-dead', 0, 0, 0],
      ['tuntas-local-timers', 1, 0, 0],
      ['tuntas-local-timers-dead', 0, 0, 0],
    ]);
    await stack.purge('timers');
  });

  it.each([
    ['none is named', undefined, 'no CloudWatch was named'],
    ['it does not answer', 'http://127.0.0.1:9', 'CloudWatch did not answer'],
  ])('[DSP-11] works without CloudWatch when %s, and states it', async (_, cloudwatch, why) => {
    const file = join(stack.folder, 'without.json');
    writeFileSync(file, JSON.stringify({ ...stack.ready, cloudwatch }));
    const { printed } = await stack.tuntas('diagnose', '--since', '1s', '--ready-file', file);
    expect(printed).toContain(`the age of the oldest message is unknown: ${why}`);
  });
});

describe('diagnose, for people', () => {
  it('[DSP-11] answers all six questions, with ride, evidence, runbook and cost', async () => {
    const ride = await declinedRide(stack);
    await ride.dispatch('d3', 3, 7_000);
    const { code, printed } = await stack.tuntas('diagnose', '--ride', ride.rideId);
    expect(code).toBe(1);
    for (const { number, asks } of Object.values(questions)) expect(printed).toContain(`${number}  ${asks}`);
    expect(printed).toContain(`${ride.rideId}: sent to d3`);
    expect(printed).toContain('see docs/runbooks/dispatch.md#a-dispatch-was-sent-after-a-decline');
    expect(printed).toMatch(/queue +visible +in flight +delayed +oldest/);
    expect(printed).toMatch(/1 finding\. Read \d+ items in \d+\.\d s for \d+(\.\d+)? read units/);
  });

  it('[DSP-11] names runbook headings that exist', () => {
    const files = ['dispatch.md', 'queues.md', 'outbox.md', 'diagnose.md'];
    const anchors = files.flatMap((file) =>
      [...readFileSync(join(root, 'docs/runbooks', file), 'utf8').matchAll(/^##+ (.+)$/gm)].map(
        ([, heading]) =>
          `${file}#${heading
            ?.toLowerCase()
            .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
            .replaceAll(/\s/g, '-')}`,
      ),
    );
    const sources = ['diagnose.questions.ts', 'queue-state.decider.ts'].map((file) =>
      readFileSync(join(root, 'functions/ops', file), 'utf8'),
    );
    const named = [...sources.join('').matchAll(/'(\w+\.md#[a-z-]+)'/g)].map(([, one]) => one);
    expect(named.length).toBeGreaterThan(6);
    expect(named.filter((one) => !anchors.includes(one ?? ''))).toEqual([]);
  });
});

describe('diagnose, misused or without its stack', () => {
  it.each([
    ['an unknown ride', ['--ride', 'TNT-20261121-ZZZZZZZ'], 'there is no ride TNT-20261121-ZZZZZZZ'],
    ['a ride that is not an order number', ['--ride', '42'], 'It must be an order number'],
    ['a duration that is not one', ['--since', 'yesterday'], 'such as 90s, 15m, 1h or 2d'],
    ['a rate of nothing', ['--rate', '0'], 'positive number'],
    ['an unknown option', ['--fast'], "unknown option '--fast'"],
    ['a ready file that does not exist', ['--ready-file', '/nowhere/ready.json'], 'start the local stack with'],
    ['two targets at once', ['--ready-file', 'x', '--stage', 'prod'], 'choose one'],
  ])('[DSP-11] answers %s with exit code 2 and what to do', async (_, argv, words) => {
    const { code, complained } = await stack.tuntas('diagnose', ...argv);
    expect([code, complained]).toEqual([2, expect.stringContaining(words)]);
  });

  it('[DSP-11] answers a stack that is gone with exit code 2', async () => {
    const file = join(stack.folder, 'gone.json');
    writeFileSync(file, JSON.stringify({ ...stack.ready, dynamodb: 'http://127.0.0.1:9' }));
    const { code, complained } = await stack.tuntas('diagnose', '--ready-file', file);
    expect([code, complained]).toEqual([2, expect.stringContaining('cannot be reached: is it running?')]);
  });

  it('[DSP-11] answers a stack without its tables, and an invalid ready file, with exit code 2', async () => {
    const file = join(stack.folder, 'other.json');
    writeFileSync(file, JSON.stringify({ ...stack.ready, tables: { state: 'no-state', story: 'no-story' } }));
    expect((await stack.tuntas('diagnose', '--ready-file', file)).complained).toContain(
      'has no table no-state or no-story',
    );
    writeFileSync(file, '{}');
    expect(await stack.tuntas('diagnose', '--ready-file', file)).toMatchObject({
      code: 2,
      complained: expect.stringContaining('dynamodb'),
    });
  });
});

describe('npx tuntas', () => {
  const execute = promisify(execFile);
  const tuntas = (...argv: readonly string[]) =>
    execute(process.execPath, [join(root, 'bin/tuntas.mjs'), ...argv]).then(
      ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
      ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr }),
    );

  it('[DSP-11] gives the exit code to the shell', async () => {
    const ride = await declinedRide(stack);
    expect((await tuntas('diagnose', '--ride', ride.rideId, '--ready-file', stack.readyFile)).code).toBe(0);
    expect(await tuntas('diagnose', '--since', 'never')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--since'),
    });
  });
});
