/** Refunds at the gateway: intent, call, answer; repeated until the gateway lists or refuses them (PAY-9). */

import type { Outcome } from '../../kernel/aggregate.ts';
import { nothing, refused } from '../../kernel/decision.ts';
import { log } from '../../kernel/log.ts';
import { after, type Instant } from '../../kernel/types.ts';
import { neededAgainOf } from '../../orders/rules.ts';
import type { Store } from '../../platform/store.ts';
import { changePayment, withOrder } from '../change-payment.ts';
import { type Payment, type PaymentFact, type PaymentRef, paymentRef } from '../payment.ts';
import { refusals } from '../payments.refusals.ts';
import { applyReport, type ReportDeps } from '../reports/apply-report.ts';
import type { Report } from '../reports/report.ts';
import type { PaidBack, RefundRequest } from './refund.decider.ts';
import {
  keepSurplus,
  paidBack,
  refundByHand,
  refundDenied,
  refundUnknown,
  remind,
  requestRefund,
} from './refund.decider.ts';
import { isReturned, type Refund, type RefundOrder, surplusKey } from './refund.ts';

/** A key is dead after seven days. */
const keyLifetime = 7 * 24 * 3_600_000;

/** Of the request, so that its repetition is the same refund. */
export const refundKeyOf = (ref: PaymentRef, fingerprint: string): string =>
  `rf-${ref}-${fingerprint.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 16)}`;

export const refund = async (
  deps: ReportDeps,
  ref: PaymentRef,
  request: RefundRequest,
): Promise<Outcome<Payment, PaymentFact>> => {
  const outcome = await changePayment(deps.store, ref, (payment) => requestRefund(request, payment));
  const requested = requestedIn(outcome.state, request.key);
  if (outcome.decision.outcome !== 'happened' || !requested || !outcome.state) return outcome;
  await sendRefund(deps, outcome.state, requested);
  return { ...(await deps.store.load(paymentRef(ref))), decision: outcome.decision };
};

/** What was too much may be needed again: decided with the order. */
export const surplusNeeded = (store: Store, ref: PaymentRef, at: Instant): Promise<Outcome<Payment, PaymentFact>> =>
  withOrder(store, ref, (payment, order) =>
    order ? keepSurplus(neededAgainOf(order), at, payment) : nothing('no-order'),
  );

export const paidBackByHand = async (
  deps: ReportDeps,
  ref: PaymentRef,
  done: PaidBack,
): Promise<Outcome<Payment, PaymentFact>> => {
  const { key, at } = done;
  if (key.startsWith(surplusKey)) {
    const needed = await surplusNeeded(deps.store, ref, at);
    const lowered = needed.state?.refunds.find((one) => one.key === key);
    if (needed.decision.outcome === 'happened' && lowered?.status === 'MANUAL')
      return { ...needed, decision: refused(refusals.tooMuch(lowered.amount)) };
  }
  return changePayment(deps.store, ref, (payment) => paidBack(done, payment));
};

type Requested = Extract<Refund, { status: 'REQUESTED' }>;

const requestedIn = (payment: Payment | undefined, key: string): Requested | undefined =>
  payment?.refunds.find((one): one is Requested => one.key === key && one.status === 'REQUESTED');

const sendRefund = async (deps: ReportDeps, payment: Payment, { key, amount, reason }: Requested): Promise<void> => {
  const { ref } = payment;
  const answer = await deps.gateway.refund({ ref, key, amount, reason });
  const at = deps.now();
  const change = (decide: (payment: Payment | undefined) => ReturnType<typeof requestRefund>) =>
    changePayment(deps.store, ref, decide);
  switch (answer.outcome) {
    case 'report':
      if (isDenial(answer.report)) await change((now) => refundDenied(key, 'declined by the bank', at, now));
      else await applyReport(deps, ref, withOurs(answer.report, payment, { key, amount, reason }));
      // It may be that of another transaction of the same order id.
      await change((now) => refundUnknown(key, at, now));
      break;
    case 'conflict':
      if (await readAgain(deps, ref, key)) await change((now) => refundUnknown(key, at, now));
      break;
    case 'wrong-state':
      if (await readAgain(deps, ref, key)) await change((now) => refundByHand(key, at, now));
      break;
    case 'refused':
      // A refused server key shows nothing of the refund: it is requested again when the key is right.
      if (answer.code === '401') await change((now) => refundUnknown(key, at, now));
      else await change((now) => refundDenied(key, `${answer.code} ${answer.message}`.trim().slice(0, 200), at, now));
      break;
    default:
      await change((now) => refundUnknown(key, at, now));
  }
  const { outcome } = answer;
  const fields = { orderId: payment.orderId, paymentRef: ref, refundKey: key, outcome };
  log.info('Refund requested', fields, outcome === 'balance' ? { RefundWithoutBalance: 1 } : {});
};

/** "Refund denied by the bank": 202, and the payment still settled. */
const isDenial = ({ statusCode, transactionStatus }: Report): boolean =>
  statusCode === '202' || !/refund$/.test(transactionStatus);

/** The answer names one refund; the rules need the list. */
const withOurs = (report: Report, { refunds }: Payment, ours: RefundOrder): Report => {
  const known = refunds.filter((one) => isReturned(one) && one.status !== 'PAID_BACK' && one.of === undefined);
  const list = known.map(({ key, amount, reason }) => ({ key, amount, reason, confirmed: false }));
  return { ...report, refundAmount: undefined, refunds: [...list, { ...ours, confirmed: false }] };
};

/**
 * A key the gateway lists was acknowledged; one it does not list may be sent again.
 * @returns the refund while it is still requested, as far as there is money for it
 */
const readAgain = async (deps: ReportDeps, ref: PaymentRef, key: string): Promise<Requested | undefined> => {
  const answer = await deps.gateway.status(ref);
  if (answer.outcome === 'report') await applyReport(deps, ref, answer.report);
  return requestedIn((await deps.store.load(paymentRef(ref))).state, key);
};

export const refundDeadlines = async (deps: ReportDeps, payment: Payment, at: Instant): Promise<void> => {
  for (const one of payment.refunds) {
    if (one.status !== 'REQUESTED' || one.ask.at > at) continue;
    const requested = await readAgain(deps, payment.ref, one.key);
    if (!requested) continue;
    if (at <= after(one.requestedAt, keyLifetime)) await sendRefund(deps, payment, requested);
    else await changePayment(deps.store, payment.ref, (now) => refundByHand(one.key, at, now));
  }
  const { decision } = await changePayment(deps.store, payment.ref, (now) => remind(at, now));
  const fields = { orderId: payment.orderId, paymentRef: payment.ref };
  if (decision.outcome === 'happened') log.warn('Manual refund overdue', fields, { ManualRefundOverdue: 1 });
};
