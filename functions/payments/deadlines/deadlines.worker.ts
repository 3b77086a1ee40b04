/** The worker of the gateway queue: deadlines of payments and early notifications, which may wait for the gateway. */
import { Invalid } from '../../kernel/errors.ts';
import type { Wake } from '../../platform/timers.ts';
import { isEarlyKey } from '../notifications/early.store.ts';
import { earlyDeadline, type JoiningDeps } from '../notifications/join-notification.ts';
import { paymentAt } from '../payment.ts';
import { paymentDeadline } from './payment-deadline.ts';

export const deadlinesWorker =
  (deps: JoiningDeps) =>
  async ({ pk, sk, dueAt }: Wake): Promise<void> => {
    if (isEarlyKey({ pk, sk })) return earlyDeadline(deps, { pk, sk });
    const ref = paymentAt({ pk, sk });
    if (!ref)
      throw new Invalid('no payment or early notification has this key', [
        { field: 'sk', message: `${pk} ${sk} is unknown` },
      ]);
    await paymentDeadline(deps, ref, dueAt);
  };
