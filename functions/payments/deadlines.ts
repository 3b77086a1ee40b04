/** The deadline of a payment: what is not known is asked, what should have come is looked for (PAY-8, PAY-12). */
import { log } from '../platform/log.ts';
import type { Instant } from '../platform/types.ts';
import { askLater } from './charge.decider.ts';
import { recover } from './charging.ts';
import { tell } from './hearing.ts';
import type { JoinDeps } from './joining.ts';
import { release } from './payment.decider.ts';
import { type Payment, type PaymentRef, paymentRef } from './payment.ts';
import { refundDeadlines } from './refunding.ts';

/** @param dueAt the deadline that woke it, for how late it is */
export const paymentDeadline = async (deps: JoinDeps, ref: PaymentRef, dueAt: number): Promise<void> => {
  const { state } = await deps.store.load(paymentRef(ref));
  const at = deps.now();
  if (!state) return;
  const asked = state.ask !== undefined && state.ask.at <= at;
  if (asked) await ask(deps, state, at);
  await refundDeadlines(deps, state, at);
  log.info(
    'Payment woken',
    { orderId: state.orderId, paymentRef: ref, status: state.standing.status, outcome: asked ? 'asked' : 'early' },
    asked
      ? { DeadlineLate: Math.max(0, at - dueAt), ...(state.standing.status === 'PENDING' ? { PendingAge: age(state, at) } : {}) }
      : undefined,
  );
};

const age = ({ requestedAt }: Payment, at: Instant): number => Math.round((at - requestedAt) / 1_000);

const ask = async (deps: JoinDeps, payment: Payment, at: Instant): Promise<void> => {
  const { ref, standing } = payment;
  if (standing.status === 'INTENDED' || standing.status === 'UNKNOWN') return recover(deps, payment);
  const answer = await deps.gateway.status(ref);
  if (answer.outcome === 'report') await tell(deps, ref, answer.report, release);
  else await deps.store.transition(paymentRef(ref), (now) => askLater(at, now));
};
