/** Where notifications go: URLs, headers that change them, redirects (midtrans.md §1.3, §6). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { charges, type Merchant, type Running, startGateway, startMerchant } from './gateway.fixture.ts';

const minute = 60_000;
/** All five gaps, each at its longest. */
const allDay = 24 * 60 * minute;

let gateway: Running;
let other: Merchant;
beforeEach(async () => {
  gateway = await startGateway();
  other = await startMerchant();
});
afterEach(async () => {
  await gateway.stop();
  await other.stop();
});

/** A transaction whose state does not change during the retries. */
const charge = (headers?: Record<string, string>): Promise<unknown> =>
  gateway.charge({ ...charges.va('bca', 'INV-1'), custom_expiry: { expiry_duration: 30, unit: 'day' } }, headers);

const log = () => gateway.control.notifications('INV-1');
const attempts = () => log().map(({ attempts }) => attempts.map(({ answered }) => answered));
const outcomes = () => log().map(({ outcome }) => outcome);

describe('a redirect', () => {
  it.each([307, 308])('%s is followed with POST and the same body', async (status) => {
    gateway.merchant.answers.push({ status, location: other.url });
    await charge();
    await gateway.control.idle();
    expect(other.received.map(({ method, body }) => [method, body])).toEqual([
      ['POST', gateway.merchant.received[0]?.body],
    ]);
    expect([attempts(), outcomes()]).toEqual([[[200]], ['delivered']]);
  });

  it('to a relative address is followed', async () => {
    gateway.merchant.answers.push({ status: 308, location: '/elsewhere/' });
    await charge();
    await gateway.control.idle();
    expect(gateway.merchant.received.map(({ path }) => path)).toEqual(['/midtrans/notifications', '/elsewhere/']);
  });

  it('is followed five times, not six', async () => {
    gateway.merchant.answers.push(...Array(6).fill({ status: 307, location: gateway.merchant.url }));
    await charge();
    await gateway.control.idle();
    expect([gateway.merchant.received.length, attempts(), outcomes()]).toEqual([
      6,
      [['too-many-redirects']],
      ['waiting'],
    ]);
  });

  it.each([301, 302, 303])('%s fails at once and is not followed', async (status) => {
    gateway.merchant.answers.push({ status, location: other.url });
    await charge();
    await gateway.control.idle();
    await gateway.control.advance(allDay);
    expect([other.received, outcomes()]).toEqual([[], ['given-up']]);
  });
});

describe('the notification URL', () => {
  it('can be several: a copy to each, retried separately', async () => {
    const both = await startGateway({ notificationUrl: `${gateway.merchant.url}, ${other.url}` });
    other.answers.push(503);
    await both.charge(charges.va('bca', 'INV-1'));
    await both.control.idle();
    expect(both.control.notifications('INV-1').map(({ outcome }) => outcome)).toEqual(['delivered', 'waiting']);
    await both.stop();
  });

  it('is replaced for a transaction by X-Override-Notification, for all its notifications', async () => {
    await charge({ 'x-override-notification': other.url });
    gateway.control.pay('INV-1');
    await gateway.control.idle();
    expect([gateway.merchant.received.length, other.statuses()]).toEqual([0, ['pending', 'settlement']]);
  });

  it('is added to by X-Append-Notification', async () => {
    await charge({ 'x-append-notification': other.url });
    await gateway.control.idle();
    expect([gateway.merchant.received.length, other.received.length]).toEqual([1, 1]);
  });

  it('is only replaced when both headers are there', async () => {
    await charge({ 'x-override-notification': other.url, 'x-append-notification': gateway.merchant.url });
    await gateway.control.idle();
    expect([gateway.merchant.received.length, other.received.length]).toEqual([0, 1]);
  });

  it('can be two in a header; a third is left out', async () => {
    await charge({ 'x-override-notification': [other.url, `${other.url}/2`, `${other.url}/3`].join(', ') });
    await gateway.control.idle();
    expect(other.received.map(({ path }) => path)).toEqual(['/midtrans/notifications', '/midtrans/notifications/2']);
  });
});

describe('the test button of the dashboard', () => {
  it('sends a signed notification of an unknown order', async () => {
    await gateway.control.testNotification();
    const [body] = gateway.merchant.bodies();
    expect(body.order_id).toMatch(/^payment_notif_test_G700000001_/);
    expect((await gateway.call('GET', `/v2/${body.order_id}/status`)).body.status_code).toBe('404');
  });
});
