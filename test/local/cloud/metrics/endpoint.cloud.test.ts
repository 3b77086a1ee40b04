/** Metrics and alarms read with the CloudWatch client. */
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Local } from '../../../../local/cloud/cloud.ts';
import { type SmallCloud, smallCloud } from '../../support/small-cloud.ts';
import { clientAt, functions, reachOf, resources } from '../../support/small-facts.ts';

let cloud: SmallCloud;
let local: Local;
beforeAll(async () => {
  cloud = smallCloud(resources, functions);
  local = await cloud.start({ alarmEveryMs: 3_600_000 });
});
afterAll(async () => {
  await local.stop();
  cloud.remove();
});
const { send } = reachOf(() => local);
const client = () => new CloudWatchClient(clientAt(local.ready.cloudwatch));

describe('the metrics', () => {
  it('can be read with the CloudWatch client', async () => {
    await Promise.all(['a', 'b', 'c'].map((pk) => send('jobs', { pk })));
    await local.hooks.idle();
    const span = { StartTime: new Date(Date.now() - 600_000), EndTime: new Date(Date.now() + 60_000) };
    const Metric = { Namespace: 'Small', MetricName: 'Worked', Dimensions: [{ Name: 'service', Value: 'work' }] };
    const { Datapoints = [] } = await client().send(
      new GetMetricStatisticsCommand({ ...Metric, ...span, Period: 60, Statistics: ['Sum'] }),
    );
    const sum = Datapoints.reduce((total, { Sum = 0 }) => total + Sum, 0);
    expect(sum).toBe(3);
    const { MetricDataResults } = await client().send(
      new GetMetricDataCommand({
        ...span,
        MetricDataQueries: [
          { Id: 'worked', MetricStat: { Metric, Period: 3600, Stat: 'Sum' }, ReturnData: false },
          { Id: 'twice', Expression: '2 * worked', Period: 3600 },
        ],
      }),
    );
    expect(MetricDataResults?.[0]?.Values?.reduce((total, value) => total + value, 0)).toBe(6);
  });
});

describe('an alarm', () => {
  it('is listed with its state, which can be set', async () => {
    const states = async () => {
      const { MetricAlarms = [] } = await client().send(new DescribeAlarmsCommand({}));
      return MetricAlarms.map(({ AlarmName, StateValue, StateReason }) => [AlarmName, StateValue, StateReason]);
    };
    await send('jobs', { pk: 'never' });
    await local.hooks.idle();
    local.hooks.evaluateAlarms();
    expect(await states()).toEqual([['small-dead', 'ALARM', expect.stringContaining('Threshold Crossed: 1 of 1')]]);
    const StateReason = 'set by hand';
    await client().send(new SetAlarmStateCommand({ AlarmName: 'small-dead', StateValue: 'OK', StateReason }));
    expect(await states()).toEqual([['small-dead', 'OK', 'set by hand']]);
  });
});
