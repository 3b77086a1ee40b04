/** Rides through the local stack, from the request to the drivers' messages, over a bare loop of the same SDK calls. */
import { openApps } from './support/apps.ts';
import { openBareLoop } from './support/bare-loop.ts';
import type { Queueing } from './support/bare-queues.ts';
import { startLocalStack } from './support/local-stack.ts';
import { type Benchmark, line, number, type Table } from './support/report.ts';
import { type Plan, play, type Round, together, type Way } from './support/rounds.ts';
import { inTurn } from './support/statistics.ts';

const rounds = 7;
const atOnce = 32;
const ridesPerRound = 200;
const burst = 1_000;
const idleRides = 150;
/** Between two rides of the idle measurement. */
const idlePause = 30;

const names = ['stack', 'bare', 'bareInMemory'] as const;
type Name = (typeof names)[number];
type Summary = ReturnType<typeof together>;

const warmUp: Omit<Plan, 'candidates'> = { rides: 500, atOnce };

/** The stack and both bare loops, round by round in turn. */
const inRounds = async (
  stack: Way,
  candidates: number,
): Promise<Readonly<Record<Name | 'stackBurst' | 'bareBurst', Summary>>> => {
  const bareLoop = (queueing: Queueing) => openBareLoop(queueing, candidates);
  const [bare, bareInMemory] = [await bareLoop('calls'), await bareLoop('memory')];
  try {
    const ways: Readonly<Record<Name, Way>> = { stack, bare, bareInMemory };
    for (const name of names) await play(ways[name], { ...warmUp, candidates });
    const each = (plan: Omit<Plan, 'candidates'>) => ({
      stack: () => play(stack, { ...plan, candidates }),
      bare: () => play(bare, { ...plan, candidates }),
      bareInMemory: () => play(bareInMemory, { ...plan, candidates }),
    });
    const steady = await inTurn(rounds, each({ rides: ridesPerRound, atOnce }));
    const { bareInMemory: _, ...bursts } = each({ rides: burst, atOnce: burst });
    const atOnceAll = await inTurn(2, bursts);
    return {
      stack: together(steady.stack),
      bare: together(steady.bare),
      bareInMemory: together(steady.bareInMemory),
      stackBurst: together(atOnceAll.stack),
      bareBurst: together(atOnceAll.bare),
    };
  } finally {
    await bare.stop();
    await bareInMemory.stop();
  }
};

const ms = (value: number): string => `${number(value)} ms`;
const row = (
  name: string,
  { ridesPerSecond, cpuPerRide, p50, p95, p99, messages, lost, twice }: Summary,
): readonly string[] => [
  name,
  number(ridesPerSecond),
  Number.isNaN(cpuPerRide) ? '' : ms(cpuPerRide),
  ms(p50),
  ms(p95),
  ms(p99),
  number(messages),
  number(lost),
  number(twice),
];

const benchmark: Benchmark = async () => {
  const { ready, stop } = await startLocalStack();
  try {
    const apps = await openApps(ready);
    await play(apps, { rides: 200, atOnce: 8, candidates: 3 });
    const idle: Record<1 | 3, Round> = {
      1: await play(apps, { rides: idleRides, atOnce: 1, candidates: 1, pause: idlePause }),
      3: await play(apps, { rides: idleRides, atOnce: 1, candidates: 3, pause: idlePause }),
    };
    const three = await inRounds(apps, 3);
    const one = await inRounds(apps, 1);
    apps.close();
    const perRide = (candidates: 1 | 3, found: typeof three) => {
      const words = `rides/s, ${candidates} ${candidates === 1 ? 'candidate' : 'candidates'}`;
      return [
        line(`${words}, ${atOnce} at once`, {
          measured: found.stack.ridesPerSecond,
          floor: found.bare.ridesPerSecond,
          limit: { of: 'ratio', atLeast: 0.6 },
        }),
        line(`${words}, the floor's queues in memory`, {
          measured: found.stack.ridesPerSecond,
          floor: found.bareInMemory.ridesPerSecond,
        }),
        line(`${words}, ${number(burst)} at once`, {
          measured: found.stackBurst.ridesPerSecond,
          floor: found.bareBurst.ridesPerSecond,
          limit: { of: 'ratio', atLeast: 0.6 },
        }),
      ];
    };
    const none = { of: 'measured', atMost: 0 } as const;
    const onStack = [three.stack, three.stackBurst, one.stack, one.stackBurst, together(Object.values(idle))];
    const sum = (key: 'lost' | 'twice' | 'messages'): number => onStack.reduce((total, found) => total + found[key], 0);
    const details: Table = {
      title: 'From the request to each driver’s message',
      columns: ['way', 'rides/s', 'CPU per ride', 'p50', 'p95', 'p99', 'messages', 'lost', 'twice'],
      rows: [
        row('stack, idle, 1 candidate', together([idle[1]])),
        row('stack, idle, 3 candidates', together([idle[3]])),
        ...([3, 1] as const).flatMap((candidates) => {
          const found = candidates === 3 ? three : one;
          const suffix = `${candidates} ${candidates === 1 ? 'candidate' : 'candidates'}`;
          return [
            row(`stack, ${atOnce} at once, ${suffix}`, found.stack),
            row(`bare, ${atOnce} at once, ${suffix}`, found.bare),
            row(`bare, queues in memory, ${suffix}`, found.bareInMemory),
            row(`stack, ${number(burst)} at once, ${suffix}`, found.stackBurst),
            row(`bare, ${number(burst)} at once, ${suffix}`, found.bareBurst),
          ];
        }),
      ],
    };
    return {
      title: 'Rides through the local stack',
      lines: [
        ...perRide(3, three),
        ...perRide(1, one),
        line('idle: request to the driver’s message, median', {
          measured: together([idle[1]]).p50,
          unit: 'ms',
          limit: { of: 'measured', below: 60 },
        }),
        line('idle: the same, 3 drivers offered', {
          measured: together([idle[3]]).p50,
          unit: 'ms',
          limit: { of: 'measured', below: 60 },
        }),
        line(`lost, of ${number(sum('messages') + sum('lost'))} messages`, { measured: sum('lost'), limit: none }),
        line('arrived twice', { measured: sum('twice'), limit: none }),
      ],
      details: [details],
      notes: [
        `The stack is \`npm start -- --memory\` in a process of its own; riders post over HTTP with tokens and keys,
          30 drivers listen on WebSockets. A ride is over when all its drivers have the message.`,
        `The bare loop is one process without API Gateway, tokens, Lambda, mappings or rules: it sends the same SDK
          commands with the same inputs (write of the ride, PutEvents, wake-ups, send, receive, delete, read of the
          ride, claim, connections, @connections, mark, story) to the same kind of emulators and to the least HTTP
          servers for the bus and the sockets.`,
        `CPU per ride counts all processes of a way with its riders and drivers; it depends less than the speed on
          what else the machine does.`,
        'With its queues in memory it also saves the calls to SQS, as the local stack does inside.',
        `Medians of ${rounds} rounds of ${number(ridesPerRound)} rides (of 2 rounds for the bursts), stack and
          floors in turn; messages are counted over all rounds of the stack.`,
      ],
    };
  } finally {
    await stop();
  }
};

export default benchmark;
