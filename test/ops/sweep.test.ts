/** Each minute, whatever should have left its state is woken, whatever became of its message. */
import { describe, expect, it } from 'vitest';
import { dispatchDeps, request } from '../../functions/dispatch/commands.ts';
import type { OrderId } from '../../functions/kernel/types.ts';
import { compose } from '../../functions/ops/sweep.compose.ts';
import { at, d1, request as rideRequest } from '../support/dispatch.ts';
import { logLines } from '../support/log.ts';
import { testPorts } from '../support/ports.ts';

const lines = logLines();

const setUp = () => {
  const { ports, env, clock, messagesTo } = testPorts();
  return {
    ride: (i: number, fields: Parameters<typeof rideRequest>[0] = {}) => {
      const rideId = `TNT-20261121-${String(i).padStart(7, '0')}` as OrderId;
      return request(dispatchDeps(ports, env), rideRequest({ rideId, ...fields }), [d1]);
    },
    woken: () => messagesTo('timers') as readonly { readonly pk: string }[],
    run: (seconds: number, given = ports) => {
      clock.set(at(seconds));
      return compose(given, env)();
    },
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
