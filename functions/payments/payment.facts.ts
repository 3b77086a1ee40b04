/** The facts a change of a payment publishes: what changed between two states, so that the facts always add up to the money. */
import type { Fact } from '../kernel/decision.ts';
import { minus, none } from '../kernel/rupiah.ts';
import { type Hold, type Instructions, isPaid, type Paid, type Payment, type Standing } from './payment.ts';
import { type Refund, refunded } from './refund/refund.ts';

/** A held payment shows what was published before it was held. */
const shownOf = ({ standing }: Payment): Standing => (standing.status === 'HELD' ? standing.before : standing);

const ids = ({ ref, orderId, riderId, method, amount }: Payment) => ({
  paymentRef: ref,
  orderId,
  riderId,
  method,
  amount,
});

const quiet = new Set<Standing['status']>([
  'PAID',
  'PARTIALLY_REFUNDED',
  'REFUNDED',
  'PARTIALLY_CHARGED_BACK',
  'CHARGED_BACK',
  'REVERSED',
]);

const named: Readonly<Partial<Record<Standing['status'], string>>> = {
  INTENDED: 'payment.intended',
  UNKNOWN: 'payment.unknown',
  PENDING: 'payment.pending',
  AUTHORIZED: 'payment.authorized',
  REVIEW: 'payment.under-review',
  DENIED: 'payment.denied',
  CANCELLED: 'payment.cancelled',
  EXPIRED: 'payment.expired',
  FAILED: 'payment.failed',
};

export const factsBetween = (before: Payment | undefined, after: Payment): readonly Fact[] => {
  if (after.standing.status === 'HELD')
    return before?.standing.status === 'HELD' ? [] : [heldFact(after, after.standing.hold)];
  const was = before && shownOf(before);
  const is = after.standing;
  const standing = standingFacts(was, is, after);
  const released = before?.standing.status === 'HELD' && standing.length === 0 ? [fact('payment.released', after)] : [];
  return [...standing, ...released, ...refundFacts(before, after), ...chargebackFacts(was, is, after)];
};

const fact = (type: string, payment: Payment, data: Fact['data'] = {}): Fact => ({
  type,
  data: { ...ids(payment), ...data },
});

const heldFact = (payment: Payment, { what, expected, said, claimed }: Hold): Fact =>
  what === 'chargeback-amount'
    ? fact('chargeback.held', payment, claimed === undefined ? {} : { claimed })
    : fact('payment.held', payment, { what, expected, said });

/** One per write: the story and the bus know an event by the version it was written with. */
const standingFacts = (was: Standing | undefined, is: Standing, payment: Payment): readonly Fact[] => {
  const paidBefore = was !== undefined && isPaid(was);
  if (isPaid(is) && !paidBefore) return [settledFact(is, payment)];
  if (is.status === 'REVERSED' && paidBefore) return [reversedFact(was, payment)];
  if (isPaid(is) && paidBefore && is.settled && !was.settled && is.status === 'PAID')
    return [fact('payment.settlement-confirmed', payment)];
  const name = named[is.status];
  return quiet.has(is.status) || !name || (was?.status === is.status && !instructionsCame(was, is))
    ? []
    : [fact(name, payment, details(is))];
};

const settledFact = ({ transactionId, settled }: Paid, payment: Payment): Fact =>
  fact('payment.settled', payment, { transactionId, captured: !settled });

/** What of the money is not there any more, besides what was given back before. */
const reversedFact = ({ chargedBack, transactionId }: Paid, payment: Payment): Fact =>
  fact('payment.reversed', payment, {
    transactionId,
    reversed: minus(minus(payment.amount, refunded(payment.refunds)), chargedBack),
  });

const details = (standing: Standing): Fact['data'] => {
  if (standing.status === 'PENDING')
    return { transactionId: standing.transactionId, ...visible(standing.instructions) };
  return {
    ...('transactionId' in standing && standing.transactionId ? { transactionId: standing.transactionId } : {}),
    ...('reason' in standing && standing.reason ? { reason: standing.reason } : {}),
  };
};

const visible = ({ expiresAt }: Instructions): Fact['data'] => (expiresAt === undefined ? {} : { expiresAt });

const instructionsCame = (was: Standing, is: Standing): boolean =>
  was.status === 'PENDING' && is.status === 'PENDING' && was.transactionId !== is.transactionId;

const keyed = (refunds: readonly Refund[]): ReadonlyMap<string, Refund> =>
  new Map(refunds.map((refund) => [refund.key, refund]));

/** Refunds have a kind of event of their own, so that they can stand beside a settlement heard of in the same answer. */
const refundFacts = (before: Payment | undefined, after: Payment): readonly Fact[] => {
  const was = keyed(before?.standing.status === 'HELD' ? before.standing.published : (before?.refunds ?? []));
  const changed = after.refunds.filter(({ key, status, amount }) => {
    const before = was.get(key);
    return before?.status !== status || before.amount !== amount;
  });
  if (changed.length === 0) return [];
  const total = refunded(after.refunds);
  return [
    fact('refund.changed', after, {
      refunds: changed.map(({ key, status, amount, reason, of }) => ({
        key,
        status,
        amount,
        reason,
        ...(of ? { of } : {}),
      })),
      refunded: minus(total, refunded([...was.values()])),
      refundedTotal: total,
      full: total >= after.amount,
    }),
  ];
};

const chargebackFacts = (was: Standing | undefined, is: Standing, payment: Payment): readonly Fact[] => {
  if (!isPaid(is) || !charged.has(is.status)) return [];
  const before = was && isPaid(was) ? was.chargedBack : none;
  const now = is.chargedBack;
  if (now === before && was && charged.has(was.status)) return [];
  return [
    fact('chargeback.recorded', payment, {
      chargedBack: minus(now, before),
      chargedBackTotal: now,
      full: is.status === 'CHARGED_BACK',
    }),
  ];
};

const charged = new Set<Standing['status']>(['PARTIALLY_CHARGED_BACK', 'CHARGED_BACK']);
