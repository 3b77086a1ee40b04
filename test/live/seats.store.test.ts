/** The seats: no more streams at once than there are seats, and a seat is free again when its time is over. */
import { describe, expect, it } from 'vitest';
import { instant } from '../../functions/kernel/types.ts';
import { seats } from '../../functions/live/seats.store.ts';
import { seeded } from '../../local/random.ts';
import { interleave } from '../support/interleaving.ts';
import { memoryTable } from '../support/memory-table.ts';
import { testPorts } from '../support/ports.ts';
import { liveWorld, noon } from './world.ts';

describe('the seats', () => {
  it('are never given to more streams than there are, whatever meets', async () => {
    for (let seed = 1; seed <= 25; seed += 1) {
      const memory = memoryTable();
      const { below } = seeded(seed);
      // One seat was left by a stream that crashed.
      const crashed = testPorts({ table: memory }).ports;
      await seats({ ...crashed, now: () => instant(noon - 9) }, 'State', 1)('crashed', instant(noon - 1));
      const taking = Array.from({ length: 6 }, (_, i) => (dynamo: Parameters<typeof seats>[0]['dynamo']) => {
        const { ports } = testPorts({ dynamo, random: () => below(100) / 100 });
        return seats({ ...ports, now: () => noon }, 'State', 3)(`stream-${i}`, instant(noon + 1));
      });
      const ended = await interleave(taking, memory, { choose: below });
      const given = ended.filter((how) => how?.status === 'fulfilled' && how.value !== undefined).length;
      expect(given).toBeLessThanOrEqual(3);
      const held = memory.all('State').filter(({ stream }) => stream !== 'crashed');
      expect(held).toHaveLength(given);
    }
  });

  it('of a stream that ended without leaving are free when their time is over', async () => {
    const { ports, clock } = liveWorld();
    const take = seats(ports, 'State', 1);
    const leave = await take('crashed', instant(noon + 1_000));
    clock.pass(999);
    expect(await take('next', instant(noon + 5_000))).toBeUndefined();
    clock.pass(1);
    expect(await take('next', instant(noon + 5_000))).toBeDefined();
    // The first one comes back late and takes nothing away.
    await leave?.();
    expect(await take('third', instant(noon + 9_000))).toBeUndefined();
  });
});
