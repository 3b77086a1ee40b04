/** The worker of the gateway queue: deadlines of payments, orders and early notifications, which may wait for it. */
import { Invalid } from '../../kernel/errors.ts';
import { orderAt } from '../../orders/rules.ts';
import type { Wake } from '../../platform/timers.ts';
import type { ChargeDeps } from '../charge/charge.ts';
import { isEarlyKey } from '../notifications/early.store.ts';
import { earlyDeadline, type JoiningDeps } from '../notifications/join-notification.ts';
import { paymentAt } from '../payment.ts';
import { orderDeadline } from './order-deadline.ts';
import { paymentDeadline } from './payment-deadline.ts';

export const deadlinesWorker =
  (deps: JoiningDeps & ChargeDeps) =>
  async ({ pk, sk, dueAt }: Wake): Promise<void> => {
    if (isEarlyKey({ pk, sk })) return earlyDeadline(deps, { pk, sk });
    const orderId = orderAt({ pk, sk });
    if (orderId) return orderDeadline(deps, orderId, dueAt);
    const ref = paymentAt({ pk, sk });
    if (!ref)
      throw new Invalid('no payment, order or early notification has this key', [
        { field: 'sk', message: `${pk} ${sk} is unknown` },
      ]);
    await paymentDeadline(deps, ref, dueAt);
  };
