// Payment pages for people, and the control over HTTP.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Body, charges, type Running, startGateway } from './gateway.fixture.ts';

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

  it('that has gone stale changes nothing', async () => {
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

describe('the control over HTTP', () => {
  const sim = async (method: string, path: string, body?: unknown): Promise<{ http: number; body: Body }> => {
    const answer = await fetch(`${gateway.url}/_sim/${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    return { http: answer.status, body: await answer.json() };
  };

  it('lists transactions, finds one, and pays it', async () => {
    await gateway.charge(charges.qris('INV-1'));
    expect((await sim('GET', 'transactions')).body).toMatchObject([
      { orderId: 'INV-1', method: 'qris', state: { status: 'pending' } },
    ]);
    await sim('POST', 'transactions/INV-1/pay', { offUs: true });
    expect((await sim('GET', 'transactions/INV-1')).body).toMatchObject({
      state: { status: 'settlement' },
      payer: { offUs: true },
    });
  });

  it.each([
    ['expire', 'expire', charges.va('bca', 'INV-1')],
    ['fail', 'failure', charges.va('bca', 'INV-1')],
    ['deny', 'pending', charges.gopay('INV-1')],
  ])('plays %s', async (action, status, request) => {
    await gateway.charge(request);
    expect((await sim('POST', `transactions/INV-1/${action}`)).body.state.status).toBe(status);
  });

  it('plays the life of a card: token, settlement, refund confirmed, chargeback of another', async () => {
    const card = async (orderId: string): Promise<void> => {
      const { body } = await sim('POST', 'card-tokens', { card: 'accept' });
      await gateway.charge(charges.card(orderId, body.token_id, 640_000, {}));
    };
    await card('INV-1');
    await card('INV-2');
    expect((await sim('POST', 'settle-cards')).body).toHaveLength(2);
    await gateway.call('POST', '/v2/INV-1/refund', { refund_key: 'rf-1', amount: 1_000 });
    const confirmed = await sim('POST', 'transactions/INV-1/confirm-refunds');
    expect(confirmed.body.state.refunds[0].bankConfirmedAt).toEqual(expect.any(Number));
    expect((await sim('POST', 'transactions/INV-2/chargeback', { amount: 5 })).body.state.status).toBe(
      'partial_chargeback',
    );
  });

  it('takes a settlement back', async () => {
    await gateway.charge(charges.mandiri('INV-1'));
    await sim('POST', 'transactions/INV-1/pay');
    expect((await sim('POST', 'transactions/INV-1/reverse')).body.state.status).toBe('deny');
  });

  it('sends any notification, signed', async () => {
    await gateway.charge(charges.va('bca', 'INV-1'));
    await sim('POST', 'transactions/INV-1/notify', { transaction_status: 'chargeback', status_code: '200' });
    const came = (await gateway.notified()).at(-1);
    expect(came).toMatchObject({ transaction_status: 'chargeback', status_code: '200' });
    expect(gateway.control.transaction('INV-1').state.status).toBe('pending');
  });

  it('shows the log of notifications and sends one again', async () => {
    await gateway.charge(charges.va('bca', 'INV-1'));
    await sim('POST', 'quiet');
    const [delivery] = (await sim('GET', 'notifications?id=INV-1')).body;
    expect(delivery).toMatchObject({ status: 'pending', outcome: 'delivered', attempts: [{ answered: 200 }] });
    await sim('POST', `notifications/${delivery.id}/resend`);
    expect(gateway.merchant.received.map(({ body }) => body)).toEqual([delivery.body, delivery.body]);
  });

  it('takes fault rules, lists and forgets them', async () => {
    const { body } = await sim('POST', 'faults', { fault: { kind: 'late', ms: 10 }, method: 'qris', next: 3 });
    expect((await sim('GET', 'faults')).body).toEqual([
      { id: body.id, fault: { kind: 'late', ms: 10 }, method: 'qris', next: 3 },
    ]);
    await sim('DELETE', `faults/${body.id}`);
    await sim('POST', 'faults', { fault: { kind: 'lost' } });
    await sim('DELETE', 'faults');
    expect((await sim('GET', 'faults')).body).toEqual([]);
  });

  it.each([
    { fault: { kind: 'explode' } },
    { fault: { kind: 'late' } },
    { fault: { kind: 'lost' }, methods: ['qris'] },
    { fault: { kind: 'tamper', how: { kind: 'signature', how: 'nicely' } } },
    { fault: { kind: 'busy', as: 'json' } },
    {},
  ])('refuses the rule %j', async (rule) => {
    const { http, body } = await sim('POST', 'faults', rule);
    expect([http, typeof body.error]).toEqual([400, 'string']);
  });

  it('turns the clock', async () => {
    await gateway.charge(charges.qris('INV-1'));
    const before = (await sim('GET', 'clock')).body.now;
    expect((await sim('POST', 'clock/advance', { ms: 16 * 60_000 })).body.now).toBe(before + 16 * 60_000);
    expect((await sim('GET', 'transactions/INV-1')).body.state.status).toBe('expire');
  });

  it('empties the account', async () => {
    await gateway.charge(charges.gopay('INV-1'));
    gateway.control.pay('INV-1');
    await sim('POST', 'balance', { balance: 0 });
    expect((await gateway.call('POST', '/v2/INV-1/refund', { refund_key: 'rf-1' })).body.status_code).toBe('414');
  });

  it('presses the test button', async () => {
    await sim('POST', 'test-notification');
    expect(gateway.merchant.bodies()[0].order_id).toMatch(/^payment_notif_test_/);
  });

  it.each([
    ['GET', 'transactions/INV-404', 409],
    ['POST', 'transactions/INV-404/pay', 409],
    ['DELETE', 'faults/fault-404', 409],
    ['POST', 'notifications/x/resend', 409],
    ['GET', 'nothing', 404],
  ])('%s %s is %s', async (method, path, http) => {
    expect((await sim(method, path)).http).toBe(http);
  });

  it('says so when a transition is not possible', async () => {
    await gateway.charge(charges.va('bca', 'INV-1'));
    await sim('POST', 'transactions/INV-1/expire');
    const { http, body } = await sim('POST', 'transactions/INV-1/pay');
    expect([http, body.error]).toEqual([409, 'not possible for a transaction that is expire']);
  });
});
