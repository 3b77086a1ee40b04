/** A notification is delivered over open connections, else by mobile push. */
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { notifyDeps, notifyLive } from '../../functions/notify/commands.ts';
import type { Notification } from '../../functions/notify/notification.ts';
import { rideId, start } from '../support/dispatch.ts';
import { clientOf, clientWith, memoryTable } from '../support/memory-table.ts';
import { people } from '../support/people.ts';
import { env } from '../support/ports.ts';

const notification: Notification = {
  id: `${rideId}:1`,
  type: 'RIDE_WITHDRAWN',
  rideId,
  version: 1,
  at: '2026-11-21T03:44:00.000Z',
};
const pushOf = (token: string, sub = 'anna') => ({ sub, token, notification });

describe('a notification is delivered', () => {
  it('reaches every open connection of the person, and no other person', async () => {
    const { connect, deps, received } = people();
    await connect('anna', 'phone-of-anna');
    await connect('anna', 'tablet-of-anna');
    await connect('berta');
    expect(await deps.deliver('anna', notification)).toBe('websocket');
    expect(received.map(({ connectionId }) => connectionId).sort()).toEqual(['phone-of-anna', 'tablet-of-anna']);
  });

  it('is not pushed to a person who is connected', async () => {
    const { connect, deps, reachable, pushed } = people();
    await connect('anna');
    await reachable.deviceRegistered('anna', 'device-1', start);
    await deps.deliver('anna', notification);
    expect(pushed()).toEqual([]);
  });

  it('is pushed to every device of a person who is not connected', async () => {
    const { deps, reachable, pushed } = people();
    await reachable.deviceRegistered('anna', 'device-1', start);
    await reachable.deviceRegistered('anna', 'device-2', start);
    expect(await deps.deliver('anna', notification)).toBe('push');
    expect(pushed()).toEqual([pushOf('device-1'), pushOf('device-2')]);
  });

  it('reaches nobody without a connection or a device', async () => {
    const { deps, pushed } = people();
    expect(await deps.deliver('anna', notification)).toBe('none');
    expect(pushed()).toEqual([]);
  });

  it('is not pushed while no push service is configured', async () => {
    const { ports, reachable, pushed } = people();
    const { deliver } = notifyDeps(ports, { ...env, PUSH_QUEUE_URL: undefined });
    await reachable.deviceRegistered('anna', 'device-1', start);
    expect(await deliver('anna', notification)).toBe('none');
    expect(pushed()).toEqual([]);
  });
});

describe('a notification that may no longer be wanted', () => {
  it('[DSP-8] is checked when the connections are known, right before it is posted', async () => {
    const order: string[] = [];
    const table = memoryTable();
    const plain = clientOf(table);
    const dynamo = clientWith(async (command) => {
      if (command instanceof QueryCommand) order.push('connections read');
      return plain.send(command as never);
    });
    const { connect, deps, received } = people({ table, dynamo });
    await connect('anna');
    const stillWanted = async () => order.push(`checked, ${received.length} posted`) > 0;
    expect(await deps.deliver('anna', notification, stillWanted)).toBe('websocket');
    expect([order, received.length]).toEqual([['connections read', 'checked, 0 posted'], 1]);
  });

  it('[DSP-8] is dropped when it is not, over WebSocket and push alike', async () => {
    const { connect, deps, reachable, received, pushed } = people();
    await connect('anna');
    await reachable.deviceRegistered('berta', 'device-1', start);
    const answers = [
      await deps.deliver('anna', notification, async () => false),
      await deps.deliver('berta', notification, async () => false),
    ];
    expect([answers, received, pushed()]).toEqual([['dropped', 'dropped'], [], []]);
  });
});

describe('a live state', () => {
  it('goes to open connections', async () => {
    const { connect, deps, of } = people();
    await connect('anna');
    await notifyLive(deps, 'anna', notification);
    expect(of('anna')).toEqual([{ ...notification, live: true }]);
  });

  it('is never pushed to a device', async () => {
    const { deps, reachable, pushed } = people();
    await reachable.deviceRegistered('anna', 'device-1', start);
    await notifyLive(deps, 'anna', notification);
    expect(pushed()).toEqual([]);
  });
});

describe('a connection is gone', () => {
  it('is removed, and the others get the notification', async () => {
    const { connect, fail, deps, reachable, received } = people();
    await connect('anna', 'old-of-anna');
    await connect('anna', 'new-of-anna');
    fail('old-of-anna', 'gone');
    expect(await deps.deliver('anna', notification)).toBe('websocket');
    expect(received.map(({ connectionId }) => connectionId)).toEqual(['new-of-anna']);
    expect((await reachable.reach('anna')).connections).toEqual(['new-of-anna']);
  });

  it('is replaced by push when it was the last', async () => {
    const { connect, fail, deps, reachable, pushed } = people();
    await connect('anna');
    await reachable.deviceRegistered('anna', 'device-1', start);
    fail('connection-of-anna', 'gone');
    expect(await deps.deliver('anna', notification)).toBe('push');
    expect(pushed()).toEqual([pushOf('device-1')]);
  });
});

describe('a connection fails', () => {
  it('fails the delivery, so that it is tried again', async () => {
    const { connect, fail, deps } = people();
    await connect('anna');
    fail('connection-of-anna', new Error('too many requests'));
    await expect(deps.deliver('anna', notification)).rejects.toThrow('too many requests');
  });

  it('[DSP-4] does not make another connection of the person receive it twice', async () => {
    const { connect, fail, deps, received } = people();
    await connect('anna', 'phone-of-anna');
    await connect('anna', 'tablet-of-anna');
    fail('tablet-of-anna', new Error('too many requests'));
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const channel = await deps.deliver('anna', notification).catch(() => 'again');
      if (channel !== 'again') break;
    }
    expect(received.map(({ connectionId }) => connectionId)).toEqual(['phone-of-anna']);
  });
});
