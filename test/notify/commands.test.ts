/** A person is notified once, however often the message arrives and whatever fails in between. */
import { describe, expect, it } from 'vitest';
import { Unavailable } from '../../functions/kernel/errors.ts';
import { InFlight, notificationId, notifyOnce } from '../../functions/notify/commands.ts';
import { deliveries } from '../../functions/notify/deliveries.store.ts';
import type { Notification } from '../../functions/notify/notification.ts';
import { at, rideId } from '../support/dispatch.ts';
import { type People, people } from '../support/people.ts';
import { failsWith, passes, scripted } from '../support/scripted.ts';

const line = {
  orderId: rideId,
  key: 'DISPATCH#anna#1',
  kind: 'dispatch' as const,
  driverId: 'anna',
  sequence: 1,
  version: 1,
};
const notification: Notification = {
  id: notificationId(rideId, 1),
  type: 'NEW_RIDE_REQUEST',
  rideId,
  version: 1,
  at: '2026-11-21T03:44:00.000Z',
};
const notify = ({ deps }: People) => notifyOnce(deps, 'anna', line, notification);
const unreachable = new Error('the endpoint is unreachable');

describe('a person is notified', () => {
  it('[DSP-7] gets it under the id of ride and version', async () => {
    const world = people();
    await world.connect('anna');
    expect(await notify(world)).toEqual({ outcome: 'sent', channel: 'websocket' });
    expect(world.of('anna')).toEqual([notification]);
    expect(notification.id).toBe('TNT-20261121-0000042:1');
  });

  it('[DSP-4] leaves exactly one line in the story, with when it was sent', async () => {
    const world = people();
    await world.connect('anna');
    await notify(world);
    expect(world.lines()).toEqual([
      {
        pk: 'ORDER#TNT-20261121-0000042',
        sk: 'DISPATCH#anna#1',
        kind: 'dispatch',
        driverId: 'anna',
        sequence: 1,
        version: 1,
        at: '2026-11-21T03:44:00.000Z',
        claimedAt: at(0),
        sentAt: '2026-11-21T03:44:00.000Z',
        channel: 'websocket',
      },
    ]);
  });

  it.each([300, 3_600, 14 * 86_400])('[DSP-4, DSP-7] is not notified again %i s later', async (seconds) => {
    const world = people();
    await world.connect('anna');
    await notify(world);
    world.clock(seconds);
    expect(await notify(world)).toEqual({ outcome: 'sent-before' });
    expect(world.of('anna')).toHaveLength(1);
    expect(world.lines()).toHaveLength(1);
  });

  it('is stored as sent when the person had no connection', async () => {
    const world = people();
    expect(await notify(world)).toEqual({ outcome: 'sent', channel: 'none' });
    expect(world.lines()).toMatchObject([{ channel: 'none' }]);
  });
});

describe('the delivery fails', () => {
  it('[DSP-4] leaves it for a retry, which sends it under the same key', async () => {
    const world = people();
    await world.connect('anna');
    world.fail('connection-of-anna', unreachable);
    await expect(notify(world)).rejects.toThrow(Unavailable);
    expect(world.lines()).toEqual([]);
    world.mend('connection-of-anna');
    expect(await notify(world)).toMatchObject({ outcome: 'sent' });
    expect(world.of('anna')).toHaveLength(1);
    expect(world.lines()).toHaveLength(1);
  });

  it('keeps the cause', async () => {
    const world = people();
    await world.connect('anna');
    world.fail('connection-of-anna', unreachable);
    await expect(notify(world)).rejects.toMatchObject({ cause: unreachable });
  });
});

describe('two copies come at the same moment', () => {
  it('[DSP-4] sends one, and leaves the other for a retry', async () => {
    const world = people();
    await world.connect('anna');
    const results = await Promise.allSettled([notify(world), notify(world)]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: expect.any(InFlight) });
    expect(world.of('anna')).toHaveLength(1);
    expect(await notify(world)).toEqual({ outcome: 'sent-before' });
  });
});

describe('the function crashes', () => {
  const claimed = async (world: People) => void (await world.deps.deliveries.claim(line, at(0)));

  it('[DSP-4] between claim and delivery: a copy that comes soon waits, one that comes later takes over', async () => {
    const world = people();
    await world.connect('anna');
    await claimed(world);
    world.clock(9);
    await expect(notify(world)).rejects.toThrow(InFlight);
    world.clock(11);
    expect(await notify(world)).toMatchObject({ outcome: 'sent' });
    expect(world.of('anna')).toHaveLength(1);
    expect(world.lines()).toHaveLength(1);
  });

  it('[DSP-4] between claim and delivery: of many copies that take over at once, one sends', async () => {
    const world = people();
    await world.connect('anna');
    await claimed(world);
    world.clock(11);
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => notify(world)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(world.of('anna')).toHaveLength(1);
  });

  it('[DSP-7] between delivery and its record: it is sent again under the same id, which the app drops', async () => {
    const world = people();
    await world.connect('anna');
    const { client } = scripted(world.table, passes, failsWith(unreachable));
    await expect(
      notifyOnce({ ...world.deps, deliveries: deliveries(client, 'Story') }, 'anna', line, notification),
    ).rejects.toBe(unreachable);
    world.clock(30);
    expect(await notify(world)).toMatchObject({ outcome: 'sent' });
    expect(world.of('anna').map(({ id }) => id)).toEqual(['TNT-20261121-0000042:1', 'TNT-20261121-0000042:1']);
    expect(world.lines()).toHaveLength(1);
  });
});
