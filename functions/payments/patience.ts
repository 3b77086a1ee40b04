/** How long each standing is left alone before the gateway is asked about it. */
import { after, type Instant } from '../platform/types.ts';
import type { Payment, Standing } from './payment.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** Longer than the charge call itself may take, so that a recovery never runs beside it. */
export const intentMs = 30 * second;
/** The rule for outcomes not known, docs/midtrans.md §7.1 (c), and on. */
const unknown = [5 * second, 30 * second, 2 * minute, 10 * minute, hour, 6 * hour, 24 * hour];
/** A notification is expected; from 5 minutes on the gateway is asked, with backoff, until it is final. */
const pending = [5 * minute, 10 * minute, 20 * minute, 40 * minute, 2 * hour, 6 * hour];
/** Captured cards settle the next day, about 16:00 in Jakarta. */
const captured = [26 * hour, 24 * hour];
const held = [5 * minute, 15 * minute, hour, 6 * hour];
/** A contradiction that could not be cleared up because the gateway was out of reach. */
export const askAgainMs = 30 * second;
const refund = [30 * second, 2 * minute, 10 * minute, hour, 6 * hour];

const nth = (gaps: readonly number[], count: number): number => gaps[Math.min(count, gaps.length - 1)] as number;

export const gapOf = (standing: Payment['standing'], count: number): number | undefined => {
  switch (standing.status) {
    case 'INTENDED':
      return intentMs;
    case 'UNKNOWN':
      return nth(unknown, count);
    case 'PENDING':
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

/** When the gateway is asked about this standing, `count` questions without news behind it. */
export const askAfter = (standing: Standing | Payment['standing'], at: Instant, count = 0): Payment['ask'] => {
  const gap = gapOf(standing, count);
  return gap === undefined ? undefined : { at: after(at, gap), count };
};

export const refundAsk = (at: Instant, count = 0): { readonly at: Instant; readonly count: number } => ({
  at: after(at, nth(refund, count)),
  count,
});

/** A manual refund has an owner and this long; then it is called to mind each day. */
export const manualRefundMs = 3 * 24 * hour;
export const reminderMs = 24 * hour;
export const manualRefundOwner = 'finance';
