/** The worker of the webhook queue: joins each notification with its payment, acknowledges those of unknown orders. */
import { Invalid } from '../../kernel/errors.ts';
import { log } from '../../kernel/log.ts';
import { instant } from '../../kernel/types.ts';
import type { MessageOf } from '../../platform/message.ts';
import type { Delivery } from '../../platform/queue-worker.ts';
import { isPaymentRef } from '../payment.ts';
import { jsonFrom, text } from '../reports/parse-report.ts';
import type { Effect } from '../reports/report.ts';
import type { Notice } from './early.store.ts';
import { type JoiningDeps, join } from './join-notification.ts';
import type { keptMessage } from './kept.message.ts';
import { faultsOf } from './notification.ts';

/** The test button of the gateway's dashboard sends an order of this name. */
const isTest = (orderId: string): boolean => orderId.startsWith('payment_notif_test_');

export const notificationsWorker =
  (deps: JoiningDeps) =>
  async ({ receivedAt, ...kept }: MessageOf<typeof keptMessage>, { messageId }: Delivery): Promise<void> => {
    const notification = jsonFrom(kept.body);
    const faults = notification ? faultsOf(notification) : [{ field: 'body', message: 'must be a JSON object' }];
    if (!notification || faults.length > 0) throw new Invalid('not a notification', faults);
    const orderId = text(notification.order_id) ?? '';
    const notice = { ...kept, receivedAt: instant(receivedAt), id: messageId };
    if (isPaymentRef(orderId)) return join(deps, { ...notice, ref: orderId });
    await acknowledge(deps, notice, orderId);
  };

const acknowledge = async (
  { syncLog, now }: JoiningDeps,
  notice: Omit<Notice, 'ref'>,
  orderId: string,
): Promise<void> => {
  const effect: Effect = isTest(orderId) ? 'ack_test_notification' : 'ack_unknown_order';
  const why = isTest(orderId) ? 'a test of the gateway’s dashboard' : 'not a gateway order id of ours';
  await syncLog({ ...notice, orderId, attempt: 1, tookMs: now() - notice.receivedAt, effect, why, verified: false });
  const metric = isTest(orderId) ? 'WebhookTest' : 'WebhookForeign';
  log.warn('Notification acknowledged', { outcome: 'nothing', effect }, { [metric]: 1 });
};
