/** Mobile push, from the message of the queue to the push service over HTTP. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connections } from '../../functions/notify/connections.store.ts';
import { compose } from '../../functions/notify/push.compose.ts';
import { http } from '../../functions/platform/http-client.ts';
import type { Env } from '../../functions/platform/ports.ts';
import { startFcm } from '../../local/push/fcm.ts';
import { logLines } from '../support/log.ts';
import { env, start, testPorts } from '../support/ports.ts';
import { delivered } from '../support/queue.ts';

const lines = logLines();
let now: number = start;
const rideId = 'TNT-20261121-0000042';
const offer = (more: object = {}) => ({
  id: `${rideId}:1`,
  type: 'NEW_RIDE_REQUEST',
  rideId,
  version: 1,
  at: '2026-11-21T03:44:00.000Z',
  expiresAt: '2026-11-21T03:44:30.000Z',
  ...more,
});

let service: Awaited<ReturnType<typeof startFcm>>;
beforeEach(async () => {
  now = start;
  service = await startFcm({ now: () => now });
});
afterEach(() => service.stop());

const rideOffer = offer();
type Options = {
  readonly credentials?: string;
  /** Settings in addition to the address of the push service. */
  readonly settings?: Env;
  readonly readSecret?: (id: string) => Promise<string>;
};

/** The worker composed as on Lambda, with the HTTP client of Node. */
const setUp = ({ credentials = service.credentials, settings, readSecret }: Options = {}) => {
  const world = testPorts({ http });
  const ports = { ...world.ports, ...(readSecret ? { readSecret } : {}) };
  const handler = compose(ports, {
    ...env,
    FCM_ENDPOINT: service.url,
    FCM_CREDENTIALS: credentials,
    ...settings,
  });
  const reachable = connections(ports.dynamo, 'State');
  return {
    ...world,
    message: (token: string, notification: object = rideOffer) => ({ sub: 'driver-7', token, notification }),
    /** @returns the ids of the messages left for a retry */
    receive: async (...messages: readonly unknown[]) =>
      (await handler(delivered(messages))).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
    /** @returns how many of the pushes are left for a retry */
    push: async (token: string, notification: object = rideOffer): Promise<number> =>
      (await handler(delivered([{ sub: 'driver-7', token, notification }]))).batchItemFailures.length,
    register: (token: string) => reachable.deviceRegistered('driver-7', token, start),
    devices: async () => (await reachable.reach('driver-7')).devices,
    parked: () =>
      world.sent.filter(({ queue }) => queue === 'own-dead-letters').map(({ attributes }) => attributes.reason),
  };
};

describe('a push to a device', () => {
  it('arrives urgent, with the notification, and only until the offer ends', async () => {
    expect(await setUp().push('device-1')).toBe(0);
    expect(service.sent).toEqual([
      {
        token: 'device-1',
        data: { id: `${rideId}:1`, type: 'NEW_RIDE_REQUEST', notification: JSON.stringify(offer()) },
        notification: { title: 'Permintaan perjalanan baru', body: 'Buka aplikasi untuk menerima atau menolak.' },
        android: { priority: 'HIGH', collapse_key: `${rideId}:1`, ttl: '30s', notification: { tag: `${rideId}:1` } },
        apns: {
          headers: { 'apns-priority': '10', 'apns-collapse-id': `${rideId}:1`, 'apns-expiration': '1795232670' },
        },
        webpush: { notification: { tag: `${rideId}:1` } },
      },
    ]);
    expect(lines.metric('PushSent')).toEqual([1]);
  });

  it('[DSP-7] that comes twice replaces the first on the phone', async () => {
    const { push } = setUp();
    await push('device-1');
    await push('device-1');
    expect(service.sent).toHaveLength(2);
    expect(new Set(service.sent.map(({ android }) => android?.notification.tag)).size).toBe(1);
    expect(new Set(service.sent.map(({ apns }) => apns?.headers['apns-collapse-id'])).size).toBe(1);
  });

  it('shows no place and no name on the lock screen', async () => {
    const pickup = { lat: -6.2, lng: 106.8, address: 'Jalan Rahasia 7' };
    await setUp().push('device-1', offer({ pickup, type: 'constructor' }));
    expect(service.sent[0]?.notification).toEqual({ title: 'Tuntas', body: expect.not.stringContaining('Rahasia') });
  });

  it('is not sent once the offer is over', async () => {
    expect(await setUp().push('device-1', offer({ expiresAt: '2026-11-21T03:44:00.000Z' }))).toBe(0);
    expect(service.sent).toEqual([]);
    expect(lines.metric('PushExpired')).toEqual([1]);
  });
});

describe('a device that is gone', () => {
  it('is removed, and the message is done', async () => {
    service.behave('device-1', 'unregistered');
    const { push, register, devices } = setUp();
    for (const device of ['device-1', 'device-2']) await register(device);
    expect(await push('device-1')).toBe(0);
    expect(await devices()).toEqual(['device-2']);
  });
});

describe('a push service that does not accept the message', () => {
  it.each(['busy', 'down'] as const)('because it is %s leaves it for a retry', async (behaviour) => {
    service.behave('device-1', behaviour);
    const { push, register, devices } = setUp();
    await register('device-1');
    expect(await push('device-1')).toBe(1);
    service.behave('device-1', 'reachable');
    expect(await push('device-1')).toBe(0);
    expect([service.sent.length, await devices()]).toEqual([1, ['device-1']]);
  });

  it('because it does not answer leaves it for a retry after 3 s', async () => {
    service.behave('device-1', 'silent');
    expect(await setUp().push('device-1')).toBe(1);
    expect(lines.named('Message failed, left for a retry')).toMatchObject([
      { error: { message: 'the push service does not answer' } },
    ]);
  });

  it('because the message is malformed parks it with the reason', async () => {
    service.behave('device-1', 'malformed');
    const { push, parked } = setUp();
    expect(await push('device-1')).toBe(0);
    expect(parked()).toEqual([expect.stringContaining('400 INVALID_ARGUMENT')]);
  });

  it('because our account is wrong keeps the device', async () => {
    service.behave('device-1', 'wrong-sender');
    const { push, register, devices } = setUp();
    await register('device-1');
    expect(await push('device-1')).toBe(1);
    expect(await devices()).toEqual(['device-1']);
  });

  it('because it is unreachable leaves it for a retry', async () => {
    const { push } = setUp();
    expect(await push('device-1')).toBe(0);
    await service.stop();
    expect(await push('device-1')).toBe(1);
  });
});

describe('the access token', () => {
  it('is granted once for many messages', async () => {
    const { receive, message, push } = setUp();
    expect(await receive(...Array.from({ length: 10 }, (_, i) => message(`device-${i}`)))).toEqual([]);
    expect(await push('device-1')).toBe(0);
    expect([service.sent.length, service.tokensGranted()]).toEqual([11, 1]);
  });

  it('is renewed a minute before it ends, once for all', async () => {
    const { receive, message, push, clock } = setUp();
    const lasting = offer({ expiresAt: undefined });
    const pass = (ms: number): void => {
      clock.pass(ms);
      now += ms;
    };
    await push('device-1', lasting);
    pass(3_600_000 - 60_001);
    await push('device-1', lasting);
    expect(service.tokensGranted()).toBe(1);
    pass(1);
    expect(await receive(...[1, 2, 3].map((i) => message(`device-${i}`, lasting)))).toEqual([]);
    expect(service.tokensGranted()).toBe(2);
  });

  it('is renewed with the retry after it was revoked', async () => {
    const { push } = setUp();
    await push('device-1');
    service.revoke();
    expect(await push('device-1')).toBe(1);
    expect(await push('device-1')).toBe(0);
    expect([service.sent.length, service.tokensGranted()]).toEqual([2, 2]);
  });
});

describe('the service account', () => {
  it('that is not configured means no push: the message is done', async () => {
    expect(await setUp({ credentials: '' }).push('device-1')).toBe(0);
    expect(service.sent).toEqual([]);
  });

  it.each([
    ['is not JSON', () => 'secret'],
    ['lacks its key', () => JSON.stringify({ ...JSON.parse(service.credentials), private_key: undefined })],
    ['has a broken key', () => JSON.stringify({ ...JSON.parse(service.credentials), private_key: 'x' })],
    [
      'is unknown to the service',
      () => JSON.stringify({ ...JSON.parse(service.credentials), client_email: 'other@x' }),
    ],
  ])('that %s is not the fault of a message, which stays on its queue', async (_, credentials) => {
    const { push, parked } = setUp({ credentials: credentials() });
    expect(await push('device-1')).toBe(1);
    expect(parked()).toEqual([]);
  });

  it('comes from the secret when one is named, and is read again after a failure', async () => {
    const read: string[] = [];
    const readSecret = async (id: string) => {
      read.push(id);
      if (read.length === 1) throw new Error('throttled');
      return service.credentials;
    };
    const { push } = setUp({ credentials: '', settings: { FCM_SECRET_ID: 'push-account' }, readSecret });
    expect(await push('device-1')).toBe(1);
    expect(await push('device-1')).toBe(0);
    expect(await push('device-2')).toBe(0);
    expect(read).toEqual(['push-account', 'push-account']);
    expect(service.sent.map(({ token }) => token)).toEqual(['device-1', 'device-2']);
  });
});

describe('the worker of the push queue', () => {
  it('leaves only what failed for a retry, and parks poison', async () => {
    const { receive, message, parked } = setUp();
    service.behave('busy-device', 'busy');
    service.behave('bad-device', 'malformed');
    const batch = [message('device-1'), message('busy-device'), message('bad-device'), '{}'];
    expect(await receive(...batch)).toEqual(['message-2']);
    expect(service.sent.map(({ token }) => token)).toEqual(['device-1']);
    expect(parked().toSorted()).toEqual([
      expect.stringContaining('sub: '),
      expect.stringContaining('400 INVALID_ARGUMENT'),
    ]);
  });
});
