/** The dashboard: the two promises of dispatch first, then what endangers them. Every queue, function and alarm on it is found in the stack, so none is forgotten. */
import {
  Alarm,
  AlarmStatusWidget,
  Dashboard,
  type IWidget,
  MathExpression,
  PeriodOverride,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { DeadLetters } from './dead-letters.ts';
import { type House, named } from './house.ts';
import type { HttpDoor } from './http-door.ts';
import { PromiseAlarm } from './promise-alarm.ts';
import { ServiceFunction } from './service-function.ts';
import type { SocketDoor } from './socket-door.ts';
import { StreamReader } from './stream-reader.ts';
import { graph, labelled, objective, shareGraph } from './widgets.ts';
import { WorkQueue } from './work-queue.ts';

type Kind<T> = abstract new (...args: never[]) => T;
type Labelled = ReturnType<typeof labelled>;

const minute = Duration.minutes(1);
const eachMinute = { period: minute, statistic: 'Maximum' };

const objectives = ({ metric }: Labelled): IWidget[][] => {
  const leftAlone = new MathExpression({
    label: 'Declined rides without a later dispatch, %',
    expression: '100 * (1 - FILL(after, 0) / declined)',
    usingMetrics: { after: metric('dispatch', 'DispatchAfterDecline'), declined: metric('dispatch', 'RideDeclined') },
  });
  // A dispatch event is sent, or rightly skipped, or parked; one that was sent twice or parked broke the promise.
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
  return [
    [objective('declined rides without a later dispatch', leftAlone, 99.9)],
    [objective('dispatch events processed exactly once', exactlyOnce, 99.5)],
  ];
};

const ofRides = ({ counts, percentiles }: Labelled): IWidget[] => [
  graph('Rides', [
    ...counts('dispatch', 'RideRequested', 'RideAccepted', 'RideDeclined', 'RideCancelled'),
    // A ride expires by its deadline, which ops carries out.
    ...counts('ops', 'RideExpired'),
  ]),
  graph('Dispatches', [
    ...counts(
      'dispatch',
      'DispatchSent',
      'DispatchDuplicateSuppressed',
      'DispatchClosedSuppressed',
      'DispatchStaleSuppressed',
    ),
    ...counts('dispatch', 'DispatchFailed'),
  ]),
  graph('From offer to driver, ms', percentiles('dispatch', 'DispatchLatency')),
];

const ofEzPay = ({ counts, percentiles, shares }: Labelled): IWidget[][] => [
  [
    graph(
      'EzPay',
      counts('ezpay', 'EzPayScanned', 'EzPayConfirmed', 'EzPayFailed', 'EzPayDriverDenied', 'EzPaySuperseded'),
    ),
    graph(
      'EzPay: what late reports say',
      counts('ezpay', 'EzPayWronglyFailed', 'EzPayContradicted', 'EzPayVerified', 'EzPayPredictorWrong'),
    ),
    graph(
      'EzPay: failing again and again',
      counts('ezpay', 'EzPayRepeatedFailure', 'EzPayCarFailing', 'EzPayCodeRefused'),
    ),
  ],
  [
    graph('From the argo to us, ms', percentiles('ezpay', 'ArgoLag', 'p50', 'p95', 'p99')),
    graph('From the scan to the argo’s report, and to its confirmation, ms', [
      ...percentiles('ezpay', 'EzPayArgoLag', 'p50', 'p95', 'p99'),
      ...percentiles('ezpay', 'EzPayWaitLatency', 'p50', 'p95'),
    ]),
    shareGraph(
      'EzPay: share of orders that fail, and of those for the argo',
      shares('ezpay', 'EzPayFailed', 'EzPayArgoNotStarted'),
      0.05,
    ),
  ],
];

const ofMoney = ({ counts, percentiles }: Labelled): IWidget[][] => [
  [
    graph(
      'Payments',
      counts(
        'payments',
        'PaymentCharged',
        'PaymentSettled',
        'ChargeUnknown',
        'ChargeRefused',
        'PaymentHeld',
        'PaymentReversed',
      ),
    ),
    graph('Notifications: found on which look', [
      ...counts('payments', 'WebhookFound1', 'WebhookFound2', 'WebhookFound3', 'WebhookFoundMore', 'WebhookOrphan'),
      ...counts('payments', 'WebhookForged', 'WebhookMalformed', 'WebhookUnavailable'),
    ]),
    graph('Notifications: to the answer, to the effect, ms', [
      ...percentiles('payments', 'WebhookLatency'),
      ...percentiles('payments', 'WebhookLag'),
    ]),
  ],
  [
    graph(
      'Orders',
      counts('orders', 'OrderFinished', 'OrderPaid', 'OrderPaidInCash', 'OrderUnpaid', 'OrderFactRefused'),
    ),
    graph('Money back', [
      ...counts('payments', 'RefundRequested', 'RefundPaidBack', 'RefundWithoutBalance', 'ManualRefundOverdue'),
      ...counts('payments', 'ChargebackRecorded', 'PaidTwice'),
    ]),
    graph(
      'Receipts and phones',
      counts('notify', 'ReceiptSent', 'ReceiptSkipped', 'ReceiptFailed', 'PushSent', 'PushGone', 'PushExpired'),
    ),
  ],
];

export type ObservabilityProps = { readonly house: House; readonly http: HttpDoor; readonly socket: SocketDoor };

export class Observability extends Construct {
  constructor(scope: Construct, id: string, { house, http, socket }: ObservabilityProps) {
    super(scope, id);
    const staged = labelled(house);
    const alarms = this.all(PromiseAlarm).map(({ knownAs }) => Alarm.fromAlarmName(this, knownAs, knownAs));
    new Dashboard(this, 'Dashboard', {
      dashboardName: named(house, 'orders'),
      defaultInterval: Duration.hours(24),
      periodOverride: PeriodOverride.AUTO,
      widgets: [
        ...objectives(staged),
        [new AlarmStatusWidget({ title: 'Promises', alarms, width: 24, height: 6 })],
        ofRides(staged),
        ...ofEzPay(staged),
        ...ofMoney(staged),
        this.queues(),
        this.delays(staged),
        this.apis(http, socket),
        this.functions(staged),
      ],
    });
  }

  private all<T>(kind: Kind<T>): T[] {
    const parts: readonly unknown[] = Stack.of(this).node.findAll();
    return parts.filter((part): part is T => part instanceof kind);
  }

  private queues(): IWidget[] {
    const queues = this.all(WorkQueue).map(({ queue }) => queue);
    return [
      graph(
        'Dead letters',
        this.all(DeadLetters).map((queue) => queue.metricApproximateNumberOfMessagesVisible(eachMinute)),
      ),
      graph(
        'Waiting messages',
        queues.map((queue) => queue.metricApproximateNumberOfMessagesVisible(eachMinute)),
      ),
      graph(
        'Age of the oldest message, s',
        queues.map((queue) => queue.metricApproximateAgeOfOldestMessage(eachMinute)),
      ),
    ];
  }

  private delays({ percentiles }: Labelled): IWidget[] {
    return [
      graph(
        'Age of the stream records read, ms',
        this.all(StreamReader).map(({ age }) => age),
      ),
      graph('From write to bus, and to the live feed, ms', [
        ...percentiles('platform', 'OutboxLag'),
        ...percentiles('live', 'LiveLatency'),
      ]),
      graph('Deadlines met late, ms', [
        ...percentiles('ops', 'DeadlineLate'),
        ...percentiles('payments', 'DeadlineLate'),
      ]),
    ];
  }

  private apis({ stage: http }: HttpDoor, { stage: socket }: SocketDoor): IWidget[] {
    return [
      graph('HTTP requests', [
        http.metricCount({ period: minute, label: 'all' }),
        http.metricClientError({ period: minute, label: '4xx' }),
        http.metricServerError({ period: minute, label: '5xx' }),
      ]),
      graph(
        'HTTP latency, ms',
        ['p50', 'p99'].map((statistic) => http.metricLatency({ period: minute, statistic, label: statistic })),
      ),
      graph(
        'Connected apps: connections, messages, errors',
        ['ConnectCount', 'MessageCount', 'ClientError', 'IntegrationError', 'ExecutionError'].map((name) =>
          socket.metric(name, { period: minute, statistic: 'Sum', label: name }),
        ),
      ),
    ];
  }

  private functions({ counts }: Labelled): IWidget[] {
    return [
      graph(
        'Errors of functions',
        this.all(ServiceFunction).map((part) => part.errors()),
      ),
      graph(
        'Calls that Lambda did not run',
        this.all(ServiceFunction).map((part) => part.throttles()),
      ),
      graph('Sweeper, flags and the gateway’s breaker', [
        ...counts('ops', 'Overdue', 'FlagHeld'),
        ...counts('payments', 'BreakerOpened', 'GatewayKeyRefused'),
      ]),
    ];
  }
}
