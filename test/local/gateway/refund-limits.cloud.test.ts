/** Refunds that are not possible, and until when they are (midtrans.md §7.4). */
import { describe, expect, it } from 'vitest';
import { charges, firstOrderAt, freshGateway, type Reply } from './gateway.fixture.ts';

const day = 86_400_000;

const gateway = freshGateway();
const { status, paid, paidGopay, settledCard } = firstOrderAt(gateway);

const refund = (body: object, id = 'INV-1'): Promise<Reply> => gateway.call('POST', `/v2/${id}/refund`, body);
const code = async (body: object): Promise<string> => (await refund(body)).body.status_code;

describe('a refund that is not possible', () => {
  it.each(['bca', 'bni', 'bri', 'cimb', 'permata'])('by virtual account at %s is 412', async (bank) => {
    await paid(charges.va(bank, 'INV-1'));
    expect(await code({ refund_key: 'rf-1' })).toBe('412');
  });

  it('by Mandiri bill is 412', async () => {
    await paid(charges.mandiri('INV-1'));
    expect(await code({ refund_key: 'rf-1' })).toBe('412');
  });

  it('before settlement is 412', async () => {
    await gateway.charge(charges.gopay('INV-1'));
    expect(await code({ refund_key: 'rf-1' })).toBe('412');
  });

  it('of a captured card is 412', async () => {
    await gateway.charge(charges.card('INV-1', gateway.control.cardToken('accept'), 640_000, {}));
    expect(await code({ refund_key: 'rf-1' })).toBe('412');
  });

  it('of more than is left is 414', async () => {
    await paidGopay();
    await refund({ refund_key: 'rf-1', amount: 80_000 });
    expect(await code({ refund_key: 'rf-2', amount: 8_001 })).toBe('414');
    expect(await code({ refund_key: 'rf-3', amount: 0 })).toBe('414');
  });

  it('of all again is 412', async () => {
    await paidGopay();
    await refund({ refund_key: 'rf-1' });
    expect(await code({ refund_key: 'rf-2', amount: 1 })).toBe('412');
  });

  it.each([
    ['an amount with decimals', { amount: 10.5 }, '400'],
    ['an amount as a text', { amount: '5000' }, '408'],
    ['a reason that is too long', { amount: 1, reason: 'x'.repeat(256) }, '400'],
  ])('with %s', async (_what, body, expected) => {
    await paidGopay();
    expect(await code({ refund_key: 'rf-1', ...body })).toBe(expected);
  });

  it('that the bank declines is answered 202; nothing changes and nothing is notified', async () => {
    await settledCard();
    const before = (await gateway.notified()).length;
    gateway.control.faults.add({ fault: { kind: 'decline' }, on: 'refund', next: 1 });
    const { body } = await refund({ refund_key: 'rf-1', amount: 5_000 });
    expect(body).toMatchObject({
      status_code: '202',
      status_message: 'Refund denied by the bank',
      transaction_status: 'settlement',
      refund_amount: '0.00',
    });
    expect((await status()).refunds).toBeUndefined();
    expect(await gateway.notified()).toHaveLength(before);
  });
});

describe('the time for refunds', () => {
  it.each<[string, () => Promise<void>, number]>([
    ['GoPay', paidGopay, 45],
    ['QRIS on-us', () => paid(charges.qris('INV-1')), 45],
    ['QRIS off-us', () => paid(charges.qris('INV-1'), { offUs: true }), 7],
    ['cards', settledCard, 180],
  ])('of %s ends', async (_method, arrive, days) => {
    await arrive();
    await gateway.control.advance(days * day);
    expect(await code({ refund_key: 'rf-1', amount: 100 })).toBe('200');
    await gateway.control.advance(1);
    expect(await code({ refund_key: 'rf-2', amount: 100 })).toBe('412');
  });
});
