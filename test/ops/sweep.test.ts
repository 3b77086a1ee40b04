/** Each minute, whatever should have left its state is woken, the oldest first, as far as the budgets go. */
import type { QueryCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { dispatchDeps, request } from '../../functions/dispatch/commands.ts';
import type { Instant, OrderId } from '../../functions/kernel/types.ts';
import { compose } from '../../functions/ops/sweep.compose.ts';
import { toItem } from '../../functions/platform/dynamo.ts';
import type { Env } from '../../functions/platform/ports.ts';
import { at, d1, request as rideRequest } from '../support/dispatch.ts';
import { logLines } from '../support/log.ts';
import { clientOf, clientWith } from '../support/memory-table.ts';
import { testPorts } from '../support/ports.ts';

const lines = logLines();

type Kind = keyof typeof dueItem;
const dueItem = {
  ride: (i: number, dueAt: Instant) => ({ pk: `ORDER#${i}`, sk: 'RIDE', dueShard: `due#${i % 8}`, dueAt }),
  payment: (i: number, dueAt: Instant) => ({ pk: `ORDER#${i}`, sk: 'PAYMENT#1', dueShard: `due#${i % 8}`, dueAt }),
  fact: (i: number, dueAt: Instant) => ({ pk: `FACT#${i}`, sk: 'FACT', dueShard: `fact#${i % 4}`, dueAt }),
};

const setUp = () => {
  const { ports, env, clock, messagesTo, table } = testPorts();
  return {
    ride: (i: number, fields: Parameters<typeof rideRequest>[0] = {}) => {
      const rideId = `TNT-20261121-${String(i).padStart(7, '0')}` as OrderId;
      return request(dispatchDeps(ports, env), rideRequest({ rideId, ...fields }), [d1]);
    },
    woken: () => messagesTo('timers') as readonly { readonly pk: string }[],
    run: (seconds: number, given = ports, budgets: Env = {}) => {
      clock.set(at(seconds));
      return compose(given, { ...env, ...budgets })();
    },
    /** Items as the index shows them, due a second after one another from `from` on. */
    due: (kind: Kind, count: number, from = 0) => {
      for (let i = 0; i < count; i += 1) table.put('State', toItem(dueItem[kind](i, at(from + i))));
    },
    breaker: (target: string, retryAt: Instant) =>
      table.put('State', toItem({ pk: `BREAKER#${target}`, sk: 'BREAKER', retryAt })),
    table,
    ports,
  };
};

describe('the sweeper runs', () => {
  it('wakes every overdue ride once, in whatever shard it is', async () => {
    const { ride, woken, run } = setUp();
    for (let i = 0; i < 1_200; i += 1) await ride(i);
    await run(40);
    expect(woken()).toHaveLength(1_200);
    expect(new Set(woken().map(({ pk }) => pk)).size).toBe(1_200);
    expect(woken()[0]).toEqual({ pk: expect.stringMatching(/^ORDER#TNT-/), sk: 'RIDE', dueAt: at(30) });
  });

  it('leaves the delayed message two seconds to be first', async () => {
    const { ride, woken, run } = setUp();
    await ride(1);
    await run(31.999);
    expect(woken()).toEqual([]);
    await run(32);
    expect(woken()).toHaveLength(1);
  });

  it('wakes nothing that is not due', async () => {
    const { ride, woken, run } = setUp();
    await ride(1, { offerTimeoutMs: 120_000 });
    await run(100);
    expect(woken()).toEqual([]);
  });

  it('logs how many were overdue, also when there was none', async () => {
    const { ride, run } = setUp();
    await ride(1);
    await run(10);
    await run(40);
    expect(lines.metric('Overdue')).toEqual([0, 1]);
    expect(lines.metric('Swept')).toEqual([1, 1]);
  });

  it('fails when the timers cannot be reached, so that it is run again', async () => {
    const { ride, run, ports } = setUp();
    await ride(1);
    const sendAll = async () => Promise.reject(new Error('the queue is away'));
    await expect(run(40, { ...ports, queues: { ...ports.queues, sendAll } })).rejects.toThrow('the queue is away');
  });
});

describe('[ORD-8] more is overdue than a run may wake', () => {
  const budgets = { SWEEP_OWN_PER_MINUTE: '20', SWEEP_GATEWAY_PER_MINUTE: '5', SWEEP_BUS_PER_MINUTE: '3' };

  it('wakes the oldest of each target, in whatever shard they are', async () => {
    const { due, woken, run, ports } = setUp();
    due('payment', 12);
    due('fact', 12);
    await run(60, ports, budgets);
    expect(woken().map(({ pk }) => pk)).toEqual([
      'ORDER#0',
      'ORDER#1',
      'ORDER#2',
      'ORDER#3',
      'ORDER#4',
      'FACT#0',
      'FACT#1',
      'FACT#2',
    ]);
    expect(lines.metric('SweepDeferred')).toEqual([16]);
    expect(lines.named('Swept')).toMatchObject([{ overdue: 24, woken: 8, deferred: 16, deferring: 'gateway,bus' }]);
  });

  it('wakes rides although older payments and facts are over their budgets', async () => {
    const { due, woken, run, ports } = setUp();
    due('payment', 30);
    due('fact', 30);
    due('ride', 2, 40);
    await run(60, ports, budgets);
    expect(woken().slice(0, 2)).toMatchObject([
      { pk: 'ORDER#0', sk: 'RIDE' },
      { pk: 'ORDER#1', sk: 'RIDE' },
    ]);
  });

  it('measures nothing deferred when all of them fit', async () => {
    const { due, woken, run, ports } = setUp();
    due('fact', 3);
    await run(60, ports, budgets);
    expect(woken()).toHaveLength(3);
    expect(lines.metric('SweepDeferred')).toEqual([0]);
  });

  it('reads 10,000 items to the end of each shard in 20 queries, and wakes them in two sends', async () => {
    const { due, woken, run, ports, table } = setUp();
    due('payment', 10_000, -10_000);
    const queries = new Map<string, number>();
    const dynamo = clientWith(async (command) => {
      const shard = (command as QueryCommand).input.ExpressionAttributeValues?.[':shard']?.S ?? 'breaker';
      queries.set(shard, (queries.get(shard) ?? 0) + 1);
      return clientOf(table).send(command as never);
    });
    let sends = 0;
    const { sendAll } = ports.queues;
    const counted: typeof sendAll = (url, entries) => {
      sends += 1;
      return sendAll(url, entries);
    };
    await run(60, { ...ports, dynamo, queues: { ...ports.queues, sendAll: counted } });
    expect(Object.fromEntries(queries)).toEqual({
      ...Object.fromEntries([0, 1, 2, 3, 4, 5, 6, 7].map((n) => [`due#${n}`, 2])),
      ...Object.fromEntries([0, 1, 2, 3].map((n) => [`fact#${n}`, 1])),
      breaker: 1,
    });
    expect([woken().length, sends]).toEqual([1_000, 2]);
    expect(lines.metric('SweepDeferred')).toEqual([9_000]);
  });

  it('stops reading the facts of a long outage once there are more than it may publish', async () => {
    const { due, run, ports, table } = setUp();
    due('fact', 10_000, -10_000);
    const factQueries: unknown[] = [];
    const dynamo = clientWith(async (command) => {
      const shard = (command as QueryCommand).input.ExpressionAttributeValues?.[':shard']?.S;
      if (shard?.startsWith('fact')) factQueries.push(shard);
      return clientOf(table).send(command as never);
    });
    await run(60, { ...ports, dynamo }, { SWEEP_BUS_PER_MINUTE: '10' });
    expect(factQueries.toSorted()).toEqual(['fact#0', 'fact#1', 'fact#2', 'fact#3']);
  });
});

describe('[ORD-8] the breaker of a target is open', () => {
  it('wakes none of its items before the breaker’s time, and all others', async () => {
    const { due, breaker, woken, run } = setUp();
    due('payment', 20);
    due('fact', 3);
    breaker('midtrans', at(60.001));
    await run(60);
    expect(woken().map(({ pk }) => pk)).toEqual(['FACT#0', 'FACT#1', 'FACT#2']);
    expect(lines.named('Swept')).toMatchObject([{ overdue: 23, woken: 3, deferred: 0, waiting: 20 }]);
    expect(lines.metric('SweepDeferred')).toEqual([0]);
  });

  it('wakes the oldest ten from its time on, to find out whether the target answers', async () => {
    const { due, breaker, woken, run } = setUp();
    due('fact', 20);
    breaker('bus', at(60));
    await run(60);
    expect(woken().map(({ pk }) => pk)).toEqual(Array.from({ length: 10 }, (_, i) => `FACT#${i}`));
    expect(lines.named('Swept')).toMatchObject([{ woken: 10, waiting: 10 }]);
  });
});
