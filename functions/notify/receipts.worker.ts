/** The worker of the receipts queue: mails the receipt of a payment once. */
import { orderPaid } from '../../events/order.ts';
import { Invalid, Unavailable } from '../kernel/errors.ts';
import { log } from '../kernel/log.ts';
import type { Instant } from '../kernel/types.ts';
import { type MessageOf, message } from '../platform/message.ts';
import type { Contacts } from './contacts.store.ts';
import type { Deliveries, DeliveryLine } from './deliveries.store.ts';
import { InFlight } from './in-flight.ts';
import type { SendMail } from './mail.client.ts';
import { receiptText } from './receipt.texts.ts';

export type ReceiptDeps = {
  readonly deliveries: Deliveries;
  readonly contacts: Pick<Contacts, 'find'>;
  readonly send: SendMail;
  readonly now: () => Instant;
};

export const paidMessage = message(orderPaid.schema);
type OrderPaid = MessageOf<typeof paidMessage>;

type Outcome = 'sent' | 'sent-before' | 'no-address' | 'refused';
const metrics: Readonly<Record<Outcome, Readonly<Record<string, number>>>> = {
  sent: { ReceiptSent: 1, ReceiptFailed: 0 },
  'sent-before': {},
  'no-address': { ReceiptSkipped: 1 },
  refused: { ReceiptSkipped: 1 },
};

/** One receipt for one payment: an order that was paid, reversed and paid again gets one for each. */
const lineOf = ({ orderId, paymentRef }: OrderPaid): DeliveryLine => ({
  orderId,
  key: `RECEIPT#${paymentRef}`,
  kind: 'receipt',
  type: 'receipt',
  paymentRef,
});

export const receiptsWorker =
  (deps: ReceiptDeps) =>
  async (event: OrderPaid): Promise<void> => {
    const outcome = await mailed(deps, event);
    log.info('Receipt', { orderId: event.orderId, paymentRef: event.paymentRef, outcome }, metrics[outcome]);
  };

const mailed = async ({ deliveries, contacts, send, now }: ReceiptDeps, event: OrderPaid): Promise<Outcome> => {
  const line = lineOf(event);
  const claim = await deliveries.claim(line, now());
  if (claim === 'sent-before') return 'sent-before';
  if (claim === 'in-flight') throw new InFlight(`${line.key} is being sent by another copy of the message`);
  const skip = async (reason: 'no-address' | 'refused'): Promise<Outcome> => {
    await deliveries.skipped(line, reason, now());
    return reason;
  };
  try {
    const contact = await contacts.find(event.riderId, now());
    if (!contact) return await skip('no-address');
    const { orderId, paymentRef, fare, method, at } = event;
    const receipt = { orderId, paymentRef, amount: fare, method, paidAt: Date.parse(at) };
    await send({ to: contact.email, reference: paymentRef, ...receiptText(receipt, contact.language) });
  } catch (error) {
    // The mail service refuses this mail permanently: a retry cannot help.
    if (error instanceof Invalid) return skip('refused');
    await deliveries.release(line);
    log.warn(
      'Receipt',
      { orderId: event.orderId, paymentRef: event.paymentRef, outcome: 'failed' },
      { ReceiptFailed: 1 },
    );
    throw new Unavailable(`${line.key} could not be sent`, { cause: error });
  }
  await deliveries.sent(line, 'mail', now());
  return 'sent';
};
