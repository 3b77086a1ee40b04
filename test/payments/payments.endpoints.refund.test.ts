/** The refund route: who may refund, its keys, its answers, and refunds by hand. */
import { describe, expect, it } from 'vitest';
import { rupiah } from '../../functions/kernel/rupiah.ts';
import { error, jsonOf } from '../support/gateway.ts';
import { problemOf } from '../support/http.ts';
import { logLines } from '../support/log.ts';
import { answer, ref, start } from '../support/payments.ts';
import { operator, paymentsApi } from '../support/payments-api.ts';

logLines();
const settled = async (api: ReturnType<typeof paymentsApi>, method = 'bca_va'): Promise<void> => {
  await api.finished();
  await api.pay(method === 'card' ? { method, cardToken: 'token-1' } : { method });
  await api.notified(api.gateway.moves(ref, 'settlement'), 'paid');
};
const of = (who: object = {}, more: object = {}) => ({ params: { ref }, ...who, ...more });
const refund = (
  api: ReturnType<typeof paymentsApi>,
  body: unknown,
  key: string | undefined = 'refund-1',
  who: object = operator,
) => api.ask('POST /payments/{ref}/refund', of(who, { body, ...(key ? { headers: { 'idempotency-key': key } } : {}) }));

describe('POST /payments/{ref}/refund', () => {
  it('[PAY-9] refunds once for one key', async () => {
    const api = paymentsApi();
    await settled(api, 'gopay');
    api.pass(1);
    const first = await refund(api, { amount: 20_000, reason: 'wrong route' });
    const again = await refund(api, { amount: 20_000, reason: 'wrong route' });
    expect(first).toMatchObject({
      status: 200,
      body: {
        alreadyProcessed: false,
        payment: { status: 'PARTIALLY_REFUNDED', refunded: 20_000, refunds: [{ amount: 20_000, status: 'ACCEPTED' }] },
      },
    });
    expect(again.body).toMatchObject({ alreadyProcessed: true, payment: { refunded: 20_000 } });
    expect(api.gateway.transactions[0]?.refunds).toHaveLength(1);
    expect(problemOf(await refund(api, { amount: 30_000, reason: 'x' }))).toMatchObject({
      status: 422,
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
  });

  it('[PAY-9] of two operators under the same key are two', async () => {
    const api = paymentsApi();
    await settled(api, 'gopay');
    await refund(api, { amount: 20_000, reason: 'wrong route' });
    await refund(api, { amount: 20_000, reason: 'wrong route' }, 'refund-1', { ...operator, sub: 'operator-2' });
    expect(api.gateway.transactions[0]?.refunds).toHaveLength(2);
  });

  it('[PAY-9] of a transfer becomes a manual refund, closed by a person', async () => {
    const api = paymentsApi();
    await settled(api);
    const { body } = await refund(api, { reason: 'wrong route' });
    const due = new Date(start + 3 * 86_400_000).toISOString();
    expect(body).toMatchObject({
      payment: { status: 'PAID', refunds: [{ amount: 120_000, status: 'MANUAL', owner: 'finance', dueAt: due }] },
    });
    expect(api.gateway.calls.filter((call) => call.startsWith('refund'))).toEqual([]);
    const { key } = (body.payment as { refunds: { key: string }[] }).refunds[0] as { key: string };
    const closed = await api.ask('POST /payments/{ref}/refunds/{key}/paid-back', {
      params: { ref, key },
      body: { reference: 'BCA 0421' },
      ...operator,
    });
    expect(closed.body).toMatchObject({
      payment: { status: 'REFUNDED', refunds: [{ status: 'PAID_BACK', reference: 'BCA 0421' }] },
    });
  });

  it.each([
    ['a rider', { reason: 'x' }, 'k', {}, 403, []],
    ['no key', { reason: 'x' }, undefined, operator, 400, ['Idempotency-Key']],
    ['no reason', { amount: 1 }, 'k', operator, 400, ['reason']],
    ['a part of a rupiah', { amount: 0.5, reason: 'x' }, 'k', operator, 400, ['amount']],
    ['a negative amount', { amount: -1, reason: 'x' }, 'k', operator, 400, ['amount']],
    ['more than was paid', { amount: 120_001, reason: 'x' }, 'k', operator, 422, []],
  ])('by or with %s is refused', async (...[, body, key, who, status, fields]) => {
    const api = paymentsApi();
    await settled(api, 'gopay');
    const answer = await api.ask(
      'POST /payments/{ref}/refund',
      of(who, { body, ...(key ? { headers: { 'idempotency-key': key } } : {}) }),
    );
    expect(problemOf(answer)).toMatchObject({ status, fields });
    expect(api.gateway.transactions[0]?.refunds).toEqual([]);
  });

  it('declined by the bank is DENIED and leaves the money', async () => {
    const api = paymentsApi();
    await settled(api, 'gopay');
    api.gateway.fails('refund', jsonOf(answer('settlement', { transactionId: 'tx-1', statusCode: '202' }), ref));
    const { body } = await refund(api, { amount: 20_000, reason: 'x' });
    expect(body).toMatchObject({
      payment: { status: 'PAID', refunded: 0, refunds: [{ status: 'DENIED', why: 'declined by the bank' }] },
    });
  });

  it('without balance at the gateway is requested again later under the same key', async () => {
    const api = paymentsApi();
    await settled(api, 'gopay');
    api.gateway.fails('refund', error('414', 'insufficient balance'));
    const { body } = await refund(api, { amount: 20_000, reason: 'x' });
    expect(body).toMatchObject({ payment: { refunds: [{ status: 'REQUESTED' }] } });
    await api.wokenAfter(ref, 200);
    expect(api.gateway.transactions[0]?.refunds).toMatchObject([{ amount: rupiah(20_000) }]);
    expect((await api.payment(ref)).refunds).toMatchObject([{ status: 'ACCEPTED' }]);
  });
});
