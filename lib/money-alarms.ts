/** Money that a person must look at: it came twice, went back, or cannot go back yet. */
import type { Construct } from 'constructs';
import type { MetricName } from '../functions/kernel/metrics.ts';
import type { House } from './house.ts';
import { metricsOf } from './metrics.ts';
import { PromiseAlarm, type Runbook } from './promise-alarm.ts';

type Watched = {
  readonly promise: string;
  readonly says: string;
  readonly runbook: Runbook;
  readonly name: MetricName;
};

const watched: Readonly<Record<string, Watched>> = {
  Twice: {
    promise: 'nobody-pays-an-order-twice',
    says: 'Money came twice for one payment; the second sum waits to be paid back by hand.',
    runbook: 'payments.md#money-came-twice',
    name: 'PaidTwice',
  },
  ChargedBack: {
    promise: 'payments-are-not-charged-back',
    says: 'A bank took a payment back from us.',
    runbook: 'payments.md#a-payment-was-charged-back',
    name: 'ChargebackRecorded',
  },
  Balance: {
    promise: 'refunds-have-a-balance',
    says: 'The gateway put a refund off because our balance there is too low.',
    runbook: 'payments.md#a-refund-waits-for-the-balance',
    name: 'RefundWithoutBalance',
  },
};

export const moneyAlarms = (scope: Construct, house: House): void => {
  const metric = metricsOf(house);
  for (const [id, { name, ...broken }] of Object.entries(watched))
    new PromiseAlarm(scope, id, { house, ...broken, metric: metric('payments', name), above: 0 });
};
