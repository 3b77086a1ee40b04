/** What of a payment only operators see. */
import { describe, expect, it } from 'vitest';
import { iso } from '../../functions/kernel/types.ts';
import { paymentView } from '../../functions/payments/payment.view.ts';
import { refundDenied, requestRefund } from '../../functions/payments/refund/refund.decider.ts';
import { answer, at, given } from '../support/payments.ts';

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
});
