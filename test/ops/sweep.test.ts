/** Each minute, whatever should have left its state is woken, whatever became of its message. */
import { describe, expect, it } from 'vitest';
import { requestRide } from '../../functions/dispatch/ride.decider.ts';
import { type Request, rideRef } from '../../functions/dispatch/ride.ts';
import type { OrderId } from '../../functions/kernel/types.ts';
import { sweep } from '../../functions/ops/sweep.ts';
import { store } from '../../functions/platform/store.ts';
import type { Wake } from '../../functions/platform/timers.ts';
import { at, d1, request } from '../support/dispatch.ts';
import { logLines } from '../support/log.ts';
import { clientOf, memoryTable } from '../support/memory-table.ts';

const lines = logLines();

const setUp = (fails?: Error) => {
  const table = memoryTable();
  const { create } = store(clientOf(table), 'State');
  const ride = (i: number, wishes: Partial<Request> = {}) => {
    const rideId = `TNT-20261121-${String(i).padStart(7, '0')}` as OrderId;
    return create(
      rideRef(rideId),
      requestRide({ type: 'request', request: request({ rideId, ...wishes }), drivers: [d1] }),
    );
  };
  const woken: Wake[] = [];
  const run = (seconds: number) =>
    sweep(clientOf(table), 'State', {
      wake: async (wakes) => {
        if (fails) throw fails;
        woken.push(...wakes);
      },
      now: () => at(seconds),
    })();
  return { ride, woken, run };
};

describe('the sweeper comes by', () => {
  it('wakes every overdue ride once, in whatever shard it lies', async () => {
    const { ride, woken, run } = setUp();
    for (let i = 0; i < 1_200; i += 1) await ride(i);
    await run(40);
    expect(woken).toHaveLength(1_200);
    expect(new Set(woken.map(({ pk }) => pk)).size).toBe(1_200);
    expect(woken[0]).toEqual({ pk: expect.stringMatching(/^ORDER#TNT-/), sk: 'RIDE', dueAt: at(30) });
  });

  it('leaves the delayed message two seconds to be first', async () => {
    const { ride, woken, run } = setUp();
    await ride(1);
    await run(31.999);
    expect(woken).toEqual([]);
    await run(32);
    expect(woken).toHaveLength(1);
  });

  it('wakes nothing that is not due', async () => {
    const { ride, woken, run } = setUp();
    await ride(1, { offerTimeoutMs: 120_000 });
    await run(100);
    expect(woken).toEqual([]);
  });

  it('says how many were overdue, also when there was none', async () => {
    const { ride, run } = setUp();
    await ride(1);
    await run(10);
    await run(40);
    expect(lines.metric('Overdue')).toEqual([0, 1]);
    expect(lines.metric('Swept')).toEqual([1, 1]);
  });

  it('fails when the timers cannot be reached, so that it is run again', async () => {
    const { ride, run } = setUp(new Error('the queue is away'));
    await ride(1);
    await expect(run(40)).rejects.toThrow('the queue is away');
  });
});
