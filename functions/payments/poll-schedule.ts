/** How long after a change, and after each read without news, the gateway's status of a payment is read. */
import { after, type Instant } from '../kernel/types.ts';
import type { Payment } from './payment.ts';
import { isComplete } from './reports/instructions.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** Longer than the charge call itself may take, so that a recovery never runs at the same time. */
const intentMs = 30 * second;
/** The gateway forgets an idempotency key after five minutes. */
export const sameKeyMs = 4.5 * minute;
/** What only the answer to the charge contains: requested while the key lives. */
const unanswered = [5 * second, 30 * second, 2 * minute];
/** The rule for outcomes not known, docs/midtrans.md §7.1 (c), and later. */
const unknown = [...unanswered, 10 * minute, hour, 6 * hour, 24 * hour];
/** A notification is expected; from 5 minutes on the status is read, with backoff, until it is final. */
const pending = [5 * minute, 10 * minute, 20 * minute, 40 * minute, 2 * hour, 6 * hour];
const incomplete = [...unanswered, ...pending];
/** The gateway's status lags seconds behind its notifications; what it does not confirm by then it never sent. */
const rechecks = [2 * second, 5 * second, 15 * second, 30 * second, minute];
/** Captured cards settle the next day, about 16:00 in Jakarta. */
const captured = [26 * hour, 24 * hour];
const held = [5 * minute, 15 * minute, hour, 6 * hour];
const refund = [30 * second, 2 * minute, 10 * minute, hour, 6 * hour];

const nth = (gaps: readonly number[], count: number): number => gaps[Math.min(count, gaps.length - 1)] as number;

/** The customer cannot pay yet: the status that made it pending does not contain how. */
export const lacksInstructions = ({ method, standing }: Pick<Payment, 'method' | 'standing'>): boolean =>
  standing.status === 'PENDING' && !isComplete(method, standing.instructions);

const gapOf = (payment: Pick<Payment, 'method' | 'standing'>, count: number): number | undefined => {
  const { standing } = payment;
  switch (standing.status) {
    case 'INTENDED':
      return intentMs;
    case 'UNKNOWN':
      return nth(unknown, count);
    case 'PENDING':
      return nth(lacksInstructions(payment) ? incomplete : pending, count);
    case 'AUTHORIZED':
    case 'REVIEW':
      return nth(pending, count);
    case 'HELD':
      return nth(held, count);
    case 'PAID':
      return standing.settled ? undefined : nth(captured, count);
    default:
      return undefined;
  }
};

/** When the status is read in this standing, after `count` reads without news. */
export const pollAfter = (payment: Pick<Payment, 'method' | 'standing'>, at: Instant, count = 0): Payment['ask'] => {
  const gap = gapOf(payment, count);
  return gap === undefined ? undefined : { at: after(at, gap), count };
};

export const isDue = (poll: Payment['ask'], at: Instant): poll is NonNullable<Payment['ask']> =>
  poll !== undefined && poll.at <= at;

/**
 * When a notification is checked again that the gateway has not confirmed.
 * @param isAnswered whether the gateway answered: only then there is an end to it
 */
export const recheckAfter = (at: Instant, count: number, isAnswered: boolean): Payment['recheck'] =>
  isAnswered && count >= rechecks.length ? undefined : { at: after(at, nth([...rechecks, ...pending], count)), count };

export const nextRefundPoll = (at: Instant, count = 0): { readonly at: Instant; readonly count: number } => ({
  at: after(at, nth(refund, count)),
  count,
});

/** A manual refund has an owner and this long; then it has a reminder each day. */
export const manualRefundMs = 3 * 24 * hour;
export const reminderMs = 24 * hour;
export const manualRefundOwner = 'finance';
