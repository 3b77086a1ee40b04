/** The worker of the gateway queue: deadlines of payments and of early notifications. Apart from the other timers, as the gateway may be slow. */
import { Invalid } from '../../kernel/errors.ts';
import type { Wake } from '../../platform/timers.ts';
import { earlyDeadline, type JoiningDeps } from '../notifications/join-notification.ts';
import { isPaymentRef } from '../payment.ts';
import { paymentDeadline } from './payment-deadline.ts';

export const deadlinesWorker =
  (deps: JoiningDeps) =>
  async ({ pk, sk, dueAt }: Wake): Promise<void> => {
    if (sk.startsWith('EARLY#')) return earlyDeadline(deps, { pk, sk });
    const ref = `${pk.replace(/^ORDER#/, '')}-${sk.replace(/^PAYMENT#/, '')}`;
    if (!sk.startsWith('PAYMENT#') || !isPaymentRef(ref))
      throw new Invalid('no item of this kind has a deadline here', [
        { field: 'sk', message: `${pk} ${sk} is not known` },
      ]);
    await paymentDeadline(deps, ref, dueAt);
  };
