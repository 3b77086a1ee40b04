/** What notifications carry in addition to the samples (midtrans.md §2.2, §3, §3.1). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClock } from '../../../local/gateway/clock.ts';
import { type Body, charges, type Running, startGateway } from './gateway.fixture.ts';

const chargedAt = Date.parse('2026-11-18T14:02:11+07:00');

let gateway: Running;
beforeEach(async () => {
  gateway = await startGateway({ clock: createClock({ start: chargedAt, scale: 0 }) });
});
afterEach(() => gateway.stop());

const last = async (): Promise<Body> => (await gateway.notified()).at(-1);

const vaCharge = (orderId: string): Promise<unknown> =>
  gateway.charge(charges.va('bca', orderId, 120_000, { va_number: '70000000001' }));

describe('other fields of notifications', () => {
  const base = [
    'transaction_time',
    'transaction_status',
    'transaction_id',
    'status_message',
    'status_code',
    'signature_key',
    'order_id',
  ];
  const common = [...base, 'merchant_id', 'gross_amount', 'currency', 'payment_type', 'fraud_status'];

  it.each([
    ['Permata', charges.va('permata', 'INV-1'), ['permata_va_number']],
    ['Mandiri bill', charges.mandiri('INV-1'), ['biller_code', 'bill_key']],
  ])('of %s: pending, then settled', async (_method, request, own) => {
    await gateway.charge(request);
    const pending = await last();
    gateway.control.pay('INV-1');
    const settled = await last();
    expect(Object.keys(pending).sort()).toEqual([...common, ...own, 'expiry_time'].sort());
    expect(Object.keys(settled).sort()).toEqual([...common, ...own, 'settlement_time'].sort());
  });

  it('of BNI report the amount received and its time; the other banks leave the list empty', async () => {
    await gateway.charge(charges.va('bni', 'INV-1', 120_000));
    gateway.control.pay('INV-1');
    expect((await last()).payment_amounts).toEqual([{ paid_at: '2026-11-18 14:02:11', amount: '120000.00' }]);
    await gateway.charge(charges.va('bri', 'INV-2', 120_000));
    gateway.control.pay('INV-2');
    expect((await last()).payment_amounts).toEqual([]);
  });

  it('of an expired virtual account lack the numbers', async () => {
    await vaCharge('INV-1');
    gateway.control.expire('INV-1');
    expect((await last()).va_numbers).toBeUndefined();
  });

  it('of QRIS paid with another wallet report off-us', async () => {
    await gateway.charge(charges.qris('INV-1'));
    gateway.control.pay('INV-1', { offUs: true });
    expect(await last()).toMatchObject({ transaction_type: 'off-us', issuer: 'dana' });
  });

  it('of GoPay paid by scanning call it qris', async () => {
    await gateway.charge(charges.gopay('INV-1'));
    gateway.control.pay('INV-1', { scanned: true });
    expect(await last()).toMatchObject({ payment_type: 'qris', acquirer: 'gopay', transaction_status: 'settlement' });
  });

  it('give back custom fields and metadata', async () => {
    const echo = {
      custom_field1: 'ride',
      custom_field2: 'r-1',
      custom_field3: 'é',
      metadata: { fleet: { city: 'Jakarta' } },
    };
    await gateway.charge({ ...charges.va('bca', 'INV-1'), ...echo });
    expect(await last()).toMatchObject(echo);
    expect((await gateway.call('GET', '/v2/INV-1/status')).body).toMatchObject(echo);
  });

  it('come in another order each time', async () => {
    await vaCharge('INV-1');
    gateway.control.pay('INV-1');
    const [first, second] = (await gateway.notified()).map((body) => Object.keys(body).slice(0, 4).join());
    expect(first).not.toBe(second);
  });

  it('are sent as Veritrans, as JSON, by POST and without credentials', async () => {
    await vaCharge('INV-1');
    await gateway.notified();
    const { headers, method } = gateway.merchant.received[0] ?? { headers: {}, method: '' };
    expect(method).toBe('POST');
    expect(headers).toMatchObject({
      'user-agent': 'Veritrans',
      'content-type': 'application/json',
      accept: 'application/json',
    });
    expect(headers.authorization).toBeUndefined();
  });
});
