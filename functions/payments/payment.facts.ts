/** The facts of a change: the difference of two states, so that the facts always add up to the money. */
import * as events from '../../events/payment.ts';
import { minus, none } from '../kernel/rupiah.ts';
import type { Failed, Hold, Paid, Payment, PaymentFact, Standing, Waiting } from './payment.ts';
import { isPaid } from './payment.ts';
import { refunded } from './refund/refund.ts';

/** A held payment shows what was published before it was held. */
const shownOf = ({ standing }: Payment): Standing => (standing.status === 'HELD' ? standing.before : standing);

const ids = ({ ref, orderId, riderId, method, amount }: Payment) => ({
  paymentRef: ref,
  orderId,
  riderId,
  method,
  amount,
});

export const factsBetween = (before: Payment | undefined, after: Payment): readonly PaymentFact[] => {
  if (after.standing.status === 'HELD')
    return before?.standing.status === 'HELD' ? [] : [heldFact(after, after.standing.hold)];
  const was = before && shownOf(before);
  const is = after.standing;
  const standing = standingFacts(was, is, after);
  const released =
    before?.standing.status === 'HELD' && standing.length === 0 ? [events.paymentReleased(ids(after))] : [];
  return [...standing, ...released, ...refundFacts(before, after), ...chargebackFacts(was, is, after)];
};

const heldFact = (payment: Payment, { what, expected, said, claimed }: Hold): PaymentFact =>
  what === 'chargeback-amount'
    ? events.chargebackHeld({ ...ids(payment), claimed })
    : events.paymentHeld({ ...ids(payment), what, expected, said });

/** One per write: the story and the bus know an event by the version it was written with. */
const standingFacts = (was: Standing | undefined, is: Standing, payment: Payment): readonly PaymentFact[] => {
  const paidBefore = was !== undefined && isPaid(was);
  if (isPaid(is) && !paidBefore) return [settledFact(is, payment)];
  if (is.status === 'REVERSED' && paidBefore) return [reversedFact(was, payment)];
  if (isPaid(is) && paidBefore && is.settled && !was.settled && is.status === 'PAID')
    return [events.paymentSettlementConfirmed(ids(payment))];
  if (isPaid(is) || is.status === 'REVERSED' || (was?.status === is.status && !instructionsCame(was, is))) return [];
  return [unpaidFact(is, payment)];
};

const unpaidFact = (is: Waiting | Failed, payment: Payment): PaymentFact => {
  const of = ids(payment);
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

const settledFact = ({ transactionId, settled }: Paid, payment: Payment): PaymentFact =>
  events.paymentSettled({ ...ids(payment), transactionId, captured: !settled });

/** What of the money is not there any more, besides what was given back before. */
const reversedFact = ({ chargedBack, transactionId }: Paid, payment: Payment): PaymentFact =>
  events.paymentReversed({
    ...ids(payment),
    transactionId,
    reversed: minus(minus(payment.amount, refunded(payment.refunds)), chargedBack),
  });

const instructionsCame = (was: Standing, is: Standing): boolean =>
  was.status === 'PENDING' && is.status === 'PENDING' && was.transactionId !== is.transactionId;

/** Refunds have a separate event, so that it can follow a settlement that is reported in the same answer. */
const refundFacts = (before: Payment | undefined, after: Payment): readonly PaymentFact[] => {
  const known = before?.standing.status === 'HELD' ? before.standing.published : (before?.refunds ?? []);
  const was = new Map(known.map((refund) => [refund.key, refund]));
  const changed = after.refunds.filter(({ key, status, amount }) => {
    const one = was.get(key);
    return one?.status !== status || one.amount !== amount;
  });
  if (changed.length === 0) return [];
  const total = refunded(after.refunds);
  const refunds = changed.map(({ key, status, amount, reason, of }) => {
    return { key, status, amount, reason, ...(of ? { of } : {}) };
  });
  return [
    events.refundChanged({
      ...ids(after),
      refunds,
      refunded: minus(total, refunded(known)),
      refundedTotal: total,
      full: total >= after.amount,
    }),
  ];
};

const chargebackFacts = (was: Standing | undefined, is: Standing, payment: Payment): readonly PaymentFact[] => {
  const before = was && isPaid(was) ? was.chargedBack : none;
  if (!isPaid(is) || is.chargedBack === before) return [];
  return [
    events.chargebackRecorded({
      ...ids(payment),
      chargedBack: minus(is.chargedBack, before),
      chargedBackTotal: is.chargedBack,
      full: is.status === 'CHARGED_BACK',
    }),
  ];
};
