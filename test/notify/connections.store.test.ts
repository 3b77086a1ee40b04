/** The connections and devices of a person. */
import { describe, expect, it } from 'vitest';
import { connections } from '../../functions/notify/connections.store.ts';
import { start } from '../support/dispatch.ts';
import { clientOf, memoryTable } from '../support/memory-table.ts';

const setUp = () => {
  const table = memoryTable();
  return { table, store: connections(clientOf(table), 'State') };
};

describe('a person connects', () => {
  it('is reached at every connection and device until each is closed', async () => {
    const { store } = setUp();
    await store.opened('anna', 'c1', start);
    await store.opened('anna', 'c2', start);
    await store.deviceRegistered('anna', 'p1', start);
    expect(await store.reach('anna')).toEqual({ connections: ['c1', 'c2'], devices: ['p1'] });
    await store.closed('anna', 'c1');
    await store.deviceGone('anna', 'p1');
    expect(await store.reach('anna')).toEqual({ connections: ['c2'], devices: [] });
  });

  it('[OPS-8] is not reached at the connections of another', async () => {
    const { store } = setUp();
    await store.opened('anna', 'c1', start);
    await store.opened('annabel', 'c2', start);
    expect(await store.reach('ann')).toEqual({ connections: [], devices: [] });
    expect((await store.reach('anna')).connections).toEqual(['c1']);
  });

  it('is counted once when the same message comes twice', async () => {
    const { store } = setUp();
    await store.opened('anna', 'c1', start);
    await store.opened('anna', 'c1', start);
    expect((await store.reach('anna')).connections).toEqual(['c1']);
  });

  it('ignores the end of a connection that is not stored', async () => {
    const { store } = setUp();
    await expect(store.closed('anna', 'never')).resolves.toBeUndefined();
  });

  it('expires: a connection after 2 h 10 min, a device after 60 days', async () => {
    const { table, store } = setUp();
    await store.opened('anna', 'c1', start);
    await store.deviceRegistered('anna', 'p1', start);
    const [connection, device] = table.all('State');
    expect(connection?.expiresAt).toBe(1_795_232_640 + 7_800);
    expect(device?.expiresAt).toBe(1_795_232_640 + 5_184_000);
  });
});
