/** The rules of refunds: who can be refunded how much, through the gateway or by hand, and what its answers do. */
import { type Decision, happened, nothing, refused } from '../../kernel/decision.ts';
import { minus, type Rupiah } from '../../kernel/rupiah.ts';
import { after, type Instant } from '../../kernel/types.ts';
import { factsBetween } from '../payment.facts.ts';
import { givenBackByGateway } from '../payment.ledger.ts';
import { adjusted, freeOf, ownMoney } from '../payment.money.ts';
import { isPaid, isRefundable, type Payment, type PaymentFact, underlying } from '../payment.ts';
import { refusals } from '../payments.refusals.ts';
import { nextRefundPoll, reminderMs } from '../poll-schedule.ts';
import { byHand, isSurplusByHand, type Refund, type RefundOrder } from './refund.ts';

type PaymentDecision = Decision<Payment, PaymentFact>;

/** `key`: the same when the request is repeated. `amount`: all that is left when it is missing. */
export type RefundRequest = Omit<RefundOrder, 'amount'> & {
  readonly amount?: Rupiah | undefined;
  readonly at: Instant;
  /** The gateway refused to pay it back: a person does. */
  readonly isManual?: boolean | undefined;
};

/** The intent of a refund, written before the gateway is called; or the task of a person, where it cannot pay back. */
export const requestRefund = (
  { key, amount, reason, at, isManual }: RefundRequest,
  payment: Payment | undefined,
): PaymentDecision => {
  if (!payment) return refused(refusals.unknown);
  const before = payment.refunds.find((refund) => refund.key === key);
  if (before)
    return amount === undefined || (before.wanted ?? before.amount) === amount
      ? nothing('already-requested')
      : refused(refusals.otherAmount);
  if (payment.standing.status === 'HELD') return refused(refusals.refundHeld);
  const standing = underlying(payment);
  if (!isPaid(standing)) return refused(refusals.notPaid);
  if (standing.status === 'CHARGED_BACK') return refused(refusals.chargedBack);
  const left = freeOf(payment);
  const wanted = amount ?? left;
  if (left === 0) return refused(refusals.nothingLeft);
  if (wanted > left || wanted === 0) return refused(refusals.tooMuch(left));
  if (!standing.settled) return refused(wanted === payment.amount ? refusals.cancelInstead : refusals.notSettled);
  const refund = { key, amount: wanted, reason, requestedAt: at };
  const added = isRefundable(payment.method) && !isManual ? viaGateway(refund, payment, at) : byHand(refund, at);
  return changed(payment, [...payment.refunds, added], at);
};

type Base = Pick<Refund, 'key' | 'amount' | 'reason' | 'requestedAt' | 'wanted' | 'of'>;
type Requested = Extract<Refund, { status: 'REQUESTED' }>;

const viaGateway = (refund: Base, payment: Payment, at: Instant): Refund => {
  const countedBefore = givenBackByGateway(ownMoney(payment));
  return { ...refund, status: 'REQUESTED', ask: nextRefundPoll(at), ...(countedBefore > 0 ? { countedBefore } : {}) };
};

/** The gateway refused it permanently. Its acceptance is a report. */
export const refundDenied = (key: string, why: string, at: Instant, payment: Payment | undefined): PaymentDecision =>
  answered(payment, key, at, (refund) => ({ ...base(refund), status: 'DENIED', why }));

/** No answer, or not yet: the status will list it, or it is requested again under the same key. */
export const refundUnknown = (key: string, at: Instant, payment: Payment | undefined): PaymentDecision =>
  answered(payment, key, at, (refund) => ({ ...refund, ask: nextRefundPoll(at, refund.ask.count + 1) }));

/** The gateway cannot pay this one back: no refund for the method, or its time is over. A person does. */
export const refundByHand = (key: string, at: Instant, payment: Payment | undefined): PaymentDecision =>
  answered(payment, key, at, (refund) => byHand(base(refund), at));

export type PaidBack = { readonly key: string; readonly reference: string; readonly by: string; readonly at: Instant };

/** A person has paid it back outside the gateway, under this reference: never more than is left. */
export const paidBack = ({ key, reference, by, at }: PaidBack, payment: Payment | undefined): PaymentDecision => {
  const known = payment?.refunds.find((one) => one.key === key);
  const refund = payment && adjusted(payment, at).refunds.find((one) => one.key === key);
  if (!payment || !known || !refund) return refused(refusals.unknownRefund);
  if (refund.status === 'PAID_BACK') return nothing('already-paid-back');
  if (refund.status === 'VOIDED') return refused(refusals.voided);
  if (refund.status !== 'MANUAL') return refused(refusals.notManual);
  if (refund.amount < known.amount) return refused(refusals.tooMuch(refund.amount));
  return replaced(payment, { ...base(refund), status: 'PAID_BACK', reference, by }, at);
};

/**
 * The order needs money again that a person was to pay back as too much: that much is not paid back.
 * @param amount how much it needs
 */
export const keepSurplus = (amount: Rupiah, at: Instant, payment: Payment | undefined): PaymentDecision => {
  if (!payment || amount === 0 || !payment.refunds.some(isSurplusByHand)) return nothing('no-surplus-by-hand');
  let needed = amount;
  const refunds = payment.refunds.map((refund): Refund => {
    if (!isSurplusByHand(refund) || needed === 0) return refund;
    const rest = minus(refund.amount, needed);
    needed = minus(needed, refund.amount);
    if (rest > 0) return { ...refund, amount: rest, wanted: refund.wanted ?? refund.amount };
    return { ...base(refund), status: 'VOIDED', why: 'the order needs the money' };
  });
  return changed(payment, refunds, at);
};

/** A manual refund whose time is over stays open, with a reminder each day. */
export const remind = (at: Instant, payment: Payment | undefined): PaymentDecision => {
  const refunds = payment?.refunds.map((refund) =>
    refund.status === 'MANUAL' && refund.dueAt <= at
      ? { ...refund, dueAt: after(at, reminderMs), reminders: refund.reminders + 1 }
      : refund,
  );
  const isOverdue = refunds?.some((refund, i) => refund !== payment?.refunds[i]);
  return payment && refunds && isOverdue ? changed(payment, refunds, at) : nothing('nothing-overdue');
};

const base = ({ key, amount, reason, requestedAt, wanted, of }: Refund): Base => ({
  ...{ key, amount, reason, requestedAt },
  ...(wanted ? { wanted } : {}),
  ...(of ? { of } : {}),
});

/** What the gateway answered to a refund that is still requested. */
const answered = (
  payment: Payment | undefined,
  key: string,
  at: Instant,
  next: (refund: Requested) => Refund,
): PaymentDecision => {
  const refund = payment?.refunds.find((one) => one.key === key);
  return payment && refund?.status === 'REQUESTED' ? replaced(payment, next(refund), at) : nothing('known-meanwhile');
};

const replaced = (payment: Payment, next: Refund, at: Instant): PaymentDecision => {
  const refunds = payment.refunds.map((one) => (one.key === next.key ? next : one));
  return changed(payment, refunds, at);
};

const changed = (payment: Payment, refunds: readonly Refund[], at: Instant): PaymentDecision => {
  const next = adjusted({ ...payment, refunds }, at);
  return happened(next, at, ...factsBetween(payment, next));
};
