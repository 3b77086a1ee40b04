/** The rules of refunds: who can be refunded how much, through the gateway or by hand, and what its answers do. */
import { type Decision, happened, nothing, type Refusal, refused } from '../../kernel/decision.ts';
import { minus, type Rupiah } from '../../kernel/rupiah.ts';
import { after, type Instant } from '../../kernel/types.ts';
import { factsBetween } from '../payment.facts.ts';
import { isPaid, isRefundable, type Payment, type PaymentFact, underlying, withRefunds } from '../payment.ts';
import { manualRefundMs, manualRefundOwner, nextRefundPoll, reminderMs } from '../poll-schedule.ts';
import { promised, type Refund } from './refund.ts';

type PaymentDecision = Decision<Payment, PaymentFact>;

export type RefundRequest = {
  /** From the request, so that its repetition has the same: the gateway's own idempotency token. */
  readonly key: string;
  /** All that is left when it is not said. */
  readonly amount?: Rupiah | undefined;
  readonly reason: string;
  readonly at: Instant;
};

/** The intent of a refund, written before the gateway is asked; or the task of a person, where it cannot pay back. */
export const requestRefund = (
  { key, amount, reason, at }: RefundRequest,
  payment: Payment | undefined,
): PaymentDecision => {
  if (!payment) return refused(refusals.unknown);
  const before = payment.refunds.find((refund) => refund.key === key);
  if (before)
    return amount === undefined || before.amount === amount
      ? nothing('already-requested')
      : refused(refusals.keyReused);
  if (payment.standing.status === 'HELD') return refused(refusals.held);
  const standing = underlying(payment);
  if (!isPaid(standing) || standing.status === 'CHARGED_BACK') return refused(refusals.notPaid);
  const left = minus(minus(payment.amount, promised(payment.refunds)), standing.chargedBack);
  const wanted = amount ?? left;
  if (left === 0) return refused(refusals.nothingLeft);
  if (wanted > left || wanted === 0) return refused(refusals.tooMuch(left));
  if (!standing.settled) return refused(wanted === payment.amount ? refusals.cancelInstead : refusals.notSettled);
  const asked = { key, amount: wanted, reason, requestedAt: at };
  return changed(
    payment,
    [...payment.refunds, isRefundable(payment.method) ? viaGateway(asked, at) : byHand(asked, at)],
    at,
  );
};

type Asked = Pick<Refund, 'key' | 'amount' | 'reason' | 'requestedAt'>;

const viaGateway = (asked: Asked, at: Instant): Refund => ({ ...asked, status: 'REQUESTED', ask: nextRefundPoll(at) });
const byHand = (asked: Asked, at: Instant): Refund => ({
  ...asked,
  status: 'MANUAL',
  owner: manualRefundOwner,
  dueAt: after(at, manualRefundMs),
  reminders: 0,
});

/** The gateway said no, for good. Its yes is a report. */
export const refundDenied = (key: string, why: string, at: Instant, payment: Payment | undefined): PaymentDecision =>
  replaced(payment, key, at, (refund) =>
    refund.status === 'REQUESTED' ? { ...base(refund), status: 'DENIED', why } : undefined,
  );

/** No answer, or not yet: the status answer will list it, or it is asked again under the same key. */
export const refundUnknown = (key: string, at: Instant, payment: Payment | undefined): PaymentDecision =>
  replaced(payment, key, at, (refund) =>
    refund.status === 'REQUESTED' ? { ...refund, ask: nextRefundPoll(at, refund.ask.count + 1) } : undefined,
  );

/** The gateway cannot pay this one back: no refund for the method, or its time is over. A person does. */
export const refundByHand = (key: string, at: Instant, payment: Payment | undefined): PaymentDecision =>
  replaced(payment, key, at, (refund) => (refund.status === 'REQUESTED' ? byHand(base(refund), at) : undefined));

/** A person has paid it back outside the gateway, and says under which reference. */
export const paidBack = (
  {
    key,
    reference,
    by,
    at,
  }: { readonly key: string; readonly reference: string; readonly by: string; readonly at: Instant },
  payment: Payment | undefined,
): PaymentDecision => {
  const refund = payment?.refunds.find((one) => one.key === key);
  if (!payment || !refund) return refused(refusals.unknownRefund);
  if (refund.status === 'PAID_BACK') return nothing('already-paid-back');
  if (refund.status !== 'MANUAL') return refused(refusals.notManual);
  const refunds = payment.refunds.map((one) =>
    one.key === key ? ({ ...base(one), status: 'PAID_BACK', reference, by } as const) : one,
  );
  return changed(payment, refunds, at);
};

/** A manual refund whose time is over stays open and is called to mind each day. */
export const remind = (at: Instant, payment: Payment | undefined): PaymentDecision => {
  const overdue = payment?.refunds.some((refund) => refund.status === 'MANUAL' && refund.dueAt <= at);
  if (!payment || !overdue) return nothing('nothing-overdue');
  const refunds = payment.refunds.map((refund) =>
    refund.status === 'MANUAL' && refund.dueAt <= at
      ? { ...refund, dueAt: after(at, reminderMs), reminders: refund.reminders + 1 }
      : refund,
  );
  return happened({ ...payment, refunds }, at);
};

const base = ({ key, amount, reason, requestedAt, of }: Refund): Asked => ({
  key,
  amount,
  reason,
  requestedAt,
  ...(of ? { of } : {}),
});

const replaced = (
  payment: Payment | undefined,
  key: string,
  at: Instant,
  next: (refund: Refund) => Refund | undefined,
): PaymentDecision => {
  const refund = payment?.refunds.find((one) => one.key === key);
  const other = refund && next(refund);
  if (!payment || !other) return nothing('known-meanwhile');
  return changed(
    payment,
    payment.refunds.map((one) => (one.key === key ? other : one)),
    at,
  );
};

const changed = (payment: Payment, refunds: readonly Refund[], at: Instant): PaymentDecision => {
  const standing = withTotals({ ...payment, refunds });
  const next = { ...payment, refunds, standing };
  return happened(next, at, ...factsBetween(payment, next));
};

/** A manual refund that was paid back counts like any other. */
const withTotals = ({ standing, refunds, amount }: Payment): Payment['standing'] => {
  if (standing.status === 'HELD') return { ...standing, under: withRefunds(standing.under, amount, refunds) };
  return withRefunds(standing, amount, refunds);
};

export const refusals = {
  unknown: { code: 'PAYMENT_NOT_FOUND', message: 'There is no payment with this reference. Check it.', status: 404 },
  unknownRefund: { code: 'REFUND_NOT_FOUND', message: 'This payment has no such refund. Check its key.', status: 404 },
  keyReused: {
    code: 'IDEMPOTENCY_KEY_REUSED',
    message: 'This Idempotency-Key belongs to a refund of another amount. Use a new key for a new refund.',
    status: 422,
  },
  held: { code: 'PAYMENT_HELD', message: 'The payment is held: check it before refunding.' },
  notPaid: {
    code: 'NOT_PAID',
    message: 'There is no money to give back: the payment is not paid, or it went back already.',
  },
  nothingLeft: { code: 'NOTHING_LEFT_TO_REFUND', message: 'All of the payment is refunded or about to be.' },
  tooMuch: (left: Rupiah) => ({
    code: 'REFUND_TOO_LARGE',
    message: `At most Rp ${left} is left to refund.`,
    status: 422,
  }),
  cancelInstead: {
    code: 'NOT_SETTLED_YET',
    message: 'The card payment is captured and not settled yet: cancel it instead.',
  },
  notSettled: {
    code: 'NOT_SETTLED_YET',
    message: 'The card payment is captured and not settled yet: refund a part of it tomorrow.',
  },
  notManual: { code: 'NOT_A_MANUAL_REFUND', message: 'The gateway pays this refund back itself.' },
} as const satisfies Record<string, Refusal | ((left: Rupiah) => Refusal)>;
