import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Invalid, Unavailable } from '../../functions/kernel/errors.ts';
import type { Notification } from '../../functions/notify/notification.ts';
import { fcm } from '../../functions/notify/push.client.ts';
import { accessTokens, credentialsFrom } from '../../functions/notify/push.credentials.ts';
import { push, pushMessage } from '../../functions/notify/push.worker.ts';
import { queueWorker } from '../../functions/platform/queue-worker.ts';
import { startFcm } from '../../local/push/fcm.ts';

const now = Date.UTC(2026, 10, 21, 3, 44);
const rideId = 'TNT-20261121-0000042';
const offer = (more: object = {}): Notification =>
  ({
    id: `${rideId}:1`,
    type: 'NEW_RIDE_REQUEST',
    rideId,
    version: 1,
    at: '2026-11-21T03:44:00.000Z',
    expiresAt: '2026-11-21T03:44:30.000Z',
    ...more,
  }) as unknown as Notification;

let service: Awaited<ReturnType<typeof startFcm>>;
beforeEach(async () => {
  service = await startFcm({ now: () => now });
});
afterEach(() => service.stop());

const worker = (options: { credentials?: string; clock?: () => number } = {}) => {
  const { credentials = service.credentials, clock = () => now } = options;
  const gone: string[] = [];
  const handle = push({
    send: fcm(accessTokens(credentialsFrom(credentials, undefined), clock), service.url),
    connections: { deviceGone: async (sub, token) => void gone.push(`${sub} ${token}`) },
    now: clock,
  });
  return { gone, push: (token: string, notification = offer()) => handle({ sub: 'driver-7', token, notification }) };
};

describe('A push to a device', () => {
  it('arrives with what happened, urgent, and only as long as the offer stands', async () => {
    await worker().push('device-1');
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
  });

  it('[DSP-7] that comes twice replaces itself on the phone', async () => {
    const { push } = worker();
    await push('device-1');
    await push('device-1');
    expect(new Set(service.sent.map(({ android }) => android?.notification.tag)).size).toBe(1);
    expect(new Set(service.sent.map(({ apns }) => apns?.headers['apns-collapse-id'])).size).toBe(1);
  });

  it('shows no place and no name on the lock screen', async () => {
    const pickup = { lat: -6.2, lng: 106.8, address: 'Jalan Rahasia 7' };
    await worker().push('device-1', offer({ pickup, type: 'constructor' }));
    expect(service.sent[0]?.notification).toEqual({ title: 'Tuntas', body: expect.not.stringContaining('Rahasia') });
  });

  it('is not sent once the offer is over', async () => {
    await worker().push('device-1', offer({ expiresAt: '2026-11-21T03:44:00.000Z' }));
    expect(service.sent).toEqual([]);
  });
});

describe('A device that is gone', () => {
  it('is forgotten, and the message is done', async () => {
    service.behave('device-1', 'unregistered');
    const { push, gone } = worker();
    await push('device-1');
    expect(gone).toEqual(['driver-7 device-1']);
  });
});

describe('A push service that does not take the message', () => {
  it.each(['busy', 'down'] as const)('because it is %s is left to the queue', async (behaviour) => {
    service.behave('device-1', behaviour);
    const { push, gone } = worker();
    await expect(push('device-1')).rejects.toThrow(Unavailable);
    service.behave('device-1', 'reachable');
    await push('device-1');
    expect([service.sent.length, gone]).toEqual([1, []]);
  });

  it('because it is silent is not waited for', async () => {
    service.behave('device-1', 'silent');
    await expect(worker().push('device-1')).rejects.toThrow('the push service does not answer');
  });

  it('because the message is malformed parks it with the reason', async () => {
    service.behave('device-1', 'malformed');
    await expect(worker().push('device-1')).rejects.toThrow(Invalid);
    await expect(worker().push('device-1')).rejects.toThrow('400 INVALID_ARGUMENT');
  });

  it('because our account is wrong forgets no device', async () => {
    service.behave('device-1', 'wrong-sender');
    const { push, gone } = worker();
    await expect(push('device-1')).rejects.toThrow(Unavailable);
    expect(gone).toEqual([]);
  });

  it('because nothing is there any more is left to the queue', async () => {
    const { push } = worker();
    await push('device-1');
    await service.stop();
    await expect(push('device-1')).rejects.toThrow(Unavailable);
  });
});

describe('The access token', () => {
  it('is bought once for many messages', async () => {
    const { push } = worker();
    await Promise.all(Array.from({ length: 20 }, (_, i) => push(`device-${i}`)));
    await push('device-1');
    expect([service.sent.length, service.tokensSold()]).toEqual([21, 1]);
  });

  it('is bought anew a minute before it ends, once for all', async () => {
    let time = now;
    const { push } = worker({ clock: () => time });
    await push('device-1', offer({ expiresAt: undefined }));
    time += 3_600_000 - 60_001;
    await push('device-1', offer({ expiresAt: undefined }));
    expect(service.tokensSold()).toBe(1);
    time += 1;
    await Promise.all([1, 2, 3].map(() => push('device-1', offer({ expiresAt: undefined }))));
    expect(service.tokensSold()).toBe(2);
  });

  it('that was taken back is bought anew with the next try', async () => {
    const { push } = worker();
    await push('device-1');
    service.revoke();
    await expect(push('device-1')).rejects.toThrow(Unavailable);
    await push('device-1');
    expect([service.sent.length, service.tokensSold()]).toEqual([2, 2]);
  });
});

describe('The service account', () => {
  it('that is not configured means no push: the message is done', async () => {
    await worker({ credentials: '' }).push('device-1');
    expect(service.sent).toEqual([]);
  });

  it.each([
    ['is not JSON', () => 'secret'],
    ['lacks its key', () => JSON.stringify({ ...JSON.parse(service.credentials), private_key: undefined })],
    ['has a broken key', () => JSON.stringify({ ...JSON.parse(service.credentials), private_key: 'x' })],
    [
      'is one the service does not know',
      () => JSON.stringify({ ...JSON.parse(service.credentials), client_email: 'other@x' }),
    ],
  ])('that %s is no fault of a message: it stays on its queue', async (_, credentials) => {
    await expect(worker({ credentials: credentials() }).push('device-1')).rejects.toThrow(Unavailable);
  });

  it('comes from the secret when one is named, and is read again after a failure', async () => {
    const read: string[] = [];
    const secret = async (id: string) => {
      read.push(id);
      if (read.length === 1) throw new Error('throttled');
      return service.credentials;
    };
    const tokens = accessTokens(credentialsFrom(undefined, 'push-account', secret), () => now);
    await expect(tokens.get()).rejects.toThrow('throttled');
    expect(await tokens.get()).toMatchObject({ projectId: 'tuntas-local', token: 'access-1' });
    await tokens.get();
    expect(read).toEqual(['push-account', 'push-account']);
  });
});

describe('The worker of the push queue', () => {
  const record = (messageId: string, body: unknown) => ({
    messageId,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: { ApproximateReceiveCount: '1' },
    eventSourceARN: 'arn:push',
  });

  it('answers with the failed alone and parks the poison', async () => {
    const parked: string[] = [];
    const { push } = worker();
    const handler = queueWorker(pushMessage, ({ token, notification }) => push(token, notification as Notification), {
      park: async (_, reason) => void parked.push(reason),
      delay: async () => undefined,
    });
    service.behave('busy-device', 'busy');
    service.behave('bad-device', 'malformed');
    const message = (token: string) => ({ sub: 'driver-7', token, notification: offer() });
    const Records = [
      record('1', message('device-1')),
      record('2', message('busy-device')),
      record('3', message('bad-device')),
      record('4', '{}'),
    ];
    expect(await handler({ Records } as never)).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
    expect(service.sent.map(({ token }) => token)).toEqual(['device-1']);
    expect(parked.toSorted()).toEqual([
      expect.stringContaining('sub: '),
      expect.stringContaining('400 INVALID_ARGUMENT'),
    ]);
  });
});
