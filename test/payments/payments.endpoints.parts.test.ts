/** [ORD-13] Orders that are paid in parts, and tips. */
import { describe, expect, it } from 'vitest';
import type { PaymentRef } from '../../functions/payments/payment.ts';
import { problemOf } from '../support/http.ts';
import { logLines } from '../support/log.ts';
import { ref } from '../support/payments.ts';
import { paymentsApi } from '../support/payments-api.ts';

logLines();

describe('[ORD-13] POST /orders/{id}/payments for a part', () => {
  it('charges two parts by two methods, and pays the order with both', async () => {
    const api = paymentsApi();
    await api.finished();
    expect((await api.pay({ method: 'gopay', amount: 50_000 })).body).toMatchObject({
      ref,
      purpose: 'base',
      amount: 50_000,
    });
    const { body } = await api.pay({ method: 'bca_va' });
    expect(body).toMatchObject({ amount: 70_000, status: 'PENDING' });
    await api.notified(api.gateway.moves(ref, 'settlement'), 'paid-1');
    expect((await api.order()).status).toBe('FINISHED');
    await api.notified(api.gateway.moves(body.ref as PaymentRef, 'settlement'), 'paid-2');
    expect(await api.order()).toMatchObject({ status: 'PAID', paymentRef: ref });
  });

  it.each<[string, object, object]>([
    ['more than is owed', { amount: 120_001 }, { status: 422, code: 'AMOUNT_TOO_HIGH' }],
    ['a purpose that is not owed', { purpose: 'overtime' }, { status: 409, code: 'NOTHING_OWED' }],
    ['a tip without its amount', { purpose: 'tip' }, { status: 400, fields: ['amount'] }],
    ['no amount of rupiah', { amount: 0.5 }, { status: 400, fields: ['amount'] }],
    ['an unknown purpose', { purpose: 'fine' }, { status: 400, fields: ['purpose'] }],
  ])('refuses %s', async (_, body, problem) => {
    const api = paymentsApi();
    await api.finished();
    expect(problemOf(await api.pay({ method: 'qris', ...body }))).toMatchObject(problem);
    expect(api.gateway.calls).toEqual([]);
  });

  it('takes a tip when the trip is over, also one that is paid', async () => {
    const api = paymentsApi();
    await api.finished();
    await api.pay({ method: 'bca_va' });
    await api.notified(api.gateway.moves(ref, 'settlement'), 'paid');
    const { status, body } = await api.pay({ method: 'gopay', purpose: 'tip', amount: 10_000 });
    await api.notified(api.gateway.moves(body.ref as PaymentRef, 'settlement'), 'tip');
    expect([status, (await api.order()).status, (await api.order()).ask]).toEqual([201, 'PAID', undefined]);
  });
});
