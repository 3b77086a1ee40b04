/** A notification goes to whoever is connected, else by mobile push. */
import { describe, expect, it } from 'vitest';
import type { Notification } from '../../functions/notify/notification.ts';
import { rideId, start } from '../support/dispatch.ts';
import { people } from '../support/people.ts';

const notification: Notification = {
  id: `${rideId}:1`,
  type: 'RIDE_WITHDRAWN',
  rideId,
  version: 1,
  at: '2026-11-21T03:44:00.000Z',
};
const pushing = () => {
  const pushed: string[] = [];
  const push = async (sub: string, token: string): Promise<void> => void pushed.push(`${sub} ${token}`);
  return { pushed, push };
};

describe('a notification is delivered', () => {
  it('reaches every open connection of the person, and nobody else', async () => {
    const { connect, deps, received } = people();
    await connect('anna', 'phone-of-anna');
    await connect('anna', 'tablet-of-anna');
    await connect('berta');
    expect(await deps.deliver('anna', notification)).toBe('websocket');
    expect(received.map(({ connectionId }) => connectionId).sort()).toEqual(['phone-of-anna', 'tablet-of-anna']);
  });

  it('is not pushed to somebody who is connected', async () => {
    const { pushed, push } = pushing();
    const { connect, deps, reachable } = people({ push });
    await connect('anna');
    await reachable.deviceRegistered('anna', 'device-1', start);
    await deps.deliver('anna', notification);
    expect(pushed).toEqual([]);
  });

  it('is pushed to every device of somebody who is not connected', async () => {
    const { pushed, push } = pushing();
    const { deps, reachable } = people({ push });
    await reachable.deviceRegistered('anna', 'device-1', start);
    await reachable.deviceRegistered('anna', 'device-2', start);
    expect(await deps.deliver('anna', notification)).toBe('push');
    expect(pushed.sort()).toEqual(['anna device-1', 'anna device-2']);
  });

  it('reaches nobody where there is neither connection nor device', async () => {
    const { pushed, push } = pushing();
    expect(await people({ push }).deps.deliver('anna', notification)).toBe('none');
    expect(pushed).toEqual([]);
  });

  it('reaches nobody by push while no push service is set up', async () => {
    const { deps, reachable } = people();
    await reachable.deviceRegistered('anna', 'device-1', start);
    expect(await deps.deliver('anna', notification)).toBe('none');
  });
});

describe('a notification that may no longer be wanted', () => {
  it('[DSP-8] is asked about when the connections are known, right before it is posted', async () => {
    const { connect, deps, received, reachable } = people();
    await connect('anna');
    const order: string[] = [];
    const reach = reachable.reach;
    Object.assign(reachable, {
      reach: async (sub: string) => reach(sub).finally(() => order.push('connections read')),
    });
    const stillWanted = async () => order.push(`asked, ${received.length} posted`) > 0;
    expect(await deps.deliver('anna', notification, stillWanted)).toBe('websocket');
    expect([order, received.length]).toEqual([['connections read', 'asked, 0 posted'], 1]);
  });

  it('[DSP-8] is dropped when it is not, over WebSocket and push alike', async () => {
    const { pushed, push } = pushing();
    const { connect, deps, reachable, received } = people({ push });
    await connect('anna');
    await reachable.deviceRegistered('berta', 'device-1', start);
    const answers = [
      await deps.deliver('anna', notification, async () => false),
      await deps.deliver('berta', notification, async () => false),
    ];
    expect([answers, received, pushed]).toEqual([['dropped', 'dropped'], [], []]);
  });
});

describe('a connection is gone', () => {
  it('is forgotten, and the others are served', async () => {
    const { connect, fail, deps, reachable, received } = people();
    await connect('anna', 'old-of-anna');
    await connect('anna', 'new-of-anna');
    fail('old-of-anna', 'gone');
    expect(await deps.deliver('anna', notification)).toBe('websocket');
    expect(received.map(({ connectionId }) => connectionId)).toEqual(['new-of-anna']);
    expect((await reachable.reach('anna')).connections).toEqual(['new-of-anna']);
  });

  it('is replaced by push when it was the last', async () => {
    const { pushed, push } = pushing();
    const { connect, fail, deps, reachable } = people({ push });
    await connect('anna');
    await reachable.deviceRegistered('anna', 'device-1', start);
    fail('connection-of-anna', 'gone');
    expect(await deps.deliver('anna', notification)).toBe('push');
    expect(pushed).toEqual(['anna device-1']);
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
