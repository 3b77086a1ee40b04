/** The facts of a change: the difference of two states, so that the facts always add up to the money. */
import * as events from '../../events/payment.ts';
import { idsOf, moneyFacts } from './money.facts.ts';
import { type Shown, shownOf } from './payment.money.ts';
import type { Failed, Hold, Payment, PaymentFact, Standing, Waiting } from './payment.ts';
import { hasMoney, isPaid } from './payment.ts';

export const factsBetween = (before: Payment | undefined, after: Payment): readonly PaymentFact[] => {
  const wasHeld = before?.standing.status === 'HELD';
  if (after.standing.status === 'HELD') return wasHeld ? [] : [heldFact(after, after.standing.hold)];
  const was = before && shownOf(before);
  const is = shownOf(after);
  const facts = [...standingFacts(was, is, after), ...moneyFacts(was, is, after)];
  return wasHeld && facts.length === 0 ? [events.paymentReleased(idsOf(after))] : facts;
};

const heldFact = (payment: Payment, { what, expected, said, claimed }: Hold): PaymentFact =>
  what === 'chargeback-amount'
    ? events.chargebackHeld({ ...idsOf(payment), claimed })
    : events.paymentHeld({ ...idsOf(payment), what, expected, said });

/** What became of the charge; of its money there are separate facts, as several columns can change at once. */
const standingFacts = (
  before: Shown | undefined,
  { standing: is }: Shown,
  payment: Payment,
): readonly PaymentFact[] => {
  const was = before?.standing;
  if (hasMoney(is)) {
    const isConfirmed = was && isPaid(was) && !was.settled && is.settled && is.status === 'PAID';
    return isConfirmed ? [events.paymentSettlementConfirmed(idsOf(payment))] : [];
  }
  return was?.status === is.status && !instructionsCame(was, is) ? [] : [unpaidFact(is, payment)];
};

const unpaidFact = (is: Waiting | Failed, payment: Payment): PaymentFact => {
  const of = idsOf(payment);
  switch (is.status) {
    case 'INTENDED':
      return events.paymentIntended(of);
    case 'UNKNOWN':
      return events.paymentUnknown({ ...of, reason: is.reason });
    case 'PENDING': {
      const { transactionId, instructions } = is;
      return events.paymentPending({ ...of, transactionId, expiresAt: instructions.expiresAt });
    }
    case 'AUTHORIZED':
      return events.paymentAuthorized({ ...of, transactionId: is.transactionId });
    case 'REVIEW':
      return events.paymentUnderReview({ ...of, transactionId: is.transactionId });
    default:
      return failed[is.status]({ ...of, transactionId: is.transactionId, reason: is.reason });
  }
};

const failed = {
  DENIED: events.paymentDenied,
  CANCELLED: events.paymentCancelled,
  EXPIRED: events.paymentExpired,
  FAILED: events.paymentFailed,
};

const instructionsCame = (was: Standing, is: Standing): boolean =>
  was.status === 'PENDING' && is.status === 'PENDING' && was.transactionId !== is.transactionId;
