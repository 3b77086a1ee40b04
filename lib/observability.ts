/** The dashboard: the two promises of dispatch, then what endangers them. It finds its queues and functions itself. */
import { Alarm, AlarmStatusWidget, Dashboard, type IWidget, PeriodOverride } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ofEzPay, ofMoney, ofRides, serviceLevelObjectives } from './dashboard-rows.ts';
import { DeadLetters } from './dead-letters.ts';
import type { HttpApiGateway } from './http-api-gateway.ts';
import { PromiseAlarm } from './promise-alarm.ts';
import { ServiceFunction } from './service-function.ts';
import { named, type StageContext } from './stage-context.ts';
import { StreamReader } from './stream-reader.ts';
import type { WebSocketApiGateway } from './websocket-api-gateway.ts';
import { graph, type Labelled, labelled } from './widgets.ts';
import { WorkQueue } from './work-queue.ts';

type Kind<T> = abstract new (...args: never[]) => T;

const minute = Duration.minutes(1);
const eachMinute = { period: minute, statistic: 'Maximum' };

export type ObservabilityProps = {
  readonly context: StageContext;
  readonly http: HttpApiGateway;
  readonly socket: WebSocketApiGateway;
};

export class Observability extends Construct {
  constructor(scope: Construct, id: string, { context, http, socket }: ObservabilityProps) {
    super(scope, id);
    const staged = labelled(context);
    const alarms = this.all(PromiseAlarm).map(({ knownAs }) => Alarm.fromAlarmName(this, knownAs, knownAs));
    new Dashboard(this, 'Dashboard', {
      dashboardName: named(context, 'orders'),
      defaultInterval: Duration.hours(24),
      periodOverride: PeriodOverride.AUTO,
      widgets: [
        ...serviceLevelObjectives(staged),
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

  private apis({ stage: http }: HttpApiGateway, { stage: socket }: WebSocketApiGateway): IWidget[] {
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
        ...counts('ops', 'Overdue', 'SweepDeferred', 'FlagHeld'),
        ...counts('payments', 'BreakerOpened', 'GatewayKeyRefused'),
      ]),
      graph('Facts kept and published later, the bus’s breaker', [
        ...counts('platform', 'FactKept', 'BreakerOpened'),
        ...counts('ops', 'FactPublishedLate', 'BreakerOpened'),
      ]),
    ];
  }
}
