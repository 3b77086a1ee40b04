/** What an order and each command write and read, next to the least they must, in a small table and a large one. */
import { rideDeadline } from '../functions/dispatch/commands.ts';
import { instant } from '../functions/kernel/types.ts';
import { delivered } from '../tools/deliveries.ts';
import { watch } from './support/calls.ts';
import { type Cost, costs } from './support/costs.ts';
import { openDatabase } from './support/database.ts';
import { fillDrivers, fillRides } from './support/fill.ts';
import { type Benchmark, line, number, type Table } from './support/report.ts';
import {
  answerOffer,
  bandung,
  cancelRide,
  movePickup,
  reportDriver,
  requestRide,
  rideWanted,
  seeMyself,
  seeRide,
} from './support/requests.ts';
import { type Bench, idOf, onDuty, someRide } from './support/ride-writes.ts';
import { openSystem, type System, succeeded } from './support/system.ts';
import { orderLines, orderTable, wholeOrder } from './support/whole-order.ts';

type Command = { readonly name: string; readonly writes: 0 | 1; readonly cost: Cost };

/** Every command once, and again where a repetition must write nothing. `pass` distinguishes the names of two. */
const everyCommand = async (bench: Bench, pass: string): Promise<readonly Command[]> => {
  const { system } = bench;
  const [d1, d2, d3, busy] = ['d1', 'd2', 'd3', 'busy'].map((name) => `${pass}-${name}`) as [
    string,
    string,
    string,
    string,
  ];
  await onDuty(bench, [d1, d2, d3, busy]);
  const open = await someRide(bench, [d1, d2, d3]);
  const waves = await someRide(bench, [d1, d2], { policy: 'next', waveSize: 1 });
  const found = await someRide(bench, [d1]);
  const taken = await someRide(bench, [d1, busy]);
  const left = await someRide(bench, [d1, d2]);
  succeeded(await system.rides(answerOffer('accept', taken.id, busy)));
  const searching = idOf(succeeded(await system.rides(requestRide(rideWanted(), { sub: 'rider-2' }))));
  const withKey = requestRide(rideWanted({ candidates: [d1, d2, d3] }), { sub: 'rider-2', key: `${pass}-key` });
  const send = (event: Parameters<System['rides']>[0]) => async () => succeeded(await system.rides(event));

  const plan: readonly (readonly [string, 0 | 1, () => Promise<unknown>])[] = [
    ['request with key, candidates named', 1, send(withKey)],
    ['the same key again', 0, send(withKey)],
    ['request, matcher searches', 1, send(requestRide(rideWanted(), { sub: 'rider-2' }))],
    ['see a ride', 0, send(seeRide(open.id, 'rider-2'))],
    ['move the pickup', 1, send(movePickup(open.id, 'rider-2', 1))],
    ['an older pickup', 0, send(movePickup(open.id, 'rider-2', 1))],
    [
      'an offer shown',
      0,
      () => system.offers(delivered(open.orders.slice(1, 2).map((order) => ({ ...order, version: 2 })))),
    ],
    [
      'the same offer again',
      0,
      () => system.offers(delivered(open.orders.slice(1, 2).map((order) => ({ ...order, version: 2 })))),
    ],
    ['decline, policy close', 1, send(answerOffer('decline', open.id, d1))],
    ['a second decline', 0, send(answerOffer('decline', open.id, d2))],
    ['an offer of a closed ride', 0, () => system.offers(delivered(open.orders.slice(2)))],
    ['decline, policy next', 1, send(answerOffer('decline', waves.id, d1))],
    ['accept', 1, send(answerOffer('accept', found.id, d1))],
    ['the same accept again', 0, send(answerOffer('accept', found.id, d1))],
    ['cancel while searching', 1, send(cancelRide(left.id, 'rider-2'))],
    ['cancel after accept', 1, send(cancelRide(taken.id, 'rider-2'))],
    ['the same cancel again', 0, send(cancelRide(taken.id, 'rider-2'))],
    ['deadline, next wave', 1, () => rideDeadline(system.deps, searching, instant(Date.now() + 31_000))],
    ['deadline, not due', 0, () => rideDeadline(system.deps, searching, instant(Date.now()))],
    ['driver sees the open offers', 0, send(seeMyself(d2))],
    ['driver reports a move', 1, send(reportDriver(d3, { lat: bandung.lat + 0.001, lng: bandung.lng }))],
    ['driver reports nothing new', 0, send(reportDriver(d3, { lat: bandung.lat + 0.001, lng: bandung.lng }))],
    ['sweep, nothing overdue', 0, () => system.sweep({})],
  ];
  const commands: Command[] = [];
  for (const [name, writes, work] of plan) {
    const cost = await costs(bench, work);
    if (cost.stateWrites < writes) throw new Error(`${name} did not happen: ${cost.calls}`);
    commands.push({ name, writes, cost });
  }
  return commands;
};

const sizes = [1_000, 100_000] as const;

const commandTable = (small: readonly Command[], large: readonly Command[]): Table => ({
  title: `Each command at ${sizes.map(number).join(' and at ')} stored rides`,
  columns: [
    'command',
    `calls at ${number(sizes[0])}`,
    'items',
    'WCU',
    'RCU',
    `calls at ${number(sizes[1])}`,
    'items',
    'WCU',
    'RCU',
  ],
  rows: small.map(({ name, cost }, i) => {
    const later = large[i]?.cost ?? cost;
    return [
      name,
      cost.calls,
      ...[cost.items, cost.written, cost.read].map(number),
      later.calls === cost.calls ? 'same' : later.calls,
      ...[later.items, later.written, later.read].map(number),
    ];
  }),
});

const withBench = async <Result>(
  options: Parameters<typeof openDatabase>[0],
  work: (bench: Bench) => Promise<Result>,
): Promise<Result> => {
  const database = await openDatabase(options);
  try {
    const system = await openSystem(database, async () => true);
    return await work({ database, system, seen: watch(system.client, { withCapacity: true }) });
  } finally {
    await database.stop();
  }
};

type Grown = {
  readonly small: readonly Command[];
  readonly large: readonly Command[];
  readonly loadedPerSecond: number;
  readonly bytes: number;
};

const atBothSizes = async (bench: Bench): Promise<Grown> => {
  const { database } = bench;
  const sample = await someRide(bench, ['sample-1', 'sample-2', 'sample-3']);
  await fillRides(database, sample, 0, sizes[0]);
  await fillDrivers(database, { fresh: 45, stale: 1 });
  const small = await everyCommand(bench, 'small');
  const loading = performance.now();
  await fillRides(database, sample, sizes[0], sizes[1]);
  const loadedPerSecond = ((sizes[1] - sizes[0]) * 1_000) / (performance.now() - loading);
  await fillDrivers(database, { fresh: 45, stale: 400 });
  return {
    small,
    large: await everyCommand(bench, 'large'),
    loadedPerSecond,
    bytes: JSON.stringify(sample.item).length,
  };
};

const benchmark: Benchmark = async () => {
  const order = await withBench({}, wholeOrder);
  const { small, large, loadedPerSecond, bytes } = await withBench({ withStream: false }, atBothSizes);
  const transitions = small.filter(({ writes }) => writes === 1);
  const silent = small.filter(({ writes }) => writes === 0);
  const most = (commands: readonly Command[]): number => Math.max(...commands.map(({ cost }) => cost.stateWrites));
  const differing = small.filter(({ cost }, i) => JSON.stringify(cost) !== JSON.stringify(large[i]?.cost));
  const none = { of: 'measured', atMost: 0 } as const;
  return {
    title: 'Writes and capacity',
    lines: [
      line(`writes of a transition to State, most of ${transitions.length} commands`, {
        measured: most([...transitions, ...large.filter(({ writes }) => writes === 1)]),
        limit: { of: 'measured', atMost: 1 },
      }),
      line('of them without a condition', {
        measured: transitions.reduce((sum, { cost }) => sum + cost.unconditional, 0),
        limit: none,
      }),
      line(`writes to State of a repetition, an offer or a read, most of ${silent.length}`, {
        measured: most(silent),
        limit: none,
      }),
      ...orderLines(order),
      line(`commands that cost more or less at ${number(sizes[1])} stored rides than at ${number(sizes[0])}`, {
        measured: differing.length,
        limit: none,
      }),
    ],
    details: [orderTable(order), commandTable(small, large)],
    notes: [
      `Least: every item that must change is written once and billed as 1 KB, twice that where the design names a
        transaction (ride and key; ride, order and driver; payment and order), plus one unit for each index entry
        gained or lost (\`due\`, \`cell\`, \`asked\`); one log line per offer, notice, receipt and
        notification, one story line per event; each item a decision or a
        delivery needs is read once, strongly.`,
      'A "refused" call is a failed condition. DynamoDB bills it like the write; the emulator does not report it.',
      `The table held ${number(sizes[0])}, then ${number(sizes[1])} rides of ${number(bytes)} bytes of JSON (loaded
        at ${number(loadedPerSecond)}/s), half of them in the index \`due\`, and in each of the 25 cells around the
        pickup 45 fresh drivers and 1, then 400 stale ones in the index \`cell\`.`,
    ],
  };
};

export default benchmark;
