/** What of a payment only operators see. */
import { describe, expect, it } from 'vitest';
import { iso } from '../../functions/kernel/types.ts';
import { chargeRefused } from '../../functions/payments/charge/charge.decider.ts';
import type { Instructions } from '../../functions/payments/payment.ts';
import { paymentView } from '../../functions/payments/payment.view.ts';
import { paidBack, refundDenied, requestRefund } from '../../functions/payments/refund/refund.decider.ts';
import { answer, at, given, intended, orderId, ref } from '../support/payments.ts';

const request = { key: 'r1', reason: 'wrong route', at: at(70) };

describe('the view of a payment', () => {
  it('shows why it is held to operators only', () => {
    const held = given({}, answer('settlement', { grossAmount: '125000.00' }));
    expect(paymentView(held, 3, true)).toMatchObject({
      status: 'HELD',
      hold: { what: 'amount', expected: '120000.00', said: '125000.00' },
    });
    expect(paymentView(held, 3, false)).not.toHaveProperty('hold');
    expect(paymentView(held, 3, false)).not.toHaveProperty('settled');
  });

  it('shows the owner and the deadline of a manual refund to operators only', () => {
    const manual = requestRefund(request, given({}, answer('settlement')));
    if (manual.outcome !== 'happened') throw new Error('refused');
    expect(paymentView(manual.state, 3, true).refunds).toMatchObject([
      { status: 'MANUAL', owner: 'finance', dueAt: iso(at(70 + 3 * 86_400)) },
    ]);
    expect(paymentView(manual.state, 3, false).refunds).toEqual([
      { key: 'r1', amount: 120_000, reason: 'wrong route', status: 'MANUAL', requestedAt: iso(at(70)) },
    ]);
  });

  it('shows why a refund was denied to operators only', () => {
    const requested = requestRefund(request, given({ method: 'gopay' }, answer('settlement')));
    const denied = refundDenied(
      'r1',
      'declined',
      at(71),
      requested.outcome === 'happened' ? requested.state : undefined,
    );
    if (denied.outcome !== 'happened') throw new Error('not denied');
    expect(paymentView(denied.state, 4, true).refunds).toMatchObject([{ why: 'declined' }]);
    expect(paymentView(denied.state, 4, false).refunds[0]).not.toHaveProperty('why');
  });

  it('held over paid money does not show the money', () => {
    const wrong = answer('settlement', { grossAmount: '125000.00' });
    expect(paymentView(given({}, answer('settlement'), wrong), 3, true)).not.toHaveProperty('settled');
  });

  it('shows a waiting payment no more than there is', () => {
    const common = { orderId, ref, version: 2, method: 'bca_va', amount: 120_000, refunded: 0, left: 0, refunds: [] };
    const requestedAt = '2026-11-21T03:44:00.000Z';
    expect(paymentView(intended(), 2, true)).toStrictEqual({ ...common, requestedAt, status: 'INTENDED' });
    const pending = (instructions: Instructions) =>
      paymentView(given({}, answer('pending', { instructions })), 2, false);
    expect(pending({ vaNumber: '7', expiresAt: at(60) })).toStrictEqual({
      ...common,
      requestedAt,
      status: 'PENDING',
      instructions: { vaNumber: '7', expiresAt: '2026-11-21T03:45:00.000Z' },
    });
    expect(pending({}).instructions).toStrictEqual({ expiresAt: undefined });
  });

  it('shows when paid money came, and whether it is settled', () => {
    expect(paymentView(given({ method: 'card' }, answer('capture')), 2, false)).toMatchObject({
      settled: false,
      paidAt: '2026-11-21T03:45:00.000Z',
    });
  });

  it('shows why a charge failed, when that is known', () => {
    const refused = chargeRefused('gateway-402', at(50), intended());
    if (refused.outcome !== 'happened') throw new Error('not refused');
    expect(paymentView(refused.state, 2, false)).toMatchObject({ status: 'FAILED', reason: 'gateway-402' });
    const unsaid = { ...refused.state, standing: { status: 'FAILED', reason: undefined } } as const;
    expect(paymentView(unsaid, 2, false)).not.toHaveProperty('reason');
  });

  it('shows the reference of what was paid back, and nothing of another kind of refund', () => {
    const common = { key: 'r1', amount: 120_000, reason: 'wrong route', requestedAt: iso(at(70)) };
    const manual = requestRefund(request, given({}, answer('settlement')));
    if (manual.outcome !== 'happened') throw new Error('refused');
    const done = paidBack({ key: 'r1', reference: 'BCA 1', by: 'operator-1', at: at(80) }, manual.state);
    if (done.outcome !== 'happened') throw new Error('refused');
    expect(paymentView(done.state, 3, true).refunds).toStrictEqual([
      { ...common, status: 'PAID_BACK', reference: 'BCA 1' },
    ]);
    const requested = requestRefund(request, given({ method: 'gopay' }, answer('settlement')));
    if (requested.outcome !== 'happened') throw new Error('refused');
    expect(paymentView(requested.state, 3, true).refunds).toStrictEqual([{ ...common, status: 'REQUESTED' }]);
  });
});
