/** What operators see at once: the events of payments and orders in which money moved, or which someone must check. */
import { anyOf } from '../../events/event.ts';
import { orderPaid, orderUnpaid } from '../../events/order.ts';
import {
  chargebackHeld,
  chargebackRecorded,
  paymentDenied,
  paymentExpired,
  paymentFailed,
  paymentHeld,
  paymentReleased,
  paymentReversed,
  paymentSettled,
  paymentUnderReview,
  refundChanged,
} from '../../events/payment.ts';
import { type MessageOf, message } from '../platform/message.ts';

const declarations = [
  paymentSettled,
  paymentUnderReview,
  paymentHeld,
  paymentReleased,
  paymentReversed,
  paymentDenied,
  paymentExpired,
  paymentFailed,
  refundChanged,
  chargebackRecorded,
  chargebackHeld,
  orderPaid,
  orderUnpaid,
] as const;
export const liveMessage = message(anyOf(...declarations));
/** The types of these events: what the rule on the bus lets through. */
export const liveTypes: readonly string[] = declarations.map(({ type }) => type);
export type LiveEvent = MessageOf<typeof liveMessage>;

/** One notice, without personal data. `key` names the event: a write publishes each type once at most. */
export type Notice = {
  readonly key: string;
  readonly type: string;
  readonly orderId: string;
  readonly paymentRef: string;
  /** Whole rupiah. */
  readonly amount: number;
  readonly method?: string;
  /** What differs, of a payment that is held. */
  readonly what?: string;
  /** ISO 8601, UTC. */
  readonly at: string;
};

export const noticeOf = (event: LiveEvent): Notice => ({
  key: `${event.type}/${event.id}`,
  type: event.type,
  orderId: event.orderId,
  paymentRef: event.paymentRef,
  amount: amountOf(event),
  ...('method' in event ? { method: event.method } : {}),
  ...(event.type === 'payment.held' ? { what: event.what } : {}),
  at: event.at,
});

/** What moved with the event, not what the payment once was. */
const amountOf = (event: LiveEvent): number => {
  if (event.type === 'payment.reversed') return event.reversed;
  if (event.type === 'refund.changed') return event.refunded;
  if (event.type === 'chargeback.recorded') return event.chargedBack;
  if (event.type === 'chargeback.held') return event.claimed ?? event.amount;
  return 'fare' in event ? event.fare : event.amount;
};
