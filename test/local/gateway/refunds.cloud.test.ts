/** POST refund: keys, amounts, the two notifications (midtrans.md §7.4). */
import { describe, expect, it } from 'vitest';
import { type Body, firstOrderAt, freshGateway, type Reply } from './gateway.fixture.ts';

const day = 86_400_000;

const gateway = freshGateway();
const { status, paidGopay, settledCard } = firstOrderAt(gateway);

const refund = (body: object, id = 'INV-1'): Promise<Reply> => gateway.call('POST', `/v2/${id}/refund`, body);
const code = async (body: object): Promise<string> => (await refund(body)).body.status_code;

describe('a refund', () => {
  it('of all is answered 200 and refund', async () => {
    await paidGopay();
    const { body } = await refund({ refund_key: 'rf-1', amount: 88_000, reason: 'out of stock' });
    expect(body).toMatchObject({
      status_code: '200',
      transaction_status: 'refund',
      refund_amount: '88000.00',
      refund_key: 'rf-1',
      refund_chargeback_id: expect.any(Number),
    });
  });

  it('of a part is partial_refund, and refund when the parts add up', async () => {
    await paidGopay();
    expect((await refund({ refund_key: 'rf-1', amount: 80_000 })).body.transaction_status).toBe('partial_refund');
    expect((await refund({ refund_key: 'rf-2', amount: 8_000 })).body.transaction_status).toBe('refund');
    expect((await status()).refund_amount).toBe('88000.00');
  });

  it('without an amount gives all back that is left', async () => {
    await paidGopay();
    await refund({ refund_key: 'rf-1', amount: 80_000 });
    expect((await refund({ refund_key: 'rf-2' })).body.refund_amount).toBe('8000.00');
  });

  it('is notified twice: first without, then with bank_confirmed_at', async () => {
    await paidGopay();
    await refund({ refund_key: 'rf-1', amount: 5_000, reason: 'late' });
    await gateway.control.advance(2_000);
    const [first, second] = (await gateway.notified()).slice(-2);
    expect(first.refunds).toEqual([
      expect.objectContaining({
        refund_key: 'rf-1',
        refund_amount: '5000.00',
        created_at: '2026-11-18 14:02:11',
        reason: 'late',
      }),
    ]);
    expect(first.refunds[0].bank_confirmed_at).toBeUndefined();
    expect(second.refunds[0].bank_confirmed_at).toBe('2026-11-18 14:02:13');
    expect(second.transaction_status).toBe('partial_refund');
  });

  it('is confirmed once', async () => {
    await paidGopay();
    await refund({ refund_key: 'rf-1', amount: 5_000 });
    gateway.control.confirmRefunds('INV-1');
    await gateway.control.advance(2_000);
    const refunds = (await gateway.notified()).filter((one) => one.transaction_status === 'partial_refund');
    expect(refunds).toHaveLength(2);
    expect((await status()).refunds[0].bank_confirmed_at).toBe('2026-11-18 14:02:11');
  });

  it('lists all refunds so far, and their sum', async () => {
    await paidGopay();
    await refund({ refund_key: 'rf-1', amount: 5_000 });
    await refund({ refund_key: 'rf-2', amount: 7_000 });
    const came = (await gateway.notified()).at(-1);
    expect(came.refund_amount).toBe('12000.00');
    expect(came.refunds.map((row: Body) => row.refund_key)).toEqual(['rf-1', 'rf-2']);
  });

  it('has an id beyond 2^53 now and then, written as a number', async () => {
    await paidGopay();
    for (let n = 1; n <= 12; n += 1) await refund({ refund_key: `rf-${n}`, amount: 1_000 });
    await gateway.control.idle();
    const ids = gateway.merchant.received.at(-1)?.body.match(/"refund_chargeback_id":(\d+)/g) ?? [];
    expect(ids).toHaveLength(12);
    const long = ids.map((id) => id.slice('"refund_chargeback_id":'.length)).filter((id) => id.length === 18);
    expect(long.length).toBeGreaterThan(0);
    expect(long.some((id) => String(JSON.parse(id)) !== id)).toBe(true);
  });

  it('names its method a day after, at the latest', async () => {
    await settledCard();
    await refund({ refund_key: 'rf-1', amount: 5_000 });
    expect((await status()).refunds[0].refund_method).toBeUndefined();
    await gateway.control.advance(day);
    expect((await status()).refunds[0].refund_method).toBe('online');
  });

  it('by the legacy path is confirmed with the answer and notified once', async () => {
    await paidGopay();
    const { body } = await gateway.call('POST', '/v2/INV-1/refund/online/direct', {
      refund_key: 'rf-1',
      amount: 5_000,
    });
    expect(body.status_code).toBe('200');
    await gateway.control.advance(day);
    const refunds = (await gateway.notified()).filter((one) => one.transaction_status === 'partial_refund');
    expect(refunds).toHaveLength(1);
    expect(refunds[0].refunds[0].bank_confirmed_at).toBe('2026-11-18 14:02:11');
  });
});

describe('a refund key', () => {
  it('used again is 406 Duplicate refund ID; the refund is in the status', async () => {
    await paidGopay();
    await refund({ refund_key: 'rf-1', amount: 5_000 });
    const { body } = await refund({ refund_key: 'rf-1', amount: 5_000 });
    expect([body.status_code, body.status_message]).toEqual(['406', 'Duplicate refund ID']);
    expect((await status()).refunds).toHaveLength(1);
  });

  it('can be tried again when its refund was not made', async () => {
    await paidGopay();
    gateway.control.setBalance(0);
    expect(await code({ refund_key: 'rf-1', amount: 5_000 })).toBe('414');
    gateway.control.setBalance(1_000_000);
    expect(await code({ refund_key: 'rf-1', amount: 5_000 })).toBe('200');
  });

  it('expires a week after its first use', async () => {
    await paidGopay();
    gateway.control.setBalance(0);
    await refund({ refund_key: 'rf-1', amount: 5_000 });
    gateway.control.setBalance(1_000_000);
    await gateway.control.advance(7 * day + 1);
    expect(await code({ refund_key: 'rf-1', amount: 5_000 })).toBe('406');
  });

  it('that is missing is generated: each retry is another refund', async () => {
    await paidGopay();
    const keys = [await refund({ amount: 5_000 }), await refund({ amount: 5_000 })].map(({ body }) => body.refund_key);
    expect(new Set(keys).size).toBe(2);
    expect((await status()).refund_amount).toBe('10000.00');
  });

  it.each(['', 'rf 1', 'rf/1', 'rf.1', 'é'])('cannot be "%s"', async (refund_key) => {
    await paidGopay();
    expect(await code({ refund_key, amount: 5_000 })).toBe('400');
  });
});
