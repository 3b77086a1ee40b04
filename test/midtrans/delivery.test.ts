// How notifications arrive: URLs, retries, redirects, time-outs (midtrans.md §1.3, §6).
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FLAT_GAPS } from '../../local/midtrans/retries.ts';
import { charges, type Merchant, type Running, startGateway, startMerchant } from './gateway.fixture.ts';

const MINUTE = 60_000;
/** All five gaps, each at its longest. */
const ALL_DAY = 24 * 60 * MINUTE;

let gateway: Running;
let other: Merchant;
beforeEach(async () => {
  gateway = await startGateway({ deliveryTimeoutMs: 80 });
  other = await startMerchant();
});
afterEach(async () => {
  await gateway.stop();
  await other.stop();
});

/** A transaction that never moves by itself while the retries go on. */
const charge = (headers?: Record<string, string>): Promise<unknown> =>
  gateway.charge({ ...charges.va('bca', 'INV-1'), custom_expiry: { expiry_duration: 30, unit: 'day' } }, headers);

const log = () => gateway.control.notifications('INV-1');
const attempts = () => log().map(({ attempts }) => attempts.map(({ answered }) => answered));
const outcomes = () => log().map(({ outcome }) => outcome);

describe('an answer of ours', () => {
  it.each([200, 201, 202, 204])('%s ends it', async (status) => {
    gateway.merchant.answers.push(status);
    await charge();
    await gateway.control.quiet();
    expect([attempts(), outcomes()]).toEqual([[[status]], ['delivered']]);
  });

  it.each([
    [500, 2],
    [400, 3],
    [404, 3],
    [503, 5],
    [401, 6],
    [403, 6],
    [409, 6],
    [422, 6],
    [429, 6],
    [502, 6],
    [504, 6],
    [301, 1],
    [302, 1],
    [303, 1],
  ])('%s, always, makes %s attempts in all', async (status, times) => {
    gateway.merchant.answers.push(...Array(10).fill(status));
    await charge();
    await gateway.control.quiet();
    await gateway.control.advance(ALL_DAY);
    expect([attempts(), outcomes()]).toEqual([[Array(times).fill(status)], ['given-up']]);
  });

  it('that is good at the third attempt ends it there', async () => {
    gateway.merchant.answers.push(503, 503, 200);
    await charge();
    await gateway.control.quiet();
    expect(outcomes()).toEqual(['waiting']);
    await gateway.control.advance(ALL_DAY);
    expect([attempts(), outcomes()]).toEqual([[[503, 503, 200]], ['delivered']]);
  });

  it('that turns to 500 uses up the smaller budget', async () => {
    gateway.merchant.answers.push(503, 503, 500, 200);
    await charge();
    await gateway.control.quiet();
    await gateway.control.advance(ALL_DAY);
    expect([attempts(), outcomes()]).toEqual([[[503, 503, 500]], ['given-up']]);
  });

  it('that does not come in time counts as one of the five', async () => {
    gateway.merchant.answers.push('hang');
    await charge();
    await gateway.control.quiet();
    await gateway.control.advance(ALL_DAY);
    expect([attempts(), outcomes()]).toEqual([[['timeout', 200]], ['delivered']]);
  });
});

describe('a merchant who is not there', () => {
  it('is tried six times', async () => {
    await gateway.merchant.stop();
    await charge();
    await gateway.control.quiet();
    await gateway.control.advance(ALL_DAY);
    expect([attempts(), outcomes()]).toEqual([[Array(6).fill('unreachable')], ['given-up']]);
  });
});

describe('the gaps between attempts', () => {
  const gaps = (): number[] => {
    const times = log()[0]?.attempts.map(({ at }) => at) ?? [];
    return times.slice(1).map((at, index) => (at - (times[index] ?? 0)) / MINUTE);
  };

  it('are 2, 10, 30, 90 and 210 minutes, each between a quarter and five quarters of it', async () => {
    gateway.merchant.answers.push(...Array(10).fill(502));
    await charge();
    await gateway.control.quiet();
    await gateway.control.advance(ALL_DAY);
    const bounds = [2, 10, 30, 90, 210];
    expect(gaps()).toHaveLength(5);
    gaps().forEach((gap, index) => {
      expect(gap).toBeGreaterThanOrEqual((bounds[index] ?? 0) * 0.25);
      expect(gap).toBeLessThanOrEqual((bounds[index] ?? 0) * 1.25);
    });
  });

  it('can be a minute each, as another page says', async () => {
    const flat = await startGateway({ retryGaps: FLAT_GAPS });
    flat.merchant.answers.push(...Array(10).fill(502));
    await flat.charge(charges.va('bca', 'INV-1'));
    await flat.control.quiet();
    await flat.control.advance(7 * MINUTE);
    expect(flat.control.notifications('INV-1')[0]?.attempts).toHaveLength(6);
    await flat.stop();
  });

  it('pass faster at another scale', async () => {
    const fast = await startGateway({ scale: 6_000 });
    fast.merchant.answers.push(503);
    await fast.charge(charges.va('bca', 'INV-1'));
    await fast.control.quiet();
    const started = performance.now();
    while (fast.control.notifications('INV-1')[0]?.outcome !== 'delivered' && performance.now() - started < 2_000)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(fast.control.notifications('INV-1')[0]?.attempts.map(({ answered }) => answered)).toEqual([503, 200]);
    await fast.stop();
  });

  it('repeat with the same seed', async () => {
    const run = async (): Promise<(number | undefined)[]> => {
      const one = await startGateway({ seed: 7 });
      one.merchant.answers.push(503);
      await one.charge(charges.va('bca', 'INV-1'));
      await one.control.quiet();
      const [delivery] = one.control.notifications('INV-1');
      await one.stop();
      return [Math.round(((delivery?.nextAttemptAt ?? 0) - (delivery?.attempts[0]?.at ?? 0)) / 1_000)];
    };
    expect(await run()).toEqual(await run());
  });
});

describe('a redirect', () => {
  it.each([307, 308])('%s is followed with POST and the same body', async (status) => {
    gateway.merchant.answers.push({ status, location: other.url });
    await charge();
    await gateway.control.quiet();
    expect(other.received.map(({ method, body }) => [method, body])).toEqual([['POST', gateway.merchant.received[0]?.body]]);
    expect([attempts(), outcomes()]).toEqual([[[200]], ['delivered']]);
  });

  it('to a relative address is followed', async () => {
    gateway.merchant.answers.push({ status: 308, location: '/elsewhere/' });
    await charge();
    await gateway.control.quiet();
    expect(gateway.merchant.received.map(({ path }) => path)).toEqual(['/midtrans/notifications', '/elsewhere/']);
  });

  it('is followed five times, not six', async () => {
    gateway.merchant.answers.push(...Array(6).fill({ status: 307, location: gateway.merchant.url }));
    await charge();
    await gateway.control.quiet();
    expect([gateway.merchant.received.length, attempts(), outcomes()]).toEqual([6, [['too-many-redirects']], ['waiting']]);
  });

  it.each([301, 302, 303])('%s fails at once and is not followed', async (status) => {
    gateway.merchant.answers.push({ status, location: other.url });
    await charge();
    await gateway.control.quiet();
    await gateway.control.advance(ALL_DAY);
    expect([other.received, outcomes()]).toEqual([[], ['given-up']]);
  });
});

describe('the notification URL', () => {
  it('can be several: a copy to each, retried by itself', async () => {
    const both = await startGateway({ notificationUrl: `${gateway.merchant.url}, ${other.url}` });
    other.answers.push(503);
    await both.charge(charges.va('bca', 'INV-1'));
    await both.control.quiet();
    expect(both.control.notifications('INV-1').map(({ outcome }) => outcome)).toEqual(['delivered', 'waiting']);
    await both.stop();
  });

  it('is replaced for a transaction by X-Override-Notification, for all its notifications', async () => {
    await charge({ 'x-override-notification': other.url });
    gateway.control.pay('INV-1');
    await gateway.control.quiet();
    expect([gateway.merchant.received.length, other.statuses()]).toEqual([0, ['pending', 'settlement']]);
  });

  it('is added to by X-Append-Notification', async () => {
    await charge({ 'x-append-notification': other.url });
    await gateway.control.quiet();
    expect([gateway.merchant.received.length, other.received.length]).toEqual([1, 1]);
  });

  it('is only replaced when both headers are there', async () => {
    await charge({ 'x-override-notification': other.url, 'x-append-notification': gateway.merchant.url });
    await gateway.control.quiet();
    expect([gateway.merchant.received.length, other.received.length]).toEqual([0, 1]);
  });

  it('can be two in a header; a third is left out', async () => {
    await charge({ 'x-override-notification': [other.url, `${other.url}/2`, `${other.url}/3`].join(', ') });
    await gateway.control.quiet();
    expect(other.received.map(({ path }) => path)).toEqual(['/midtrans/notifications', '/midtrans/notifications/2']);
  });
});

describe('the test button of the dashboard', () => {
  it('sends a signed notification of an order nobody knows', async () => {
    await gateway.control.testNotification();
    const [body] = gateway.merchant.bodies();
    expect(body.order_id).toMatch(/^payment_notif_test_G700000001_/);
    expect((await gateway.call('GET', `/v2/${body.order_id}/status`)).body.status_code).toBe('404');
  });
});
