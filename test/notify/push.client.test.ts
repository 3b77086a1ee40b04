/** What is sent to the push service for one device, and how each of its answers is read. */
import { describe, expect, it } from 'vitest';
import { Invalid, Unavailable } from '../../functions/kernel/errors.ts';
import type { OrderId } from '../../functions/kernel/types.ts';
import type { Notification } from '../../functions/notify/notification.ts';
import { endOf, fcm, messageOf } from '../../functions/notify/push.client.ts';
import type { Access } from '../../functions/notify/push.credentials.ts';
import type { Http, HttpCall } from '../../functions/platform/ports.ts';
import { start } from '../support/ports.ts';

const rideId = 'TNT-20261121-0000042' as OrderId;
const id = `${rideId}:1`;
const notice: Notification = { id, type: 'RIDE_ACCEPTED', rideId, version: 1, at: '2026-11-21T03:44:00.000Z' };
const offer: Notification = { ...notice, type: 'NEW_RIDE_REQUEST', expiresAt: '2026-11-21T03:44:30.000Z' };
const granted: Access = { projectId: 'fleet', token: 'access-1' };

const setUp = (status: number, body: unknown, access: Access | undefined = granted) => {
  const calls: (readonly [string, HttpCall])[] = [];
  let forgotten = 0;
  const http: Http = async (url, call) => {
    calls.push([url, call]);
    return { status, text: typeof body === 'string' ? body : JSON.stringify(body) };
  };
  const forget = (): void => {
    forgotten += 1;
  };
  const send = fcm({ http }, { get: async () => access, forget });
  return { calls, forgotten: () => forgotten, push: () => send('device-1', offer, start) };
};
const problem = (status: string, message: string, ...details: readonly object[]) => ({
  error: { status, message, ...(details.length > 0 ? { details } : {}) },
});

describe('a push', () => {
  it('of an offer lasts until the offer ends, any other an hour', () => {
    expect([endOf(offer, start), endOf(notice, start)]).toEqual([start + 30_000, start + 3_600_000]);
  });

  it('has its lifetime in seconds, rounded up, and never a negative one', () => {
    const ttl = (at: number) => messageOf('device-1', offer, at).message.android.ttl;
    expect([ttl(start), ttl(start + 500), ttl(start + 31_000)]).toEqual(['30s', '30s', '0s']);
    expect(messageOf('device-1', offer, start).message.apns.headers['apns-expiration']).toBe('1795232670');
  });

  it('is posted to the project of the service account, with its access token', async () => {
    const { push, calls } = setUp(200, {});
    expect(await push()).toBe('sent');
    const [[url, call] = []] = calls;
    expect([calls.length, url]).toEqual([1, 'https://fcm.googleapis.com/v1/projects/fleet/messages:send']);
    expect(call).toMatchObject({ method: 'POST', headers: { authorization: 'Bearer access-1' }, timeoutMs: 3_000 });
    expect(JSON.parse(call?.body ?? '')).toMatchObject({
      message: { token: 'device-1', data: { id, type: 'NEW_RIDE_REQUEST', notification: JSON.stringify(offer) } },
    });
  });

  it('is not made while no push service is configured', async () => {
    const calls: string[] = [];
    const http: Http = async (url) => ({ status: 200, text: String(calls.push(url)) });
    const send = fcm({ http }, { get: async () => undefined, forget: () => undefined });
    expect([await send('device-1', offer, start), calls]).toEqual(['no-push-service', []]);
  });
});

describe('an answer of the push service', () => {
  it.each([
    ['NOT_FOUND', problem('NOT_FOUND', 'no such device')],
    ['UNREGISTERED', problem('NOT_FOUND', 'no such device', { '@type': 'x' }, { errorCode: 'UNREGISTERED' })],
  ])('404 with %s says that the device is gone', async (_, body) => {
    expect(await setUp(404, body).push()).toBe('gone');
  });

  it.each<[string, number, unknown, string]>([
    ['a page with 404', 404, '<html>', 'the push service answered 404'],
    ['404 of another kind', 404, problem('OTHER', 'x'), 'the push service answered 404 OTHER: x'],
    ['NOT_FOUND without 404', 500, problem('NOT_FOUND', 'x'), 'the push service answered 500 NOT_FOUND: x'],
    ['a page with 400', 400, '<html>', 'the push service answered 400'],
    ['JSON that is no error', 400, { error: 'x' }, 'the push service answered 400'],
    ['an error without a text', 503, { error: {} }, 'the push service answered 503 : '],
  ])('%s is tried again, and the device is kept', async (_, status, body, message) => {
    const { push, forgotten } = setUp(status, body);
    const failure = await push().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Unavailable);
    expect([(failure as Error).message, forgotten()]).toEqual([message, 0]);
  });

  it('400 with a reason is never tried again', async () => {
    const failure = await setUp(400, problem('INVALID_ARGUMENT', 'bad token'))
      .push()
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Invalid);
    expect((failure as Error).message).toBe('the push service answered 400 INVALID_ARGUMENT: bad token');
  });

  it.each([401, 403])('%i forgets the access token, and is tried again', async (status) => {
    const { push, forgotten } = setUp(status, problem('DENIED', 'x'));
    await expect(push()).rejects.toBeInstanceOf(Unavailable);
    expect(forgotten()).toBe(1);
  });

  it('that never comes is tried again, with its cause', async () => {
    const cause = new TypeError('fetch failed');
    const http: Http = async () => Promise.reject(cause);
    const failing = fcm({ http }, { get: async () => granted, forget: () => undefined })('device-1', offer, start);
    await expect(failing).rejects.toMatchObject({ message: 'the push service does not answer', cause });
    await expect(failing).rejects.toBeInstanceOf(Unavailable);
  });
});
