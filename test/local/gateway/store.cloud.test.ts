/** What time and the banks do to a transaction (midtrans.md §2.2, §5.2). */
import { describe, expect, it } from 'vitest';
import { charges, firstOrderAt, freshGateway } from './gateway.fixture.ts';

const gateway = freshGateway();
const { post, status, va, card } = firstOrderAt(gateway);

describe('time', () => {
  it('expires what was not paid, at most a minute late, and notifies', async () => {
    await gateway.charge(charges.qris('INV-1'));
    await gateway.control.advance(15 * 60_000);
    expect((await status()).transaction_status).toBe('pending');
    await gateway.control.advance(60_000);
    expect((await status()).transaction_status).toBe('expire');
    expect((await gateway.notified()).map((body) => body.transaction_status)).toEqual(['pending', 'expire']);
  });

  it('does not expire what was paid', async () => {
    await gateway.charge(charges.qris('INV-1'));
    gateway.control.pay('INV-1');
    await gateway.control.advance(20 * 60_000);
    expect((await status()).transaction_status).toBe('settlement');
  });

  it('settles cards the next day at 16:00 WIB', async () => {
    await card();
    await gateway.control.advance(26 * 3_600_000);
    expect(await status()).toMatchObject({ transaction_status: 'settlement', settlement_time: '2026-11-19 16:00:00' });
  });

  it('does not settle a card that was voided', async () => {
    await card();
    await post('cancel');
    await gateway.control.advance(26 * 3_600_000);
    expect((await gateway.notified()).map((body) => body.transaction_status)).toEqual(['capture', 'cancel']);
  });

  it('lets the 3DS page of a card lapse after ten minutes', async () => {
    await card('accept', { authentication: true });
    await gateway.control.advance(11 * 60_000);
    expect((await status()).transaction_status).toBe('expire');
  });
});

describe('what the bank does', () => {
  it.each(['permata', 'mandiri'])('takes a settlement back at %s', async (bank) => {
    await gateway.charge(bank === 'mandiri' ? charges.mandiri('INV-1') : charges.va('permata', 'INV-1'));
    gateway.control.pay('INV-1');
    gateway.control.reverse('INV-1');
    expect(await status()).toMatchObject({ transaction_status: 'deny', status_code: '202' });
    expect((await gateway.notified()).map((body) => body.transaction_status).sort()).toEqual([
      'deny',
      'pending',
      'settlement',
    ]);
  });

  it('does not take it back at BCA', async () => {
    await va();
    gateway.control.pay('INV-1');
    expect(() => gateway.control.reverse('INV-1')).toThrow('not possible for a transaction that is settlement');
  });

  it('takes a part of a card payment back, then all of it', async () => {
    await card();
    gateway.control.settleCards();
    gateway.control.chargeback('INV-1', 100_000);
    expect(await status()).toMatchObject({ transaction_status: 'partial_chargeback', refund_amount: '100000.00' });
    gateway.control.chargeback('INV-1');
    expect(await status()).toMatchObject({ transaction_status: 'chargeback', status_code: '200' });
  });

  it('reports nothing of a failed attempt in a wallet', async () => {
    await gateway.charge(charges.gopay('INV-1'));
    gateway.control.deny('INV-1');
    expect((await status()).transaction_status).toBe('pending');
    expect(await gateway.notified()).toHaveLength(1);
  });
});
