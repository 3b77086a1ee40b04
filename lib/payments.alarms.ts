/** What pages about payments: forged or lost notifications, payments that hang, money that a person must look at. */
import type { Construct } from 'constructs';
import { metricsOf } from './metrics.ts';
import { promiseAlarms } from './promise-alarm.ts';
import type { StageContext } from './stage-context.ts';

export const paymentAlarms = (scope: Construct, context: StageContext): void => {
  notificationAlarms(scope, context);
  gatewayAlarms(scope, context);
  moneyAlarms(scope, context);
};

const notificationAlarms = (scope: Construct, context: StageContext): void => {
  const metric = metricsOf(context);
  promiseAlarms(scope, context, {
    Forged: {
      promise: 'notifications-are-the-gateways',
      description: 'A notification came with a wrong signature.',
      runbook: 'payments.md#a-notification-was-forged',
      metric: metric('payments', 'WebhookForged'),
      above: 0,
    },
    Instructions: {
      promise: 'instructions-are-the-gateways',
      description:
        'A notification with a right signature shows payment instructions that the gateway does not confirm. ' +
        'The customer does not see them.',
      runbook: 'payments.md#a-notification-shows-other-payment-instructions',
      metric: metric('payments', 'InstructionsMismatch'),
      above: 0,
    },
    Orphans: {
      promise: 'every-notification-finds-its-payment',
      description:
        'A notification found no payment until its time was over; it is in the dead-letter queue with its amount.',
      runbook: 'payments.md#notifications-without-a-payment',
      metric: metric('payments', 'WebhookOrphan'),
      above: 0,
    },
    Unkept: {
      promise: 'every-notification-is-kept',
      description: 'A notification could not be kept and was answered 503; the gateway repeats it four times.',
      runbook: 'payments.md#notifications-cannot-be-kept',
      metric: metric('payments', 'WebhookUnavailable'),
      above: 0,
    },
    Slow: {
      promise: 'notifications-are-answered-quickly',
      description: 'The slowest 1 % of the notifications were answered in more than 200 ms, for 15 minutes.',
      runbook: 'payments.md#notifications-are-answered-slowly',
      metric: metric('payments', 'WebhookLatency', { statistic: 'p99' }),
      above: 200,
      periods: 3,
    },
    Late: {
      promise: 'notifications-are-found-at-once',
      description: 'More than 20 notifications of 5 minutes were found only on the fourth attempt or later.',
      runbook: 'payments.md#notifications-wait',
      metric: metric('payments', 'WebhookFoundMore'),
      above: 20,
    },
  });
};

const gatewayAlarms = (scope: Construct, context: StageContext): void => {
  const metric = metricsOf(context);
  promiseAlarms(scope, context, {
    Key: {
      promise: 'the-gateway-takes-our-key',
      description: 'The gateway refused our server key.',
      runbook: 'payments.md#the-gateway-refuses-our-key',
      metric: metric('payments', 'GatewayKeyRefused'),
      above: 0,
    },
    Breaker: {
      promise: 'the-gateway-answers',
      description: 'Five calls to the gateway in a row had no answer: calls pause, and deadlines repeat them.',
      runbook: 'payments.md#the-gateway-does-not-answer',
      metric: metric('payments', 'BreakerOpened'),
      above: 0,
    },
    Pending: {
      promise: 'payments-become-final',
      description: 'A payment has been pending for more than 26 hours, longer than any method allows.',
      runbook: 'payments.md#a-payment-stays-pending',
      metric: metric('payments', 'PendingAge', { statistic: 'Maximum' }),
      above: 26 * 3_600,
    },
  });
};

const moneyAlarms = (scope: Construct, context: StageContext): void => {
  const metric = metricsOf(context);
  promiseAlarms(scope, context, {
    Held: {
      promise: 'amounts-agree',
      description:
        'A payment is held: amount, currency or merchant is not the order’s, ' +
        'or the gateway does not say how much was charged back.',
      runbook: 'payments.md#a-payment-is-held',
      metric: metric('payments', 'PaymentHeld'),
      above: 0,
    },
    OrderMoney: {
      promise: 'orders-are-paid-and-even',
      description:
        'An order has been unpaid for a day, holds more money than it owes, ' +
        'or has a way to pay that could not be ended.',
      runbook: 'payments.md#the-money-of-an-order-is-overdue',
      metric: metric('payments', 'OrderMoneyOverdue'),
      above: 0,
    },
    Manual: {
      promise: 'manual-refunds-are-paid-back-in-time',
      description: 'A refund that a person must pay back is past its deadline.',
      runbook: 'payments.md#a-manual-refund-is-overdue',
      metric: metric('payments', 'ManualRefundOverdue'),
      above: 0,
    },
    Twice: {
      promise: 'nobody-pays-an-order-twice',
      description: 'Money came twice for one payment; the second sum waits to be paid back by hand.',
      runbook: 'payments.md#money-came-twice',
      metric: metric('payments', 'PaidTwice'),
      above: 0,
    },
    ChargedBack: {
      promise: 'payments-are-not-charged-back',
      description: 'A bank took a payment back from us.',
      runbook: 'payments.md#a-payment-was-charged-back',
      metric: metric('payments', 'ChargebackRecorded'),
      above: 0,
    },
    Balance: {
      promise: 'refunds-have-a-balance',
      description: 'The gateway put a refund off because our balance there is too low.',
      runbook: 'payments.md#a-refund-waits-for-the-balance',
      metric: metric('payments', 'RefundWithoutBalance'),
      above: 0,
    },
  });
};
