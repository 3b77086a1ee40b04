/** A transition of one aggregate: load, decide, one conditional write; a lost race is decided again. */
import type { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { happened } from '../../functions/kernel/decision.ts';
import { Conflict } from '../../functions/kernel/errors.ts';
import { clientOf, clientWith, memoryTable, transactionConflict } from '../support/memory-table.ts';
import { countOn, countUp, meterCounted, meterOf, noon, storeOn } from '../support/meter.ts';
import { failsWith, outrunBy, passes, scripted } from '../support/scripted.ts';

const key = { pk: 'METER#m', sk: 'METER' };
const outage = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

describe('an aggregate changes', () => {
  it('[DSP-1] writes the next state under the version raised by one', async () => {
    const table = memoryTable();
    const { transition } = storeOn(clientOf(table));
    expect(await transition(meterOf('m'), countUp())).toMatchObject({ state: { count: 1 }, version: 1 });
    expect(await transition(meterOf('m'), countUp())).toMatchObject({ state: { count: 2 }, version: 2 });
    expect(table.read('State', key)).toMatchObject({ version: 2, state: { count: 2 } });
  });

  it('[DSP-3] writes what happened into the same item, with id, version and time', async () => {
    const table = memoryTable();
    await storeOn(clientOf(table)).transition(meterOf('m'), countUp());
    expect(JSON.parse(String(table.read('State', key)?.outbox))).toEqual([
      {
        source: 'tuntas.test',
        type: 'meter.counted',
        id: 'm/METER/1',
        version: 1,
        at: '2026-11-21T05:00:00.000Z',
        count: 1,
      },
    ]);
  });

  it('[GNT-6] gives each fact of one write its own id, the first one that of a write with one fact', async () => {
    const table = memoryTable();
    await storeOn(clientOf(table)).transition(meterOf('m'), () =>
      happened({ count: 1 }, noon, meterCounted(7), { ...meterCounted(8), per: 'a' }, { ...meterCounted(9), per: 'b' }),
    );
    const events = JSON.parse(String(table.read('State', key)?.outbox)) as {
      type: string;
      id: string;
      version: number;
    }[];
    expect(events.map(({ type, id, version }) => [type, id, version])).toEqual([
      ['meter.counted', 'm/METER/1', 1],
      ['meter.counted', 'm/METER/1.2', 1],
      ['meter.counted', 'm/METER/1.3', 1],
    ]);
  });

  it.each([
    ['twice', [meterCounted(1), meterCounted(2)]],
    [
      'twice for one value',
      [
        { ...meterCounted(1), per: 'a' },
        { ...meterCounted(2), per: 'a' },
      ],
    ],
  ])('[GNT-6] refuses a write that has a fact %s, and writes nothing', async (_, facts) => {
    const table = memoryTable();
    const twice = storeOn(clientOf(table)).transition(meterOf('m'), () => happened({ count: 1 }, noon, ...facts));
    await expect(twice).rejects.toThrow('two facts of one write have one name: meter.counted');
    expect(table.all('State')).toEqual([]);
  });

  it('lists it under its deadline in one of eight shards, and shows the indexes what they ask for', async () => {
    const table = memoryTable();
    const { transition } = storeOn(clientOf(table));
    await transition(meterOf('m'), countUp());
    expect(table.read('State', key)).toMatchObject({ dueAt: 1_001, dueShard: expect.stringMatching(/^due#[0-7]$/) });
    await transition(meterOf('m'), countUp());
    expect(table.read('State', key)).toMatchObject({ dueAt: 1_002, cell: 'two', reportedAt: 7 });
  });

  it('leaves no deadline, no index entry and no old event behind', async () => {
    const table = memoryTable();
    const { transition } = storeOn(clientOf(table));
    for (let i = 0; i < 3; i += 1) await transition(meterOf('m'), countUp());
    expect(Object.keys(table.read('State', key) ?? {}).sort()).toEqual(['outbox', 'pk', 'sk', 'state', 'version']);
    await transition(meterOf('m'), countOn);
    expect(Object.keys(table.read('State', key) ?? {}).sort()).toEqual(['pk', 'sk', 'state', 'version']);
  });

  it('costs one read and one write', async () => {
    const { client, sent } = scripted(memoryTable());
    await storeOn(client).transition(meterOf('m'), countUp());
    expect(sent).toEqual(['GetItem', 'PutItem']);
  });

  it('reads nothing when the caller has read already', async () => {
    const { client, sent } = scripted(memoryTable());
    await storeOn(client).transition(meterOf('m'), countUp(), { state: undefined, version: 0 });
    expect(sent).toEqual(['PutItem']);
  });

  it('reads what the last write left, not an older copy', async () => {
    const asked: unknown[] = [];
    const client = clientWith(async (command) => {
      asked.push((command as GetItemCommand).input);
      return {};
    });
    expect(await storeOn(client).load(meterOf('m'))).toEqual({ state: undefined, version: 0 });
    expect(asked).toEqual([
      { TableName: 'State', Key: { pk: { S: 'METER#m' }, sk: { S: 'METER' } }, ConsistentRead: true },
    ]);
  });
});

describe('there is nothing to do, or it is refused', () => {
  it.each([
    ['nothing', { count: 3 }, { outcome: 'nothing', reason: 'full' }],
    ['refused', { count: 1, by: 'broken' }, { outcome: 'refused', refusal: { code: 'BROKEN' } }],
  ])('writes nothing and answers the stored state (%s)', async (_, state, decision) => {
    const table = memoryTable();
    const { client, sent } = scripted(table);
    await storeOn(client).create(meterOf('m'), happened(state, noon));
    expect(await storeOn(client).transition(meterOf('m'), countUp())).toMatchObject({
      decision,
      state,
      version: 1,
    });
    expect(sent).toEqual(['PutItem', 'GetItem']);
  });
});

describe('a race is lost', () => {
  const rival = (table: ReturnType<typeof memoryTable>, times = 1) =>
    outrunBy(async () => {
      for (let i = 0; i < times; i += 1) await storeOn(clientOf(table)).transition(meterOf('m'), countUp('rival'));
    });

  it('[DSP-1] is decided again on the state that won, without reading a second time', async () => {
    const table = memoryTable();
    const { client, sent } = scripted(table, passes, rival(table));
    expect(await storeOn(client).transition(meterOf('m'), countUp('me'))).toMatchObject({
      state: { count: 2, by: 'me' },
      version: 2,
    });
    expect(sent).toEqual(['GetItem', 'PutItem', 'PutItem']);
  });

  it('[DSP-1] ends in silence when the winner left nothing to do', async () => {
    const table = memoryTable();
    const { client, sent } = scripted(table, passes, rival(table, 3));
    expect(await storeOn(client).transition(meterOf('m'), countUp('me'))).toEqual({
      decision: { outcome: 'nothing', reason: 'full' },
      state: { count: 3, by: 'rival' },
      version: 3,
    });
    expect(sent).toEqual(['GetItem', 'PutItem']);
  });

  it('[DSP-1] never overwrites what won', async () => {
    const table = memoryTable();
    const { client } = scripted(table, passes, rival(table), rival(table));
    await storeOn(client).transition(meterOf('m'), countUp('me'));
    expect(table.read('State', key)).toMatchObject({ version: 3, state: { count: 3, by: 'me' } });
  });

  it('[DSP-1] is decided again when the write meets a running transaction', async () => {
    const { client, sent } = scripted(memoryTable(), passes, failsWith(transactionConflict()));
    expect(await storeOn(client).transition(meterOf('m'), countUp())).toMatchObject({ version: 1 });
    expect(sent).toEqual(['GetItem', 'PutItem', 'GetItem', 'PutItem']);
  });

  it('[DSP-1] is decided again on what is stored, not on what the caller had read', async () => {
    const { client, sent } = scripted(memoryTable(), failsWith(transactionConflict()));
    const read = { state: { count: 1 }, version: 1 };
    expect(await storeOn(client).transition(meterOf('m'), countUp(), read)).toMatchObject({ version: 1 });
    expect(sent).toEqual(['PutItem', 'GetItem', 'PutItem']);
  });

  it('is given up as a conflict after eight times', async () => {
    const table = memoryTable();
    const faster = outrunBy(async () => void (await storeOn(clientOf(table)).transition(meterOf('m'), countOn)));
    const { client, sent } = scripted(table, passes, ...Array.from({ length: 20 }, () => faster));
    await expect(storeOn(client).transition(meterOf('m'), countOn)).rejects.toBeInstanceOf(Conflict);
    expect(sent.filter((name) => name === 'PutItem')).toHaveLength(8);
  });
});

describe('the table cannot be reached', () => {
  it('passes the error on as it is, and tries nothing itself', async () => {
    const { client, sent } = scripted(memoryTable(), passes, failsWith(outage));
    await expect(storeOn(client).transition(meterOf('m'), countUp())).rejects.toBe(outage);
    expect(sent).toEqual(['GetItem', 'PutItem']);
  });
});
