/** A device that sends JSON nested deeper than it can be written again: it is acknowledged, and holds up nothing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../../../local/fleet/connection.ts';
import { lambda, queue, type Resources, smallCloud } from '../../support/small-cloud.ts';

const all = (resource: string) => `arn:aws:iot:ap-southeast-1:000000000000:${resource}/*`;
const devices: Resources = {
  Rule: {
    Type: 'AWS::IoT::TopicRule',
    Properties: {
      RuleName: 'small_argo',
      TopicRulePayload: {
        Sql: "SELECT kind, sequence, position FROM 'tuntas/cars/+/argo'",
        AwsIotSqlVersion: '2016-03-23',
        Actions: [
          { Sqs: { QueueUrl: 'https://sqs.ap-southeast-3.amazonaws.com/000000000000/small-argo', RoleArn: 'r' } },
        ],
      },
    },
  },
  Policy: {
    Type: 'AWS::IoT::Policy',
    Properties: {
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 'iot:Connect', Resource: all('client') },
          { Effect: 'Allow', Action: 'iot:Publish', Resource: all('topic') },
        ],
      },
    },
  },
};
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('a device whose message is nested', () => {
  const any = { Any: 'export const handler = async () => {};' };
  const cloud = smallCloud({ ...lambda('Any'), ...queue('Argo') }, any, {}, devices);
  let local: Awaited<ReturnType<typeof cloud.start>>;
  beforeAll(async () => {
    local = await cloud.start();
  });
  afterAll(async () => {
    await local.stop();
    cloud.remove();
  });
  const counted = (name: string): number =>
    local.hooks.metric({ namespace: 'AWS/IoT', name, dimensions: { RuleName: 'small_argo' } }, 'Sum') ?? 0;

  it.each([5_000, 60_000])(
    '[EZP-1] %i levels deep is acknowledged and counted, and what it sends next arrives',
    async (depth) => {
      const before = counted('ParseError') + counted('Success');
      const meter = await connect({ url: local.ready.mqtt, thing: 'meter-B1' });
      await meter.publish('tuntas/cars/B1/argo', `{"kind":"PING","sequence":1,"position":${nested(depth)}}`);
      await meter.publish('tuntas/cars/B1/argo', `{"kind":"PING","sequence":${depth}}`);
      const bodies = local.hooks.queue('argo').stored.messages.map(({ body }) => body);
      expect(JSON.parse(bodies.at(-1) ?? '')).toMatchObject({ sequence: depth });
      expect(counted('ParseError') + counted('Success')).toBe(before + 2);
      expect(meter.isOpen()).toBe(true);
      await meter.close();
    },
  );
});
