/** A payment as the apps see it. Holds and manual work are for operators. */
import { iso } from '../kernel/types.ts';
import { givenBack, left, overdrawn } from './payment.ledger.ts';
import { ownMoney, shownOf } from './payment.money.ts';
import { type Hold, type Instructions, type Payment, underlying } from './payment.ts';
import type { PaymentView } from './payments.answers.ts';
import type { Refund } from './refund/refund.ts';

export const paymentView = (payment: Payment, version: number, forOperator: boolean): PaymentView => {
  const { ref, orderId, method, amount, requestedAt, standing, refunds } = payment;
  const under = underlying(payment);
  const money = ownMoney(payment);
  const { chargedBack } = money.ledger;
  const beyond = overdrawn(money);
  return {
    ref,
    orderId,
    ...(payment.purpose ? { purpose: payment.purpose } : {}),
    status: standing.status,
    version,
    method,
    amount,
    refunded: givenBack(money),
    left: left(ownMoney(shownOf(payment))),
    requestedAt: iso(requestedAt),
    ...(standing.status === 'PENDING' ? { instructions: instructionsView(standing.instructions) } : {}),
    ...('settled' in under && standing.status !== 'HELD' ? { settled: under.settled, paidAt: iso(under.paidAt) } : {}),
    ...(chargedBack > 0 && standing.status !== 'HELD' ? { chargedBack } : {}),
    ...(beyond > 0 && forOperator ? { overdrawn: beyond } : {}),
    ...('reason' in standing && standing.reason ? { reason: standing.reason } : {}),
    ...(standing.status === 'HELD' && forOperator ? { hold: holdView(standing.hold) } : {}),
    refunds: refunds.map((refund) => refundView(refund, forOperator)),
  };
};

const instructionsView = ({ expiresAt, ...rest }: Instructions): PaymentView['instructions'] => ({
  ...rest,
  expiresAt: expiresAt === undefined ? undefined : iso(expiresAt),
});

const holdView = ({ what, expected, said, claimed }: Hold) => ({ what, expected, said, claimed });

const refundView = (refund: Refund, forOperator: boolean): PaymentView['refunds'][number] => ({
  key: refund.key,
  amount: refund.amount,
  reason: refund.reason,
  status: refund.status,
  requestedAt: iso(refund.requestedAt),
  ...(refund.wanted ? { wanted: refund.wanted } : {}),
  ...(refund.status === 'DENIED' && forOperator ? { why: refund.why } : {}),
  ...(refund.status === 'VOIDED' ? { why: refund.why } : {}),
  ...(refund.status === 'MANUAL' && forOperator ? { owner: refund.owner, dueAt: iso(refund.dueAt) } : {}),
  ...(refund.status === 'PAID_BACK' ? { reference: refund.reference } : {}),
});
