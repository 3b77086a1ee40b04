/** The control over HTTP. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Body, charges, type Running, startGateway } from './gateway.fixture.ts';

let gateway: Running;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.stop());

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
    expect((await sim('POST', 'transactions/INV-2/win-dispute')).body.state.status).toBe('settlement');
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

  it('takes fault rules, lists and removes them', async () => {
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

  it('refuses a transition that is not possible', async () => {
    await gateway.charge(charges.va('bca', 'INV-1'));
    await sim('POST', 'transactions/INV-1/expire');
    const { http, body } = await sim('POST', 'transactions/INV-1/pay');
    expect([http, body.error]).toEqual([409, 'not possible for a transaction that is expire']);
  });
});
