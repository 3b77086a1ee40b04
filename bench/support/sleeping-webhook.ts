/** A webhook that sleeps until the payment of an early notification is there. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { nothing } from '../../functions/kernel/decision.ts';
import { instant } from '../../functions/kernel/types.ts';
import { examine } from '../../functions/payments/notifications/notification.ts';
import { type PaymentRef, paymentRef } from '../../functions/payments/payment.ts';
import { jsonFrom, reportFrom } from '../../functions/payments/reports/parse-report.ts';
import { decideReport } from '../../functions/payments/reports/payment.decider.ts';
import { type Bench, mustBePaid, notified, written } from './early-notification.ts';
import { posted } from './payments-webhook.ts';
import { serverKey } from './simulated-gateway.ts';
import { timed } from './statistics.ts';

/** Looks for the payment, and sleeps while it is missing. It believes the notification and writes only the payment. */
const sleeper =
  ({ deps }: Bench) =>
  async (event: LambdaFunctionURLEvent): Promise<number> => {
    const examined = examine(event.body ?? '', [serverKey]);
    if (examined.verdict !== 'genuine') return 401;
    const ref = examined.orderId as PaymentRef;
    for (let look = 0; look <= 3; look += 1) {
      if (look > 0) await sleep(500);
      const loadedPayment = await deps.store.load(paymentRef(ref));
      const report = reportFrom(jsonFrom(event.body ?? '') ?? {}, 'notification', instant(Date.now()));
      if (!loadedPayment.state || !report) continue;
      await deps.store.transition(
        paymentRef(ref),
        (payment) =>
          payment
            ? decideReport({ ...report, source: 'answer' }, payment, instant(Date.now())).decision
            : nothing('unknown-payment'),
        loadedPayment,
      );
      return 200;
    }
    return 404;
  };

/** @param afterMs when the payment's record is written */
export const remedy = async (bench: Bench, afterMs: number): Promise<number> => {
  const [early] = await notified(bench, 1);
  if (!early) throw new Error('nothing was notified');
  const handled = timed(async () => {
    const status = await sleeper(bench)(posted(early.body));
    if (status !== 200) throw new Error(`the sleeper answered ${status}`);
  });
  await sleep(afterMs);
  await written(bench, early.ref);
  const ms = await handled;
  await mustBePaid(bench, early.ref);
  return Math.ceil(ms);
};
