/** Everything that is measured, in one place: what the parts report, the alarms on it, and who is told. */
import type { AwsOperation } from '../../server/aws-json.ts';
import type { Buses } from '../events/bus.ts';
import type { HttpRecord } from '../http/server.ts';
import type { InvocationRecord } from '../lambda/functions.ts';
import type { Queues } from '../sqs/queues.ts';
import type { Stack } from '../template/stack.ts';
import type { SocketMetric } from '../websocket/server.ts';
import { readAlarms } from './alarm-template.ts';
import { type AlarmChange, type Alarms, openAlarms, stateChangeEvent } from './alarms.ts';
import { cloudWatchOperations } from './endpoint.ts';
import { lineMetrics } from './lines.ts';
import type { Page } from './pager.ts';
import { watchQueues } from './queues.ts';
import { type MetricStore, openMetrics } from './store.ts';

export interface MonitorOptions {
  readonly stack: Stack;
  readonly queues: Queues;
  readonly startedAt: number;
  readonly alarmEveryMs: number;
  readonly say: (line: string) => void;
  readonly page: Page;
}

export interface Monitor {
  readonly store: MetricStore;
  readonly alarms: Alarms;
  readonly changes: () => readonly AlarmChange[];
  readonly operations: Readonly<Record<string, AwsOperation>>;
  readonly lines: (logGroup: string, lines: readonly string[]) => void;
  readonly invocation: (record: InvocationRecord) => void;
  readonly request: (record: HttpRecord) => void;
  readonly socket: (apiId: string, stage: string, name: SocketMetric) => void;
  readonly streamAge: (functionName: string, ms: number) => void;
  readonly ruleMatched: (name: string) => void;
  readonly ruleFailed: (name: string) => void;
  readonly sendChangesTo: (buses: Buses) => void;
  /** Samples the queues and evaluates the alarms now. */
  readonly evaluate: (now?: number) => void;
  readonly stop: () => void;
}

const MOST_CHANGES = 1000;

/** Alarms go to topics; anything else that an alarm could do is not known here. */
const checkActions = (alarms: Alarms): void => {
  for (const { rule } of alarms.all()) {
    const { AlarmActions, OKActions, InsufficientDataActions } = rule.properties;
    const strange = [...AlarmActions, ...OKActions, ...InsufficientDataActions].find((arn) => !arn.includes(':sns:'));
    if (strange !== undefined) throw new Error(`${rule.name}: the alarm action ${strange} is not known here`);
  }
};

export const openMonitor = ({ stack, queues, startedAt, alarmEveryMs, say, page }: MonitorOptions): Monitor => {
  const store = openMetrics();
  const watched = watchQueues(queues.all, store);
  const line = lineMetrics(stack, store);
  const changes: AlarmChange[] = [];
  let buses: Buses | undefined;

  const onChange = (change: AlarmChange): void => {
    const { rule, state, reason, previous } = change;
    changes.push(change);
    if (changes.length > MOST_CHANGES) changes.shift();
    if (state === 'ALARM') say(`ALARM  ${rule.name}: ${rule.properties.AlarmDescription ?? reason}`);
    else if (previous.state === 'ALARM') say(`${state.padEnd(6)} ${rule.name}`);
    buses?.put('default', stateChangeEvent(change));
    const { ActionsEnabled, AlarmActions, OKActions, InsufficientDataActions, AlarmDescription } = rule.properties;
    const actions = { ALARM: AlarmActions, OK: OKActions, INSUFFICIENT_DATA: InsufficientDataActions }[state];
    // A page about an alarm that was never raised helps nobody.
    if (!ActionsEnabled || (state === 'OK' && previous.state !== 'ALARM')) return;
    for (const topic of actions) page(topic, `${state}: ${rule.name}: ${AlarmDescription ?? ''} (${reason})`);
  };
  const alarms = openAlarms({ rules: readAlarms(stack, store), startedAt, everyMs: alarmEveryMs, onChange });
  checkActions(alarms);

  const lambda = (name: string, FunctionName: string, value: number): void =>
    store.record({ namespace: 'AWS/Lambda', name, dimensions: { FunctionName } }, value);
  const rule = (name: string, RuleName: string): void =>
    store.record({ namespace: 'AWS/Events', name, dimensions: { RuleName } }, 1);

  return {
    store,
    alarms,
    changes: () => changes,
    operations: cloudWatchOperations(store, alarms),
    lines: (logGroup, lines) => {
      for (const one of lines) line(logGroup, one);
    },
    invocation: ({ name, durationMs, failed, throttled }) => {
      lambda('Throttles', name, throttled ? 1 : 0);
      if (throttled) return;
      lambda('Invocations', name, 1);
      lambda('Errors', name, failed ? 1 : 0);
      lambda('Duration', name, durationMs);
    },
    request: ({ apiId: ApiId, stage: Stage, status, latencyMs }) => {
      for (const dimensions of [{ ApiId }, { ApiId, Stage }]) {
        const record = (name: string, value: number): void =>
          store.record({ namespace: 'AWS/ApiGateway', name, dimensions }, value);
        record('Count', 1);
        record('4xx', status >= 400 && status < 500 ? 1 : 0);
        record('5xx', status >= 500 ? 1 : 0);
        record('Latency', latencyMs);
      }
    },
    socket: (ApiId, Stage, name) => {
      for (const dimensions of [{ ApiId }, { ApiId, Stage }])
        store.record({ namespace: 'AWS/ApiGateway', name, dimensions }, 1);
    },
    streamAge: (functionName, ms) => lambda('IteratorAge', functionName, ms),
    ruleMatched: (name) => rule('MatchedEvents', name),
    ruleFailed: (name) => rule('FailedInvocations', name),
    sendChangesTo: (given) => {
      buses = given;
    },
    evaluate: (now) => {
      watched.sample();
      alarms.evaluate(now);
    },
    stop: () => {
      watched.stop();
      alarms.stop();
    },
  };
};
