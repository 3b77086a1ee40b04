/** The creation of an aggregate: once, also when the request is repeated under its idempotency key. */
import { describe, expect, it } from 'vitest';
import { instant } from '../../functions/kernel/types.ts';
import type { IdempotencyKey } from '../../functions/platform/idempotency.ts';
import { cancelled, clientOf, conditionFailed, memoryTable } from '../support/memory-table.ts';
import { meterOf, startMeter, storeOn } from '../support/meter.ts';
import { answerLost, failsWith, scripted } from '../support/scripted.ts';

const key: IdempotencyKey = {
  scope: 'rides#rider-1',
  id: 'abc',
  fingerprint: 'f1',
  expiresAt: instant(1_795_232_640_500),
};
const timeOut = Object.assign(new Error('socket timed out'), { name: 'TimeoutError' });
const ids = (table: ReturnType<typeof memoryTable>) => table.all('State').map(({ pk }) => pk);

describe('an aggregate is created', () => {
  it('is stored with version 1, by one write', async () => {
    const table = memoryTable();
    const { client, sent } = scripted(table);
    expect(await storeOn(client).create(meterOf('a'), startMeter())).toEqual({ outcome: 'created', version: 1 });
    expect(table.read('State', { pk: 'METER#a', sk: 'METER' })).toMatchObject({ version: 1, state: { count: 1 } });
    expect(sent).toEqual(['PutItem']);
  });

  it('is stored together with its key, which names it and expires', async () => {
    const table = memoryTable();
    const { client, sent } = scripted(table);
    expect(await storeOn(client).create(meterOf('a'), startMeter(), key)).toEqual({
      outcome: 'created',
      version: 1,
    });
    const keys = table.all('State').filter(({ sk }) => sk === 'KEY');
    expect(keys).toMatchObject([{ id: 'a', fingerprint: 'f1', expiresAt: 1_795_232_641 }]);
    expect(sent).toEqual(['TransactWriteItems']);
  });
});

describe('a creation is repeated under its key', () => {
  it('answers what the first one made, and stores nothing', async () => {
    const table = memoryTable();
    const { create } = storeOn(clientOf(table));
    await create(meterOf('a'), startMeter(), key);
    expect(await create(meterOf('b'), startMeter(), key)).toEqual({ outcome: 'repeated', id: 'a' });
    expect(ids(table).filter((pk) => String(pk).startsWith('METER'))).toEqual(['METER#a']);
  });

  it('is known by what its fingerprint was before', async () => {
    const table = memoryTable();
    const { create } = storeOn(clientOf(table));
    await create(meterOf('a'), startMeter(), key);
    const again = { ...key, fingerprint: 'f2', formerFingerprint: 'f1' };
    expect(await create(meterOf('b'), startMeter(), again)).toEqual({ outcome: 'repeated', id: 'a' });
  });

  it('is distinguished from another request under the same key', async () => {
    const table = memoryTable();
    const { create } = storeOn(clientOf(table));
    await create(meterOf('a'), startMeter(), key);
    expect(await create(meterOf('b'), startMeter(), { ...key, fingerprint: 'f2' })).toEqual({
      outcome: 'key-reused',
      id: 'a',
    });
    expect(ids(table).filter((pk) => String(pk).startsWith('METER'))).toEqual(['METER#a']);
  });

  it('[OPS-8] never meets the key of another scope', async () => {
    const { create } = storeOn(clientOf(memoryTable()));
    await create(meterOf('a'), startMeter(), { ...key, scope: 'rides#rider', id: '1#x' });
    expect(await create(meterOf('b'), startMeter(), { ...key, scope: 'rides#rider#1', id: 'x' })).toMatchObject({
      outcome: 'created',
    });
  });

  it('is decided again inside when it meets its twin at that moment', async () => {
    const table = memoryTable();
    const { client, sent } = scripted(table, failsWith(cancelled([{ Code: 'None' }, { Code: 'TransactionConflict' }])));
    expect(await storeOn(client).create(meterOf('a'), startMeter(), key)).toMatchObject({ outcome: 'created' });
    expect(sent).toEqual(['TransactWriteItems', 'TransactWriteItems']);
  });
});

describe('a key led to an aggregate that no longer holds it', () => {
  it('leads to the next one, once', async () => {
    const table = memoryTable();
    const { create } = storeOn(clientOf(table));
    await create(meterOf('a'), startMeter(), key);
    expect(await create(meterOf('b'), startMeter(), { ...key, replaces: 'a' })).toMatchObject({ outcome: 'created' });
    expect(table.all('State').filter(({ sk }) => sk === 'KEY')).toMatchObject([{ id: 'b' }]);
    expect(await create(meterOf('c'), startMeter(), { ...key, replaces: 'a' })).toEqual({
      outcome: 'repeated',
      id: 'b',
    });
  });
});

describe('the answer to a creation is lost on the way', () => {
  it('is answered as created when the repetition finds its own item', async () => {
    const table = memoryTable();
    const { create } = storeOn(clientOf(table));
    await create(meterOf('a'), startMeter());
    expect(await create(meterOf('a'), startMeter())).toEqual({ outcome: 'created', version: 1 });
  });

  it('is answered as repeated when the repetition finds its own key', async () => {
    const table = memoryTable();
    const { client } = scripted(table, answerLost(timeOut));
    const { create } = storeOn(client);
    await expect(create(meterOf('a'), startMeter(), key)).rejects.toBe(timeOut);
    expect(await create(meterOf('b'), startMeter(), key)).toEqual({ outcome: 'repeated', id: 'a' });
  });
});

describe('a number is issued twice, as after a restore of the table', () => {
  it('is never answered as created', async () => {
    const table = memoryTable();
    const { create } = storeOn(clientOf(table));
    await create(meterOf('a'), startMeter(1, 'the first'));
    await expect(create(meterOf('a'), startMeter(1, 'the second'))).rejects.toThrow();
    await expect(create(meterOf('a'), startMeter(1, 'the second'), key)).rejects.toThrow();
    expect(table.all('State')).toHaveLength(1);
    expect(table.read('State', { pk: 'METER#a', sk: 'METER' })).toMatchObject({ state: { by: 'the first' } });
  });
});

describe('the table cannot be reached', () => {
  it.each([
    ['timed out', timeOut],
    ['an error without a reason', conditionFailed()],
  ])('is never answered as created (%s)', async (_, error) => {
    const { client } = scripted(memoryTable(), ...Array.from({ length: 10 }, () => failsWith(error)));
    await expect(storeOn(client).create(meterOf('a'), startMeter())).rejects.toThrow();
  });

  it('passes on that a transaction was throttled', async () => {
    const throttled = cancelled([{ Code: 'ThrottlingError' }, { Code: 'None' }]);
    const { client } = scripted(memoryTable(), failsWith(throttled));
    await expect(storeOn(client).create(meterOf('a'), startMeter(), key)).rejects.toBe(throttled);
  });
});
