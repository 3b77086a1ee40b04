/** The alarms as one machine evaluates them: each goes off when its promise breaks, and is silent otherwise. */
import { describe, expect, it } from 'vitest';
import { readAlarms } from '../../local/cloud/metrics/alarm-template.ts';
import { judge } from '../../local/cloud/metrics/alarms.ts';
import { lineMetrics } from '../../local/cloud/metrics/lines.ts';
import { type Dimensions, openMetrics } from '../../local/cloud/metrics/store.ts';
import type { Template } from '../../local/cloud/template/assembly.ts';
import { openStack } from '../../local/cloud/template/stack.ts';
import { synthesized } from './template.ts';

const template: Partial<Template> = synthesized('local.json');
const stack = openStack({
  assembly: {
    stackName: 'tuntas-local',
    template: { Parameters: {}, Conditions: {}, Mappings: {}, Resources: {}, Outputs: {}, ...template },
    assetFolder: (key) => key,
  },
  addresses: { queue: (name) => name, api: (id) => id, functionUrl: (id) => id },
});

const minute = 60_000;
const start = Date.parse('2026-11-21T05:00:00Z');
const now = start + 60 * minute;
const refOf = (type: string, isIt: (properties: Record<string, unknown>) => boolean = () => true): string => {
  const found = Object.entries(template.Resources ?? {}).find(
    ([, { Type, Properties = {} }]) => Type === type && isIt(Properties),
  );
  if (!found) throw new Error(`there is no ${type}`);
  return stack.identify(found[0]).ref;
};
const http = refOf('AWS::ApiGatewayV2::Api', ({ ProtocolType }) => ProtocolType === 'HTTP');
const webSocket = refOf('AWS::ApiGatewayV2::Api', ({ ProtocolType }) => ProtocolType === 'WEBSOCKET');

type World = {
  /** A line of the log, as a function writes it. */
  readonly logs: (service: string, metrics: Readonly<Record<string, number>>, minutesAgo?: number) => void;
  readonly measures: (metric: string, dimensions: Dimensions, value: number) => void;
};

const stateAfter = (promise: string, happens: (world: World) => void): string => {
  const store = openMetrics(() => now);
  const line = lineMetrics(stack, store);
  happens({
    logs: (service, metrics, minutesAgo = 1) =>
      line(
        'any',
        JSON.stringify({
          service,
          ...metrics,
          _aws: {
            Timestamp: now - minutesAgo * minute,
            CloudWatchMetrics: [
              {
                Namespace: 'Tuntas/local',
                Dimensions: [['service']],
                Metrics: Object.keys(metrics).map((Name) => ({ Name })),
              },
            ],
          },
        }),
      ),
    measures: (metric, dimensions, value) => {
      const [namespace = '', name = ''] = metric.split(' ');
      store.record({ namespace, name, dimensions }, value, now - minute);
    },
  });
  const rule = readAlarms(stack, store).find(({ name }) => name === `tuntas-local-${promise}`);
  if (!rule) throw new Error(`there is no alarm ${promise}`);
  return judge(rule, now, start).state;
};

const times = (count: number, what: () => void): void => {
  for (let i = 0; i < count; i += 1) what();
};

describe('an alarm', () => {
  it.each<[string, string, (world: World) => void]>([
    ['the-gateway-answers', 'the breaker opened', ({ logs }) => logs('payments', { BreakerOpened: 1 })],
    ['nobody-pays-an-order-twice', 'money came twice', ({ logs }) => logs('payments', { PaidTwice: 1 })],
    ['orders-are-paid-and-even', 'an order is overdue', ({ logs }) => logs('payments', { OrderMoneyOverdue: 1 })],
    [
      'payments-are-not-charged-back',
      'a bank took a payment back',
      ({ logs }) => logs('payments', { ChargebackRecorded: 1 }),
    ],
    ['refunds-have-a-balance', 'a refund was put off', ({ logs }) => logs('payments', { RefundWithoutBalance: 1 })],
    [
      'deadlines-are-met-in-time',
      'a ride’s deadline came a minute late',
      ({ logs }) => logs('ops', { DeadlineLate: 61_000 }),
    ],
    [
      'deadlines-are-met-in-time',
      'a payment’s deadline came a minute late',
      ({ logs }) => logs('payments', { DeadlineLate: 61_000 }),
    ],
    ['facts-reach-the-bus', 'a fact was kept', ({ logs }) => logs('platform', { FactKept: 1 })],
    [
      'overdue-items-fit-the-sweep',
      'items were left over for 15 minutes',
      ({ logs }) => {
        for (const minutesAgo of [1, 6, 11]) logs('ops', { SweepDeferred: 1 }, minutesAgo);
      },
    ],
    [
      'http-api-answers',
      '2 of 100 requests failed',
      ({ measures }) => {
        times(100, () => measures('AWS/ApiGateway Count', { ApiId: http, Stage: '$default' }, 1));
        times(2, () => measures('AWS/ApiGateway 5xx', { ApiId: http, Stage: '$default' }, 1));
      },
    ],
    [
      'websocket-api-answers',
      'six connections failed, three by each kind of error',
      ({ measures }) => {
        times(3, () => measures('AWS/ApiGateway IntegrationError', { ApiId: webSocket, Stage: 'live' }, 1));
        times(3, () => measures('AWS/ApiGateway ExecutionError', { ApiId: webSocket, Stage: 'live' }, 1));
      },
    ],
    [
      'dispatch-api-is-not-throttled',
      'six calls did not run',
      ({ measures }) =>
        times(6, () => measures('AWS/Lambda Throttles', { FunctionName: 'tuntas-local-dispatch-api' }, 1)),
    ],
    [
      'state-table-is-not-throttled',
      'eleven writes of an index were throttled',
      ({ measures }) =>
        measures(
          'AWS/DynamoDB WriteThrottleEvents',
          { TableName: 'tuntas-local-state', GlobalSecondaryIndexName: 'cell' },
          11,
        ),
    ],
  ])('[OPS-3] %s goes off when %s', (promise, _, happens) => expect(stateAfter(promise, happens)).toBe('ALARM'));

  it.each<[string, string, (world: World) => void]>([
    ['deadlines-are-met-in-time', 'all come within a minute', ({ logs }) => logs('payments', { DeadlineLate: 59_000 })],
    [
      'http-api-answers',
      '1 of 100 requests failed',
      ({ measures }) => {
        times(100, () => measures('AWS/ApiGateway Count', { ApiId: http, Stage: '$default' }, 1));
        measures('AWS/ApiGateway 5xx', { ApiId: http, Stage: '$default' }, 1);
      },
    ],
    ['http-api-answers', 'nobody asks', () => undefined],
    [
      'websocket-api-answers',
      'apps with wrong tokens are refused',
      ({ measures }) => times(50, () => measures('AWS/ApiGateway ClientError', { ApiId: webSocket, Stage: 'live' }, 1)),
    ],
    ['state-table-is-not-throttled', 'nothing is throttled', () => undefined],
    [
      'overdue-items-fit-the-sweep',
      'items were left over for 10 minutes',
      ({ logs }) => {
        for (const minutesAgo of [1, 6]) logs('ops', { SweepDeferred: 1 }, minutesAgo);
      },
    ],
    ['nobody-pays-an-order-twice', 'a payment is settled', ({ logs }) => logs('payments', { PaymentSettled: 1 })],
  ])('%s is silent while %s', (promise, _, happens) => expect(stateAfter(promise, happens)).toBe('OK'));
});
