/** Takes in a report: decides, and asks the gateway where the rules want it asked; what comes of it is one conditional write. */
import type { Fact } from '../platform/decision.ts';
import { log } from '../platform/log.ts';
import type { Outcome, Store } from '../platform/store.ts';
import type { Instant } from '../platform/types.ts';
import { askLater } from './charge.decider.ts';
import type { Gateway } from './midtrans.client.ts';
import { type Heard, hear } from './payment.decider.ts';
import { isPaid, type Payment, type PaymentRef, paymentRef, transactionOf, underlying } from './payment.ts';
import { type Effect, isPaying, meaningOf, type Report } from './report.ts';

export type HearingDeps = { readonly store: Store; readonly gateway: Gateway; readonly now: () => Instant };

export type Told = {
  readonly effect: Effect;
  /** Why the gateway's word could not be had, when the effect is `verify_with_get_status`. */
  readonly why?: string | undefined;
  readonly verified: boolean;
  readonly outcome: Outcome<Payment>;
};

/** Answers can contradict each other while the gateway moves; then it is left to the deadline. */
const questions = 3;
/** No further question after this long: a question may take 9 s, and the shortest function that asks has 25. */
const enoughMs = 8_000;

type Rule = (report: Report, payment: Payment, at: Instant) => Heard;

/**
 * @param rule the decider's `release` when a person or a deadline asked: only then a hold can end
 * @returns nothing when there is no such payment
 */
export const tell = async (deps: HearingDeps, ref: PaymentRef, said: Report, rule: Rule = hear): Promise<Told | undefined> => {
  let report = said;
  let why: string | undefined;
  const began = deps.now();
  for (let question = 0; ; question += 1) {
    const { effect, outcome } = await decided(deps, ref, report, rule);
    if (!outcome.state) return undefined;
    const told = { effect, verified: question > 0, outcome };
    if (effect !== 'verify_with_get_status') return logged(told, ref, report);
    if (question === questions || deps.now() - began > enoughMs)
      return later(deps, ref, { ...told, why: 'the answers contradict each other' }, report);
    const answer = await deps.gateway.status(ref, idToAsk(outcome.state, report));
    if (answer.outcome !== 'report') {
      why = answer.outcome === 'unknown' ? answer.reason : answer.outcome;
      return later(deps, ref, { ...told, verified: answer.outcome === 'not-found', why }, report);
    }
    report = answer.report;
  }
};

const decided = async (
  { store, now }: HearingDeps,
  ref: PaymentRef,
  report: Report,
  rule: Rule,
): Promise<{ readonly effect: Effect; readonly outcome: Outcome<Payment> }> => {
  let effect: Effect = 'noop_stale';
  const outcome = await store.transition(paymentRef(ref), (payment) => {
    if (!payment) return { outcome: 'nothing', reason: 'unknown-payment' };
    const heard = rule(report, payment, now());
    effect = heard.effect;
    return heard.decision;
  });
  return { effect, outcome };
};

/** By the gateway order id, which leads to its present transaction; a second paid transaction is asked about by its own. */
const idToAsk = (payment: Payment, report: Report): string => {
  const standing = underlying(payment);
  const second = isPaid(standing) && transactionOf(standing) !== report.transactionId && isPaying(meaningOf(report));
  return second && /^[A-Za-z0-9-]{1,64}$/.test(report.transactionId) ? report.transactionId : payment.ref;
};

/** The question is not lost: the payment gets a deadline for it. */
const later = async ({ store, now }: HearingDeps, ref: PaymentRef, told: Told, report: Report): Promise<Told> => {
  const outcome = await store.transition(paymentRef(ref), (payment) => askLater(now(), payment));
  return logged({ ...told, outcome }, ref, report);
};

const logged = (told: Told, ref: PaymentRef, { source, transactionStatus }: Report): Told => {
  const { effect, why, verified, outcome } = told;
  log.info(
    'Payment heard',
    {
      orderId: outcome.state?.orderId,
      paymentRef: ref,
      source,
      said: transactionStatus.slice(0, 30),
      effect,
      why,
      verified,
      status: outcome.state?.standing.status,
    },
    metricsOf(effect, outcome),
  );
  return told;
};

const metricNames: Readonly<Record<string, string>> = {
  'payment.settled': 'PaymentSettled',
  'payment.held': 'PaymentHeld',
  'payment.reversed': 'PaymentReversed',
  'chargeback.recorded': 'ChargebackRecorded',
};

export const metricsOf = (effect: Effect, { decision }: Outcome<Payment>): Readonly<Record<string, number>> => {
  const facts: readonly Fact[] = decision.outcome === 'happened' ? decision.facts : [];
  const named = facts.flatMap(({ type }) => (metricNames[type] ? [metricNames[type]] : []));
  const twice = effect === 'hold_for_review' && facts.some(({ type }) => type === 'refund.changed') ? ['PaidTwice'] : [];
  return Object.fromEntries([...named, ...twice].map((name) => [name, 1]));
};
