/** The worker of the receipts queue: mails the receipt of a payment once. */
import { orderPaid } from '../../events/order.ts';
import { Invalid } from '../kernel/errors.ts';
import { log } from '../kernel/log.ts';
import type { Metrics } from '../kernel/metrics.ts';
import { type MessageOf, message } from '../platform/message.ts';
import type { Contacts } from './contacts.store.ts';
import { type Delivered, type DeliveryDeps, deliverOnce, InFlight } from './deliver-once.ts';
import type { DeliveryLine } from './deliveries.store.ts';
import type { SendMail } from './mail.client.ts';
import { receiptText } from './receipt.texts.ts';

export type ReceiptDeps = DeliveryDeps & { readonly contacts: Pick<Contacts, 'find'>; readonly send: SendMail };

export const paidMessage = message(orderPaid.schema);
type OrderPaid = MessageOf<typeof paidMessage>;

const skipped = { ReceiptSkipped: 1 };
const metrics: Readonly<Record<string, Metrics>> = {
  sent: { ReceiptSent: 1, ReceiptFailed: 0 },
  'no-address': skipped,
  refused: skipped,
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
    const fields = { orderId: event.orderId, paymentRef: event.paymentRef };
    const mailed = await deliverOnce(deps, lineOf(event), () => mail(deps, event)).catch((error: unknown) => {
      if (!(error instanceof InFlight)) log.warn('Receipt', { ...fields, outcome: 'failed' }, { ReceiptFailed: 1 });
      throw error;
    });
    const outcome = mailed.outcome === 'skipped' ? mailed.reason : mailed.outcome;
    log.info('Receipt', { ...fields, outcome }, metrics[outcome]);
  };

const mail = async ({ contacts, send, now }: ReceiptDeps, event: OrderPaid): Promise<Delivered> => {
  const contact = await contacts.find(event.riderId, now());
  if (!contact) return { outcome: 'skipped', reason: 'no-address' };
  const { orderId, paymentRef, fare, method, at } = event;
  const receipt = { orderId, paymentRef, amount: fare, method, paidAt: Date.parse(at) };
  try {
    await send({ to: contact.email, reference: paymentRef, ...receiptText(receipt, contact.language) });
  } catch (error) {
    // The mail service refuses this mail permanently: a retry cannot help.
    if (error instanceof Invalid) return { outcome: 'skipped', reason: 'refused' };
    throw error;
  }
  return { outcome: 'sent', channel: 'mail' };
};
