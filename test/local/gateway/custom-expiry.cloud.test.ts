/** How long a charge can be paid (midtrans.md §2.1). */
import { describe, expect, it } from 'vitest';
import { charges, freshGateway, nextOrder } from './gateway.fixture.ts';

const gateway = freshGateway();

describe('how long a charge can be paid', () => {
  const expiry = async (request: object, custom_expiry: object): Promise<string> =>
    (await gateway.charge({ ...request, custom_expiry })).body.expiry_time;

  it('is the one of custom_expiry, in minutes without a unit', async () => {
    expect(
      await expiry(charges.va('bca', nextOrder()), { order_time: '2026-11-18 14:02:11 +0700', expiry_duration: 60 }),
    ).toBe('2026-11-18 15:02:11');
  });

  it.each([
    ['second', 30, '2026-11-18 14:02:41'],
    ['minute', 30, '2026-11-18 14:32:11'],
    ['hour', 3, '2026-11-18 17:02:11'],
    ['day', 2, '2026-11-20 14:02:11'],
  ])('can be given in units of a %s', async (unit, expiry_duration, until) => {
    expect(await expiry(charges.va('bca', nextOrder()), { expiry_duration, unit })).toBe(until);
  });

  it('counts from order_time', async () => {
    const custom = { order_time: '2026-11-18 14:00:00 +0700', expiry_duration: 10, unit: 'minute' };
    expect(await expiry(charges.va('bca', nextOrder()), custom)).toBe('2026-11-18 14:10:00');
  });

  it('is trimmed to 180 days', async () => {
    expect(await expiry(charges.va('bca', nextOrder()), { expiry_duration: 400, unit: 'day' })).toBe(
      '2027-05-17 14:02:11',
    );
  });

  it('is seven days at most for GoPay', async () => {
    expect(await expiry(charges.gopay(nextOrder()), { expiry_duration: 30, unit: 'day' })).toBe('2026-11-25 14:02:11');
  });

  it('is five days at most for QRIS through ShopeePay', async () => {
    expect(await expiry(charges.qris(nextOrder(), 1, 'airpay shopee'), { expiry_duration: 30, unit: 'day' })).toBe(
      '2026-11-23 14:02:11',
    );
  });

  it.each([
    ['under 20 seconds', { expiry_duration: 19, unit: 'second' }],
    ['in the past', { order_time: '2026-11-18 13:00:00 +0700', expiry_duration: 10, unit: 'minute' }],
    ['in an unknown unit', { expiry_duration: 1, unit: 'week' }],
    ['in a wrong form', { order_time: 'now', expiry_duration: 1 }],
    ['without a duration', { unit: 'day' }],
  ])('cannot be %s', async (_what, custom_expiry) => {
    const { http, body } = await gateway.charge({ ...charges.va('bca', nextOrder()), custom_expiry });
    expect([http, body.status_code]).toEqual([400, '400']);
  });
});
