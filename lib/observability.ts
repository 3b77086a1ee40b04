/** The dashboard: the two promises of dispatch first, then what endangers them. Everything on it is found in the stack, so nothing new is forgotten. */
import {
  Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  PeriodOverride,
  Row,
  SingleValueWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { DeadLetters } from './dead-letters.ts';
import { type House, named } from './house.ts';
import type { HttpDoor } from './http-door.ts';
import { metric, type Service } from './metrics.ts';
import { PromiseAlarm } from './promise-alarm.ts';
import { ServiceFunction } from './service-function.ts';
import { StreamReader } from './stream-reader.ts';
import { WorkQueue } from './work-queue.ts';

type Kind<T> = abstract new (...args: never[]) => T;

const minute = Duration.minutes(1);
const height = 6;

const counts = (service: Service, ...names: readonly string[]): IMetric[] => names.map((name) => metric(service, name, { label: name }));

const percentiles = (service: Service, name: string, ...statistics: readonly string[]): IMetric[] =>
  (statistics.length > 0 ? statistics : ['p50', 'p99']).map((statistic) =>
    metric(service, name, { statistic, label: `${name} ${statistic}` }),
  );

const graph = (title: string, left: IMetric[], width = 8): GraphWidget =>
  new GraphWidget({ title, left, width, height, leftYAxis: { min: 0 } });

/** Of the rides that were declined, how many were left alone. */
const leftAlone = new MathExpression({
  label: 'Declined rides without a later dispatch, %',
  expression: '100 * (1 - FILL(after, 0) / declined)',
  usingMetrics: { after: metric('dispatch', 'DispatchAfterDecline'), declined: metric('dispatch', 'RideDeclined') },
});

/** A dispatch event is sent, or rightly skipped, or parked; one that was sent twice or parked broke the promise. */
const exactlyOnce = new MathExpression({
  label: 'Dispatch events processed exactly once, %',
  expression:
    '100 * (1 - (FILL(twice, 0) + FILL(parked, 0)) / (FILL(sent, 0) - FILL(twice, 0) + FILL(closed, 0) + FILL(stale, 0) + FILL(parked, 0)))',
  usingMetrics: {
    twice: metric('dispatch', 'DispatchDuplicate'),
    parked: metric('dispatch', 'Parked'),
    sent: metric('dispatch', 'DispatchSent'),
    closed: metric('dispatch', 'DispatchClosedSuppressed'),
    stale: metric('dispatch', 'DispatchStaleSuppressed'),
  },
});

const objective = (title: string, share: MathExpression, target: number): Row =>
  new Row(
    new SingleValueWidget({ title: `SLO ${target} %: ${title}`, metrics: [share], setPeriodToTimeRange: true, width: 8, height }),
    new GraphWidget({
      title: `${title}, target ${target} %`,
      left: [share],
      leftAnnotations: [{ value: target, label: `${target} %` }],
      leftYAxis: { min: 99, max: 100 },
      width: 16,
      height,
    }),
  );

export class Observability extends Construct {
  constructor(scope: Construct, id: string, { house, http }: { readonly house: House; readonly http: HttpDoor }) {
    super(scope, id);
    const parts = Stack.of(this).node.findAll();
    const all = <T>(kind: Kind<T>): T[] => parts.filter((part): part is typeof part & T => part instanceof kind);
    const alarms = all(PromiseAlarm).map(({ knownAs }) => Alarm.fromAlarmName(this, knownAs, knownAs));
    const queues = all(WorkQueue).map(({ queue }) => queue);

    new Dashboard(this, 'Dashboard', {
      dashboardName: named(house, 'orders'),
      defaultInterval: Duration.hours(24),
      periodOverride: PeriodOverride.AUTO,
      widgets: [
        [objective('declined rides without a later dispatch', leftAlone, 99.9)],
        [objective('dispatch events processed exactly once', exactlyOnce, 99.5)],
        [new AlarmStatusWidget({ title: 'Promises', alarms, width: 24, height })],
        [
          graph('Rides', counts('dispatch', 'RideRequested', 'RideAccepted', 'RideDeclined', 'RideCancelled', 'RideExpired')),
          graph(
            'Dispatches',
            counts(
              'dispatch',
              'DispatchSent',
              'DispatchDuplicateSuppressed',
              'DispatchClosedSuppressed',
              'DispatchStaleSuppressed',
              'DispatchFailed',
            ),
          ),
          graph('From offer to driver, ms', percentiles('dispatch', 'DispatchLatency')),
        ],
        [
          graph('EzPay', counts('ezpay', 'EzPayScanned', 'EzPayConfirmed', 'EzPayFailed', 'EzPayDriverDenied', 'EzPaySuperseded')),
          graph(
            'EzPay: what late reports say',
            counts('ezpay', 'EzPayWronglyFailed', 'EzPayContradicted', 'EzPayVerified', 'EzPayPredictorWrong'),
          ),
          graph('EzPay: failing again and again', counts('ezpay', 'EzPayRepeatedFailure', 'EzPayCarFailing', 'EzPayCodeRefused')),
        ],
        [
          graph('From the argo to us, ms', percentiles('ezpay', 'ArgoLag', 'p50', 'p95', 'p99')),
          graph('From the scan to the argo’s word, ms', percentiles('ezpay', 'EzPayArgoLag', 'p50', 'p95', 'p99')),
          new GraphWidget({
            title: 'EzPay: share of orders that fail, and of those for the argo',
            left: ['EzPayFailed', 'EzPayArgoNotStarted'].map((name) => metric('ezpay', name, { statistic: 'Average', label: name })),
            leftAnnotations: [{ value: 0.05, label: '5 %' }],
            leftYAxis: { min: 0, max: 1 },
            width: 8,
            height,
          }),
        ],
        [
          graph(
            'Payments',
            counts('payments', 'PaymentCharged', 'PaymentSettled', 'ChargeUnknown', 'ChargeRefused', 'PaymentHeld', 'PaymentReversed'),
          ),
          graph(
            'Notifications: found on which look',
            counts(
              'payments',
              'WebhookFound1',
              'WebhookFound2',
              'WebhookFound3',
              'WebhookFoundMore',
              'WebhookOrphan',
              'WebhookForged',
              'WebhookMalformed',
            ),
          ),
          graph('Notifications: to the answer, to the effect, ms', [
            ...percentiles('payments', 'WebhookLatency'),
            ...percentiles('payments', 'WebhookLag'),
          ]),
        ],
        [
          graph(
            'Dead letters',
            all(DeadLetters).map((queue) => queue.metricApproximateNumberOfMessagesVisible({ period: minute, statistic: 'Maximum' })),
          ),
          graph(
            'Waiting messages',
            queues.map((queue) => queue.metricApproximateNumberOfMessagesVisible({ period: minute, statistic: 'Maximum' })),
          ),
          graph(
            'Age of the oldest message, s',
            queues.map((queue) => queue.metricApproximateAgeOfOldestMessage({ period: minute, statistic: 'Maximum' })),
          ),
        ],
        [
          graph(
            'Age of the stream records read, ms',
            all(StreamReader).map(({ age }) => age),
          ),
          graph('From write to bus, ms', percentiles('platform', 'OutboxLag')),
          graph('Deadlines met late, ms', percentiles('ops', 'DeadlineLate')),
        ],
        [
          graph('HTTP requests', [
            http.stage.metricCount({ period: minute, label: 'all' }),
            http.stage.metricClientError({ period: minute, label: '4xx' }),
            http.stage.metricServerError({ period: minute, label: '5xx' }),
          ]),
          graph(
            'HTTP latency, ms',
            ['p50', 'p99'].map((statistic) => http.stage.metricLatency({ period: minute, statistic, label: statistic })),
          ),
          graph(
            'Errors of functions',
            all(ServiceFunction).map((part) => part.errors()),
          ),
        ],
      ],
    });
  }
}
