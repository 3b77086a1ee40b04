/** What pages about EzPay: reports that come late, scans that fail, a predictor that errs. */
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { metricsOf } from './metrics.ts';
import { PromiseAlarm, promiseAlarms } from './promise-alarm.ts';
import type { StageContext } from './stage-context.ts';

const minutes5 = 300_000;
const hour = { period: Duration.hours(1) };
const quarterHour = { period: Duration.minutes(15) };

export const ezpayAlarms = (scope: Construct, context: StageContext): void => {
  const metric = metricsOf(context);
  promiseAlarms(scope, context, {
    ReportsLate: {
      promise: 'argo-reports-come-in-time',
      description: 'The latest 5 % of the argo reports came more than 5 minutes after their time.',
      runbook: 'ezpay.md#argo-reports-come-late',
      metric: metric('ezpay', 'ArgoLag', { statistic: 'p95' }),
      above: minutes5,
    },
    ScansWait: {
      promise: 'meter-reports-follow-scans',
      description: 'For the slowest 5 % of the scans the meter report arrived more than 5 minutes later.',
      runbook: 'ezpay.md#argo-reports-come-late',
      metric: metric('ezpay', 'EzPayArgoLag', { statistic: 'p95' }),
      above: minutes5,
    },
    NotStarted: {
      promise: 'scans-find-the-argo-started',
      description: 'More than 5 % of the EzPay orders failed with ARGO_NOT_STARTED.',
      runbook: 'ezpay.md#scans-fail-with-argo_not_started',
      // Each order that ends reports 0 or 1, so the average is the share.
      metric: metric('ezpay', 'EzPayArgoNotStarted', { statistic: 'Average' }),
      above: 0.05,
    },
    Fails: {
      promise: 'ezpay-orders-succeed',
      description: 'Fewer than 95 % of the EzPay orders succeeded.',
      runbook: 'ezpay.md#ezpay-orders-fail',
      metric: metric('ezpay', 'EzPayFailed', { statistic: 'Average' }),
      above: 0.05,
    },
    RefusedAgain: {
      promise: 'no-customer-is-refused-again-and-again',
      description: 'More than 5 scans in 15 minutes failed for a customer whose scan before had failed.',
      runbook: 'ezpay.md#customers-or-cars-fail-again-and-again',
      metric: metric('ezpay', 'EzPayRepeatedFailure', quarterHour),
      above: 5,
    },
    CarFails: {
      promise: 'no-car-fails-again-and-again',
      description: 'More than 5 scans in 15 minutes failed in cars of whose latest orders half or more failed.',
      runbook: 'ezpay.md#customers-or-cars-fail-again-and-again',
      metric: metric('ezpay', 'EzPayCarFailing', quarterHour),
      above: 5,
    },
    NotFinished: {
      promise: 'trips-are-finished',
      description: 'The driver of a trip was asked and reminded to finish it and has not: it belongs to operations.',
      runbook: 'ezpay.md#a-trip-was-not-finished',
      metric: metric('ezpay', 'TripNotFinished'),
      above: 0,
    },
  });
};

/** Goes off when the predictor errs too often; ops then takes its flag back. */
export const predictorAlarm = (scope: Construct, context: StageContext): PromiseAlarm => {
  const metric = metricsOf(context);
  return new PromiseAlarm(scope, 'PredictorErrs', {
    context,
    promise: 'ezpay-predictor-is-right',
    description: 'Of the scans that the predictor confirmed early more than 5 % were not proven by the argo.',
    runbook: 'ezpay.md#the-predictor-errs',
    // Each early confirmation reports 0 or 1 when it is proven or not; of a few one is too many by chance.
    metric: new MathExpression({
      expression: 'IF(judged > 20, wrong / judged, 0)',
      usingMetrics: {
        wrong: metric('ezpay', 'EzPayPredictorWrong', hour),
        judged: metric('ezpay', 'EzPayPredictorWrong', { ...hour, statistic: 'SampleCount' }),
      },
      ...hour,
    }),
    above: 0.05,
  });
};
