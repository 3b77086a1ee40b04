/** What operators see at once: the events of payments and orders in which money moved, or which someone must check. */
import { anyOf } from '../../events/event.ts';
import { orderPaid, orderUnpaid } from '../../events/order.ts';
import * as payment from '../../events/payment.ts';
import { type MessageOf, message } from '../platform/message.ts';

const declarations = [
  payment.paymentSettled,
  payment.paymentUnderReview,
  payment.paymentHeld,
  payment.paymentReleased,
  payment.paymentReversed,
  payment.paymentDenied,
  payment.paymentExpired,
  payment.paymentFailed,
  payment.refundChanged,
  payment.chargebackRecorded,
  payment.chargebackReturned,
  payment.chargebackHeld,
  orderPaid,
  orderUnpaid,
] as const;
export const liveMessage = message(anyOf(...declarations));
/** What is shown of an order that was paid in cash only. */
export const paidType: string = orderPaid.type;
/** The types of these events: what the rule on the bus lets through. `payment.settled` shows the money of an app. */
export const liveTypes: readonly string[] = declarations.map(({ type }) => type).filter((type) => type !== paidType);
export type LiveEvent = MessageOf<typeof liveMessage>;

/** One notice, without personal data. */
export const noticeOf = (event: LiveEvent) => ({
  /** Names the event: a write publishes each type once at most. */
  key: `${event.type}/${event.id}`,
  type: event.type,
  orderId: event.orderId,
  paymentRef: event.paymentRef,
  /** Whole rupiah. */
  amount: amountOf(event),
  ...('method' in event ? { method: event.method } : {}),
  /** What differs, of a payment that is held. */
  ...(event.type === 'payment.held' ? { what: event.what } : {}),
  /** ISO 8601, UTC. */
  at: event.at,
});
export type Notice = Readonly<ReturnType<typeof noticeOf>>;

/** What moved with the event, not what the payment once was. */
const amountOf = (event: LiveEvent): number => {
  if (event.type === 'payment.reversed') return event.reversed;
  if (event.type === 'refund.changed') return event.refunded;
  if (event.type === 'chargeback.recorded') return event.chargedBack;
  if (event.type === 'chargeback.returned') return event.returned;
  if (event.type === 'payment.settled') return event.received ?? event.amount;
  if (event.type === 'chargeback.held') return event.claimed ?? event.amount;
  return 'fare' in event ? event.fare : event.amount;
};
