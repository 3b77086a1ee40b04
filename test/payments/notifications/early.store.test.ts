/** [PAY-4] Notifications that came before their payment, as they are kept. */
import { describe, expect, it } from 'vitest';
import { earlyKey, earlyStore, isEarlyKey, nextLook } from '../../../functions/payments/notifications/early.store.ts';
import { at, orderId, ref, start } from '../../support/payments.ts';
import { testPorts } from '../../support/ports.ts';

const notice = { ref, body: '{}', receivedAt: start, id: 'message-1' };
const key = { pk: `ORDER#${orderId}`, sk: 'EARLY#1795232640#ddee95abcb82c8f0b57cdea4' };
const setUp = () => {
  const { ports, table } = testPorts();
  return { store: earlyStore(ports.dynamo, 'State'), table };
};

describe('an early notification', () => {
  it('is kept under its payment and the hash of its delivery', async () => {
    expect(earlyKey(notice)).toEqual(key);
    expect([isEarlyKey(key), isEarlyKey({ pk: key.pk, sk: 'PAYMENT#1795232640' })]).toEqual([true, false]);
    const { store, table } = setUp();
    await store.park({ ...notice, attempts: 1, dueAt: at(1) });
    expect(table.all('State')).toMatchObject([{ ...key, dueShard: 'due#6', dueAt: at(1) }]);
    expect(await store.load(key)).toMatchObject({ id: 'message-1', attempts: 1 });
  });

  it('is found with the others of its payment in the order they came', async () => {
    const { store } = setUp();
    const seconds = [5, 2, 7, 1, 3, 6, 0, 4];
    for (const second of seconds)
      await store.park({ ...notice, id: `message-${second}`, receivedAt: at(second), attempts: 1 });
    const found = await store.waitingFor(ref);
    expect(found.map(({ receivedAt }) => (receivedAt - start) / 1_000)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('is removed once, and not parked again then', async () => {
    const { store, table } = setUp();
    const early = { ...notice, attempts: 1, dueAt: at(1) };
    await store.park(early);
    expect(await store.parkAgain({ ...early, attempts: 2 }, early)).toBe(true);
    expect(await store.parkAgain({ ...early, attempts: 2 }, early)).toBe(false);
    expect([await store.remove(notice), await store.remove(notice)]).toEqual([true, false]);
    expect(await store.parkAgain({ ...early, attempts: 3 }, early)).toBe(false);
    expect([await store.load(key), table.all('State')]).toEqual([undefined, []]);
  });

  it('is looked for nine times after the first, from half to one and a half of each gap', () => {
    expect([nextLook(1, start, 0), nextLook(1, start, 1)]).toEqual([start + 500, start + 1_500]);
    expect([nextLook(9, start, 0.5), nextLook(10, start, 0.5)]).toEqual([start + 21_600_000, undefined]);
  });
});
