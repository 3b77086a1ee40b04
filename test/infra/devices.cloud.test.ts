/** The stack of the devices: where it may stand, what its rule says, and what a device may do. */
import { describe, expect, it } from 'vitest';
import { devicesOf, type Properties, stages, text } from './template.ts';

const of = (type: string): readonly Properties[] =>
  devicesOf('dev')
    .of(type)
    .map((one) => one.Properties);
const only = (type: string): Properties => {
  const found = of(type);
  expect(found).toHaveLength(1);
  return found[0] as Properties;
};

describe('the stack of the devices', () => {
  it('is in a region with IoT Core, and sends to the queue in the region of the orders', () => {
    expect(stages.dev.devicesRegion).toBe('ap-southeast-1');
    expect(text(only('IoT::TopicRule').TopicRulePayload.Actions[0].Sqs.QueueUrl)).toBe(
      'https://sqs.ap-southeast-3.<AWS::URLSuffix>/000000000000/tuntas-dev-argo',
    );
  });

  it('[EZP-1] has car and device from the connection, the time of receipt from the rule, none from the payload', () => {
    const { Sql, AwsIotSqlVersion, RuleDisabled = false } = only('IoT::TopicRule').TopicRulePayload;
    expect([AwsIotSqlVersion, RuleDisabled]).toEqual(['2016-03-23', false]);
    expect(Sql).toBe(
      'SELECT kind, sequence, boot, deviceTime, position, fare, ' +
        "topic(3) AS car, clientid() AS device, timestamp() AS receivedAt FROM 'tuntas/cars/+/argo'",
    );
  });

  it('loses nothing: what the rule cannot hand over goes to a queue kept 14 days, with an alarm', () => {
    expect(only('IoT::TopicRule').TopicRulePayload.ErrorAction.Sqs).toBeDefined();
    expect(only('SQS::Queue').MessageRetentionPeriod).toBe(14 * 24 * 3_600);
    const alarms = of('CloudWatch::Alarm');
    expect(alarms.map(({ MetricName }) => MetricName)).toEqual(['ApproximateNumberOfMessagesVisible', 'ParseError']);
  });

  it('[OPS-8] lets a device connect as itself and publish for its car alone, and read nothing', () => {
    const statements = only('IoT::Policy').PolicyDocument.Statement as Properties[];
    expect(statements.map(({ Action }) => Action)).toEqual(['iot:Connect', 'iot:Publish']);
    expect(JSON.stringify(statements[1]?.Resource)).toMatch(
      /:topic\/tuntas\/cars\/\$\{iot:Connection\.Thing\.Attributes\[car\]\}\/argo"/,
    );
  });
});
