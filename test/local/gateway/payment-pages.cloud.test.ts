/** The payment pages. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { charges, type Running, startGateway } from './gateway.fixture.ts';

let gateway: Running;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.stop());

const page = async (path: string): Promise<string> => (await fetch(`${gateway.url}${path}`)).text();
const press = (path: string): Promise<Response> =>
  fetch(`${gateway.url}${path}`, { method: 'POST', redirect: 'manual' });

describe('the payment page', () => {
  it('shows the order, the amount, where to pay and a button', async () => {
    const { body } = await gateway.charge(charges.va('bca', 'INV-1', 120_000, { va_number: '70000000001' }));
    const html = await page(`/pay/${body.transaction_id}`);
    for (const text of ['INV-1', 'Rp 120.000', '70000000001', `action="/pay/${body.transaction_id}/pay"`])
      expect(html).toContain(text);
  });

  it('pays with its button, and shows that it is paid', async () => {
    const { body } = await gateway.charge(charges.va('bca', 'INV-1'));
    const answer = await press(`/pay/${body.transaction_id}/pay`);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/pay/${body.transaction_id}`]);
    expect(await page(`/pay/${body.transaction_id}`)).toContain('settlement');
    expect((await gateway.notified()).at(-1)).toMatchObject({ transaction_status: 'settlement' });
  });

  it('pays a GoPay charge by scanning: reported as qris', async () => {
    const { body } = await gateway.charge(charges.gopay('INV-1'));
    await press(`/pay/${body.transaction_id}/scan`);
    expect((await gateway.notified()).at(-1)).toMatchObject({ payment_type: 'qris' });
  });

  it('declines a card with its other button', async () => {
    const { body } = await gateway.charge(charges.card('INV-1', gateway.control.cardToken('accept')));
    await press(new URL(`${body.redirect_url}/deny`).pathname);
    expect((await gateway.notified()).at(-1)).toMatchObject({
      transaction_status: 'deny',
      channel_response_code: '05',
    });
  });

  it('that is out of date changes nothing', async () => {
    await gateway.charge(charges.va('bca', 'INV-1'));
    gateway.control.expire('INV-1');
    expect((await press('/pay/INV-1/pay')).status).toBe(303);
    expect(gateway.control.transaction('INV-1').state.status).toBe('expire');
  });

  it('leads back to the merchant from GoPay, with a result that proves nothing', async () => {
    await gateway.charge(charges.gopay('INV-1'));
    gateway.control.pay('INV-1');
    expect(await page('/pay/INV-1')).toContain('https://tuntas.example/paid?order_id=INV-1&amp;result=success');
  });

  it('writes out what it was given, as text', async () => {
    await gateway.charge({ ...charges.mandiri('INV-1'), echannel: { bill_info1: '<b>x</b>', bill_info2: '"' } });
    expect(await page('/pay/INV-1')).toContain('&lt;b&gt;x&lt;/b&gt; &quot;');
  });

  it('of nothing is 404', async () => {
    expect((await fetch(`${gateway.url}/pay/INV-404`)).status).toBe(404);
    await gateway.charge(charges.va('bca', 'INV-1'));
    expect((await press('/pay/INV-1/explode')).status).toBe(404);
  });

  it('lists all charges, the latest first', async () => {
    await gateway.charge(charges.va('bca', 'INV-1'));
    await gateway.charge(charges.qris('INV-2'));
    const html = await page('/pay');
    expect(html.indexOf('INV-2')).toBeLessThan(html.indexOf('INV-1'));
  });
});
