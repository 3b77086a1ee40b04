/** The seats: no more streams at once than there are seats, and a seat is free again when its time is over. */
import { PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { instant } from '../../functions/kernel/types.ts';
import { seats } from '../../functions/live/seats.store.ts';
import { seeded } from '../../local/random.ts';
import { interleave } from '../support/interleaving.ts';
import { clientOf, clientWith, conditionFailed, memoryTable } from '../support/memory-table.ts';
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

  it('are free again when their stream leaves', async () => {
    const { ports, table } = liveWorld();
    const take = seats(ports, 'State', 1);
    const leave = await take('first', instant(noon + 1_500));
    expect(table.all('State')).toEqual([
      { pk: 'LIVE#SEATS', sk: 'SEAT#000', stream: 'first', takenUntil: noon + 1_500, expiresAt: noon / 1_000 + 2 },
    ]);
    expect(await take('second', instant(noon + 1_500))).toBeUndefined();
    await leave?.();
    expect(await take('second', instant(noon + 1_500))).toBeDefined();
  });

  it.each([
    [0, 'SEAT#000'],
    [0.5, 'SEAT#001'],
    [0.99, 'SEAT#002'],
  ])('are spread by chance: %d takes %s', async (chance, sk) => {
    const { ports, table } = testPorts({ random: () => chance });
    await seats(ports, 'State', 3)('stream', instant(noon));
    expect(table.all('State')).toMatchObject([{ sk }]);
  });

  it('are read consistently, and tried for four times when others are faster', async () => {
    const table = memoryTable();
    const commands: object[] = [];
    const real = clientOf(table);
    const dynamo = clientWith(async (command) => {
      commands.push(command as object);
      if (command instanceof PutItemCommand) throw conditionFailed();
      return real.send(command as never);
    });
    const { ports } = liveWorld(table, dynamo);
    expect(await seats(ports, 'State', 3)('slow', instant(noon + 1))).toBeUndefined();
    const queries = commands.filter((command): command is QueryCommand => command instanceof QueryCommand);
    expect(queries.map(({ input }) => input.ConsistentRead)).toEqual([true, true, true, true]);
    expect(commands).toHaveLength(8);
  });
});
