/** Everything that is measured: what the parts report, the alarms on it, and who is notified. */
import type { CloudEvent } from '../events/bus.ts';
import type { Api } from '../http/template.ts';
import type { Needs } from '../parts.ts';
import { readAlarms } from './alarm-template.ts';
import { type AlarmChange, type Alarms, openAlarms, stateChangeEvent } from './alarms.ts';
import { cloudWatchOperations } from './endpoint.ts';
import { lineMetrics } from './lines.ts';
import { readPager } from './pager.ts';
import { watchQueues } from './queues.ts';
import { type MetricStore, openMetrics } from './store.ts';

/** What API Gateway counts of a WebSocket API. */
type SocketMetric = 'ConnectCount' | 'MessageCount' | 'ClientError' | 'IntegrationError' | 'ExecutionError';
export type Monitor = ReturnType<typeof openMonitor>;

type Options = Needs<'stack' | 'queues' | 'logs'> & {
  readonly alarmEveryMs: number;
  readonly print: (line: string) => void;
};

const mostChanges = 1000;

/** Alarms notify topics; any other action is not known here. */
const checkActions = (alarms: Alarms): void => {
  for (const { rule } of alarms.all()) {
    const { AlarmActions, OKActions, InsufficientDataActions } = rule.properties;
    const unknown = [...AlarmActions, ...OKActions, ...InsufficientDataActions].find((arn) => !arn.includes(':sns:'));
    if (unknown !== undefined) throw new Error(`${rule.name}: the alarm action ${unknown} is not known here`);
  }
};

/** What the parts of the cloud report, as metrics of AWS. */
const reports = (store: MetricStore) => {
  const lambda = (name: string, FunctionName: string, value: number): void =>
    store.record({ namespace: 'AWS/Lambda', name, dimensions: { FunctionName } }, value);
  const rule = (name: string, RuleName: string): void =>
    store.record({ namespace: 'AWS/Events', name, dimensions: { RuleName } }, 1);
  const gateway = ({ id: ApiId, stage: { StageName: Stage } }: Api, name: string, value: number): void => {
    const both: readonly Readonly<Record<string, string>>[] = [{ ApiId }, { ApiId, Stage }];
    for (const dimensions of both) store.record({ namespace: 'AWS/ApiGateway', name, dimensions }, value);
  };
  return {
    throttled: (functionName: string): void => lambda('Throttles', functionName, 1),
    invocation: (functionName: string, durationMs: number, failed: boolean): void => {
      lambda('Throttles', functionName, 0);
      lambda('Invocations', functionName, 1);
      lambda('Errors', functionName, failed ? 1 : 0);
      lambda('Duration', functionName, durationMs);
    },
    streamAge: (functionName: string, ms: number): void => lambda('IteratorAge', functionName, ms),
    request: (api: Api, status: number, latencyMs: number): void => {
      gateway(api, 'Count', 1);
      gateway(api, '4xx', status >= 400 && status < 500 ? 1 : 0);
      gateway(api, '5xx', status >= 500 ? 1 : 0);
      gateway(api, 'Latency', latencyMs);
    },
    socket: (api: Api, name: SocketMetric): void => gateway(api, name, 1),
    ruleMatched: (name: string): void => rule('MatchedEvents', name),
    ruleFailed: (name: string): void => rule('FailedInvocations', name),
  };
};

export const openMonitor = ({ stack, queues, logs, alarmEveryMs, print }: Options) => {
  const store = openMetrics();
  const watched = watchQueues(queues.all, store);
  const recordLine = lineMetrics(stack, store);
  const page = readPager({ stack, logs });
  const changes: AlarmChange[] = [];
  let putEvent = (_event: CloudEvent): void => {};

  const onChange = (change: AlarmChange): void => {
    const { rule, state, reason, previous } = change;
    changes.push(change);
    if (changes.length > mostChanges) changes.shift();
    if (state === 'ALARM') print(`ALARM  ${rule.name}: ${rule.properties.AlarmDescription ?? reason}`);
    else if (previous.state === 'ALARM') print(`${state.padEnd(6)} ${rule.name}`);
    putEvent(stateChangeEvent(change));
    const { ActionsEnabled, AlarmActions, OKActions, InsufficientDataActions, AlarmDescription } = rule.properties;
    const actions = { ALARM: AlarmActions, OK: OKActions, INSUFFICIENT_DATA: InsufficientDataActions }[state];
    // No page about the end of an alarm that was never raised.
    if (!ActionsEnabled || (state === 'OK' && previous.state !== 'ALARM')) return;
    for (const topic of actions) page(topic, `${state}: ${rule.name}: ${AlarmDescription ?? ''} (${reason})`);
  };
  const rules = readAlarms(stack, store);
  const alarms = openAlarms({ rules, startedAt: Date.now(), everyMs: alarmEveryMs, onChange });
  checkActions(alarms);

  return {
    ...reports(store),
    store,
    alarms,
    changes: (): readonly AlarmChange[] => changes,
    operations: cloudWatchOperations(store, alarms),
    lines: (logGroup: string, lines: readonly string[]): void => {
      for (const line of lines) recordLine(logGroup, line);
    },
    /** Where the changes of alarms are put as events. */
    sendChangesTo: (put: (event: CloudEvent) => void): void => {
      putEvent = put;
    },
    /** Samples the queues and evaluates the alarms now. */
    evaluate: (now?: number): void => {
      watched.sample();
      alarms.evaluate(now);
    },
    stop: (): void => {
      watched.stop();
      alarms.stop();
    },
  };
};
