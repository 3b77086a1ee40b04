/** The HTTP routes of payments. */
import { createHash } from 'node:crypto';
import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from 'vitest';
import { orderRef } from '../../functions/orders/order.ts';
import { problemOf } from '../support/http.ts';
import { logLines } from '../support/log.ts';
import { orderId, ref } from '../support/payments.ts';
import { driver, operator, paymentsApi, stranger } from '../support/payments-api.ts';

logLines();
const settled = async (api: ReturnType<typeof paymentsApi>, method = 'bca_va'): Promise<void> => {
  await api.finished();
  await api.pay(method === 'card' ? { method, cardToken: 'token-1' } : { method });
  await api.notified(api.gateway.moves(ref, 'settlement'), 'paid');
};
const of = (who: object = {}, more: object = {}) => ({ params: { ref }, ...who, ...more });
describe('POST /orders/{id}/payments', () => {
  it('charges the fare of the finished order and answers what the customer needs', async () => {
    const api = paymentsApi();
    await api.finished();
    const { status, body } = await api.pay({ method: 'qris' }, 'k1');
    expect(status).toBe(201);
    expect(body).toMatchObject({
      ref,
      orderId,
      status: 'PENDING',
      version: 2,
      method: 'qris',
      amount: 120_000,
      refunded: 0,
      refunds: [],
    });
    expect(api.gateway.transactions).toMatchObject([{ ref, amount: 120_000 }]);
  });

  it('[PAY-1] with the same key answers the same payment, with another body 422', async () => {
    const api = paymentsApi();
    await api.finished();
    await api.pay({ method: 'qris' }, 'k1');
    const again = await api.pay({ method: 'qris' }, 'k1');
    expect([again.status, again.body.ref, again.headers['idempotent-replayed']]).toEqual([200, ref, 'true']);
    expect(problemOf(await api.pay({ method: 'gopay' }, 'k1'))).toEqual({
      status: 422,
      code: 'IDEMPOTENCY_KEY_REUSED',
      fields: ['Idempotency-Key'],
    });
    expect(api.gateway.transactions).toHaveLength(1);
  });

  it('[PAY-8] without an answer of the gateway is 202 and UNKNOWN', async () => {
    const api = paymentsApi();
    await api.finished();
    api.gateway.fails('charge', 'no-answer');
    const { status, body } = await api.pay();
    expect([status, body.status, body.reason]).toEqual([202, 'UNKNOWN', 'time-out']);
  });

  it.each([
    ['an empty body', {}, ['method']],
    ['an unknown method', { method: 'danamon_va' }, ['method']],
    ['a number for the method', { method: 7 }, ['method']],
    ['a card without its token', { method: 'card' }, ['cardToken']],
    ['a token without a card', { method: 'qris', cardToken: 'token-1' }, ['cardToken']],
    ['a card number for the token', { method: 'card', cardToken: '4811 1111 1111 1114' }, ['cardToken']],
    ['text', 'hello', ['body']],
  ])('with %s is refused and charges nothing', async (_, body, fields) => {
    const api = paymentsApi();
    await api.finished();
    expect(problemOf(await api.pay(body))).toEqual({ status: 400, code: 'INVALID_REQUEST', fields });
    expect(api.gateway.calls).toEqual([]);
  });

  it('[PAY-1] is the same request however its JSON is written', async () => {
    const api = paymentsApi();
    await api.finished();
    const first = await api.pay('{"method":"qris","email":"anna@rider.example"}', 'k1');
    const second = await api.pay('{ "email": "\\u0061nna@rider.example",\n "method": "qris" }', 'k1');
    expect([first.status, second.status, second.body.ref]).toEqual([201, 200, first.body.ref]);
    expect(second.headers).toMatchObject({ 'idempotent-replayed': 'true' });
    expect(problemOf(await api.pay('{"method":"bca_va"}', 'k1'))).toMatchObject({
      status: 422,
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    expect(api.gateway.calls.filter((call) => call.startsWith('charge '))).toHaveLength(1);
  });

  it('[PAY-1] is known by the text of its body where it is older than fingerprints of the parsed body', async () => {
    const api = paymentsApi();
    await api.finished();
    const text = '{"method":"qris"}';
    const first = await api.pay(text, 'k1');
    const item = api.table.all('State').find(({ sk }) => String(sk).startsWith('PAYMENT#')) as {
      state: { request: { key: string } };
    };
    const request = { ...item.state.request, fingerprint: createHash('sha256').update(text).digest('base64url') };
    api.table.put('State', marshall({ ...item, state: { ...item.state, request } }, { removeUndefinedValues: true }));
    const second = await api.pay(text, 'k1');
    expect([second.status, second.body.ref]).toEqual([200, first.body.ref]);
    expect(problemOf(await api.pay('{"method":"bca_va"}', 'k1'))).toMatchObject({
      status: 422,
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
  });

  it('is for the rider of the order and for operators', async () => {
    const api = paymentsApi();
    await api.finished();
    expect(problemOf(await api.pay(undefined, undefined, stranger))).toMatchObject({
      status: 404,
      code: 'ORDER_NOT_FOUND',
    });
    expect(problemOf(await api.pay(undefined, undefined, driver))).toMatchObject({ status: 403, code: 'WRONG_ROLE' });
    expect((await api.pay(undefined, undefined, operator)).status).toBe(201);
  });

  it('needs an order, and its fare', async () => {
    const api = paymentsApi();
    expect(problemOf(await api.pay())).toMatchObject({ status: 404, code: 'ORDER_NOT_FOUND' });
    await api.ride();
    expect(problemOf(await api.pay())).toMatchObject({ status: 404, code: 'ORDER_NOT_FOUND' });
    await api.accepted();
    await api.pickedUp();
    expect(problemOf(await api.pay())).toMatchObject({ status: 409, code: 'NOT_FINISHED' });
  });

  it('refuses a method that does not take the amount', async () => {
    const api = paymentsApi();
    await api.finished(9_999);
    expect(problemOf(await api.pay({ method: 'bca_va' }))).toEqual({
      status: 422,
      code: 'AMOUNT_NOT_TAKEN',
      fields: ['method'],
    });
    expect((await api.pay({ method: 'bni_va' })).status).toBe(201);
  });

  it('[PAY-3] refuses an order that was paid in cash', async () => {
    const api = paymentsApi();
    await api.ride();
    await api.accepted();
    await api.pickedUp();
    await api.ask('POST /orders/{id}/finish', {
      params: { id: orderId },
      body: { fare: 120_000, inCash: true },
      ...driver,
    });
    expect(await api.pay()).toMatchObject({
      status: 409,
      body: { code: 'NOTHING_OWED', detail: expect.stringContaining('owes nothing of this purpose') },
    });
    expect(api.gateway.calls).toEqual([]);
  });

  it('[PAY-3] refuses a paid order', async () => {
    const api = paymentsApi();
    await settled(api);
    expect(problemOf(await api.pay({ method: 'qris' }, 'k2'))).toMatchObject({ status: 409, code: 'ALREADY_PAID' });
  });
});

describe('GET /orders/{id}/payments', () => {
  it('lists all of them, the oldest first', async () => {
    const api = paymentsApi();
    await api.finished();
    await api.pay({ method: 'bca_va' });
    await api.pay({ method: 'qris' });
    const { body } = await api.ask('GET /orders/{id}/payments', { params: { id: orderId } });
    expect(
      (body.payments as { status: string; method: string }[]).map(({ status, method }) => [status, method]),
    ).toEqual([
      ['CANCELLED', 'bca_va'],
      ['PENDING', 'qris'],
    ]);
  });

  it('shows no card token, no key and no other person’s', async () => {
    const api = paymentsApi();
    await api.finished();
    api.gateway.fails('charge', 'no-answer');
    await api.pay({ method: 'card', cardToken: 'token-1' }, 'k1');
    const { body } = await api.ask('GET /orders/{id}/payments', { params: { id: orderId } });
    expect(JSON.stringify(body)).not.toMatch(/token-1|k1/);
    expect((await api.ask('GET /orders/{id}/payments', { params: { id: orderId }, ...stranger })).status).toBe(404);
  });
});

describe('POST /payments/{ref}/check', () => {
  it('[PAY-8] applies what the gateway answers', async () => {
    const api = paymentsApi();
    await api.finished();
    await api.pay();
    api.gateway.moves(ref, 'settlement');
    const { status, body } = await api.ask('POST /payments/{ref}/check', of());
    expect([status, body]).toMatchObject([200, { known: true, payment: { status: 'PAID', settled: true } }]);
  });

  it('[ORD-8] pays an order that had not taken in its payment', async () => {
    const api = paymentsApi();
    await settled(api);
    const { status: _, ...order } = await api.order();
    const state = { ...order, status: 'FINISHED', payments: {} } as never;
    await api.deps.store.transition(orderRef(orderId), () => ({
      outcome: 'happened',
      state,
      at: api.now(),
      facts: [],
    }));
    await api.ask('POST /payments/{ref}/check', of());
    expect(await api.order()).toMatchObject({ status: 'PAID', paymentRef: ref });
  });

  it('is 503 while the gateway is unreachable', async () => {
    const api = paymentsApi();
    await api.finished();
    await api.pay();
    api.gateway.fails('status', 'unreached');
    expect(await api.ask('POST /payments/{ref}/check', of())).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
    });
  });

  it.each([
    ['TNT-20261121-0000042', 400],
    ['TNT-20261121-0000042-1', 400],
    ['../x', 400],
    ['TNT-20261121-0000042-1795232999', 404],
  ])('of %s is %i', async (unknown, status) => {
    const api = paymentsApi();
    expect((await api.ask('POST /payments/{ref}/check', { params: { ref: unknown } })).status).toBe(status);
  });

  it('is for the rider of the order and for operators', async () => {
    const api = paymentsApi();
    await api.finished();
    await api.pay();
    expect((await api.ask('POST /payments/{ref}/check', of(stranger))).status).toBe(404);
  });
});

describe('POST /payments/{ref}/cancel', () => {
  it('ends a pending payment, and shows when it already was', async () => {
    const api = paymentsApi();
    await api.finished();
    await api.pay();
    const first = await api.ask('POST /payments/{ref}/cancel', of());
    const second = await api.ask('POST /payments/{ref}/cancel', of());
    expect([first.body, second.body]).toMatchObject([
      { alreadyProcessed: false, payment: { status: 'CANCELLED' } },
      { alreadyProcessed: true, payment: { status: 'CANCELLED' } },
    ]);
  });

  it('never lets a rider take back what was paid', async () => {
    const api = paymentsApi();
    await api.finished();
    await api.pay({ method: 'card', cardToken: 'token-1' });
    expect(problemOf(await api.ask('POST /payments/{ref}/cancel', of()))).toMatchObject({
      status: 403,
      code: 'WRONG_ROLE',
    });
    api.pass(1);
    expect((await api.ask('POST /payments/{ref}/cancel', of(operator))).body).toMatchObject({
      payment: { status: 'REVERSED' },
    });
  });
});
