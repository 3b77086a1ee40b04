/** What a topic rule does with a message that its queue refuses or that cannot be written, and what it refuses. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Local } from '../../../../local/cloud/cloud.ts';
import { connect } from '../../../../local/fleet/connection.ts';
import { queue } from '../../support/small-cloud.ts';
import { policy, rule, smallDevices } from '../../support/small-devices.ts';

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('a device whose message is nested', () => {
  const cloud = smallDevices({ ...rule(), ...policy() });
  let local: Local;
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

describe('a topic rule whose queue does not take the message', () => {
  it('sends it unchanged to the error action, with the failure', async () => {
    const errorAction = rule({ ErrorAction: { Sqs: { QueueUrl: { Ref: 'Refused' } } } });
    const cloud = smallDevices({ ...errorAction, ...policy(), ...queue('Refused') }, { MaximumMessageSize: 1_024 });
    const local = await cloud.start();
    const meter = await connect({ url: local.ready.mqtt, thing: 'meter-B1' });
    const payload = JSON.stringify({ kind: 'x'.repeat(2_000) });
    await meter.publish('tuntas/cars/B1/argo', payload);
    const [refused] = local.hooks.queue('refused').stored.messages.map(({ body }) => JSON.parse(body));
    expect(refused).toEqual({
      ruleName: 'small_argo',
      topic: 'tuntas/cars/B1/argo',
      clientId: 'meter-B1',
      base64OriginalPayload: Buffer.from(payload).toString('base64'),
      failures: [
        { failedAction: 'SqsAction', failedResource: 'small-argo', errorMessage: expect.stringContaining('too long') },
      ],
    });
    expect(local.hooks.queue('argo').stored.messages).toEqual([]);
    expect(
      local.hooks.metric({ namespace: 'AWS/IoT', name: 'Failure', dimensions: { RuleName: 'small_argo' } }, 'Sum'),
    ).toBe(1);
    await meter.close();
    await local.stop();
    cloud.remove();
  });
});

describe('a template of devices that is not known', () => {
  it.each([
    [
      'a rule for a queue that is not there',
      { ...rule({ Actions: [{ Sqs: { QueueUrl: 'https://sqs/1/other' } }] }), ...policy() },
      'has no queue https://sqs/1/other',
    ],
    [
      'another action',
      { ...rule({ Actions: [{ Lambda: { FunctionArn: 'arn' } }] }), ...policy() },
      'Rule (AWS::IoT::TopicRule)',
    ],
    ['another SQL version', { ...rule({ AwsIotSqlVersion: '2015-10-08' }), ...policy() }, 'AwsIotSqlVersion'],
    [
      'a policy variable',
      {
        ...rule(),
        ...policy({
          Effect: 'Allow',
          Action: 'iot:Connect',
          Resource: `arn:aws:iot:r:0:client/\${iot:Certificate.Subject}`,
        }),
      },
      'iot:Certificate.Subject',
    ],
    [
      'a policy that lets devices read',
      { ...rule(), ...policy({ Effect: 'Allow', Action: 'iot:Subscribe', Resource: '*' }) },
      'iot:Subscribe',
    ],
    [
      'an action of a policy',
      { ...rule(), ...policy({ Effect: 'Allow', Action: 'iot:GetThingShadow', Resource: '*' }) },
      'iot:GetThingShadow',
    ],
    ['a name that the other stack has too', { ...rule(), ...policy(), ...queue('Argo') }, 'both stacks have a Argo'],
  ])('stops the start with what it is: %s', async (_, devices, reason) => {
    const cloud = smallDevices(devices);
    await expect(cloud.start()).rejects.toThrow(reason);
    cloud.remove();
  });
});
