/** What the gateway reports of a transaction: in a notification, a status answer or the answer to a call. */
import type { Rupiah } from '../../kernel/rupiah.ts';
import type { Instant } from '../../kernel/types.ts';
import type { Instructions } from '../payment.ts';
import type { RefundOrder } from '../refund/refund.ts';

/** `confirmed`: by the bank. */
export type ReportedRefund = RefundOrder & { readonly confirmed: boolean };

export type Report = {
  /** A notification is a hint, as its signature does not cover its status. An answer is the gateway's own. */
  readonly source: 'notification' | 'answer';
  /** When the notification was received, or the call was sent. */
  readonly reportedAt: Instant;
  readonly transactionId: string;
  /** Lower case. */
  readonly transactionStatus: string;
  readonly statusCode: string;
  readonly fraudStatus?: string | undefined;
  /** As received, and as an amount when it is one. */
  readonly grossAmount: string;
  readonly amount: Rupiah | undefined;
  readonly currency?: string | undefined;
  readonly merchantId?: string | undefined;
  /** Cumulative, in the refund states. */
  readonly refundAmount?: Rupiah | undefined;
  readonly refunds: readonly ReportedRefund[];
  /** When the money was settled, of a report that has it. */
  readonly settledAt?: Instant | undefined;
  readonly instructions: Instructions;
};

type PayEffect = 'mark_pending' | 'mark_authorized' | 'mark_paid' | 'confirm_settlement';
type FailEffect = 'mark_denied' | 'mark_cancelled' | 'mark_expired' | 'mark_failed';
type RefundEffect = 'record_refund_full' | 'record_refund_partial' | 'confirm_refund';
type ReturnEffect = 'record_chargeback' | 'record_chargeback_partial' | 'reverse_payment';
type HoldEffect = 'hold_for_review' | 'hold_amount_mismatch';
type NoEffect = 'noop_duplicate' | 'noop_stale' | 'verify_with_get_status';
type Acknowledgement = 'ack_unknown_order' | 'ack_test_notification';
/** The effect of a report (docs/midtrans.md §5.4). */
export type Effect = PayEffect | FailEffect | RefundEffect | ReturnEffect | HoldEffect | NoEffect | Acknowledgement;

/** §5.1. The codes are those of notifications and of status answers; an absent fraud status is `accept`. */
const meanings = {
  pending: { means: 'pending', codes: ['201', '200'] },
  'authorize/accept': { means: 'authorized', codes: ['200'] },
  'capture/accept': { means: 'captured', codes: ['200'] },
  'capture/challenge': { means: 'review', codes: ['201'] },
  'capture/deny': { means: 'denied', codes: ['202'] },
  'settlement/accept': { means: 'settled', codes: ['200'] },
  deny: { means: 'denied', codes: ['202'] },
  cancel: { means: 'cancelled', codes: ['202', '200'] },
  expire: { means: 'expired', codes: ['202', '407'] },
  failure: { means: 'failed', codes: ['202'] },
  refund: { means: 'refunded', codes: ['200'] },
  partial_refund: { means: 'partially-refunded', codes: ['200'] },
  chargeback: { means: 'charged-back', codes: ['200'] },
  partial_chargeback: { means: 'partially-charged-back', codes: ['200'] },
} as const satisfies Record<string, { readonly means: string; readonly codes: readonly string[] }>;
type Fitting = (typeof meanings)[keyof typeof meanings];
const fittings: ReadonlyMap<string, Fitting> = new Map(Object.entries(meanings));

/** What a report means for the money. `unknown`: not in §5.1, or its code or fraud status does not match. */
export type Meaning = Fitting['means'] | 'unknown';

/** Codes only an answer of the API has: a notification with one of them does not fit. */
const onlyInAnswers = new Set(['pending 200', 'cancel 200', 'expire 407']);
/** The documents do not define which code these have in an answer: it does not make them another status. */
const anyCodeInAnswers = new Set(['failure', 'chargeback', 'partial_chargeback']);

export const meaningOf = ({ transactionStatus, fraudStatus = 'accept', statusCode, source }: Report): Meaning => {
  const fitting = fittings.get(transactionStatus) ?? fittings.get(`${transactionStatus}/${fraudStatus.toLowerCase()}`);
  if (!fitting) return 'unknown';
  if (source === 'answer' && anyCodeInAnswers.has(transactionStatus)) return fitting.means;
  if (source === 'notification' && onlyInAnswers.has(`${transactionStatus} ${statusCode}`)) return 'unknown';
  return fitting.codes.some((one) => one === statusCode) ? fitting.means : 'unknown';
};

export const isFailure = (meaning: Meaning): meaning is 'denied' | 'cancelled' | 'expired' | 'failed' =>
  meaning === 'denied' || meaning === 'cancelled' || meaning === 'expired' || meaning === 'failed';
const returned: readonly Meaning[] = ['refunded', 'partially-refunded', 'charged-back', 'partially-charged-back'];
/** There is or was money. */
export const isPaying = (meaning: Meaning): boolean =>
  meaning === 'captured' || meaning === 'settled' || returned.includes(meaning);
