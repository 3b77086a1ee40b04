/** A small stack of devices: one topic rule that fills a queue, and the policy of a thing for its car. */
import { lambda, queue, type Resources, type SmallCloud, smallCloud } from './small-cloud.ts';

const argoFields =
  'kind, sequence, position AS place, topic(3) AS car, clientid() AS device, timestamp() AS receivedAt';
export const argoSql = `SELECT ${argoFields} FROM 'tuntas/cars/+/argo'`;
const ofThing = (what: string): string => `\${iot:Connection.Thing.${what}}`;
export const rule = (more: object = {}): Resources => ({
  Rule: {
    Type: 'AWS::IoT::TopicRule',
    Properties: {
      RuleName: 'small_argo',
      TopicRulePayload: {
        Sql: argoSql,
        AwsIotSqlVersion: '2016-03-23',
        Actions: [
          {
            Sqs: { QueueUrl: 'https://sqs.ap-southeast-3.amazonaws.com/000000000000/small-argo', RoleArn: 'arn:role' },
          },
        ],
        ...more,
      },
    },
  },
});
export const policy = (...more: readonly object[]): Resources => ({
  Policy: {
    Type: 'AWS::IoT::Policy',
    Properties: {
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'iot:Connect',
            Resource: `arn:aws:iot:ap-southeast-1:000000000000:client/${ofThing('ThingName')}`,
          },
          {
            Effect: 'Allow',
            Action: 'iot:Publish',
            Resource: `arn:aws:iot:ap-southeast-1:000000000000:topic/tuntas/cars/${ofThing('Attributes[car]')}/argo`,
          },
          ...more,
        ],
      },
    },
  },
});
/** @param argo properties of the queue of the rule */
export const smallDevices = (devices: Resources, argo: Readonly<Record<string, unknown>> = {}): SmallCloud => {
  const any = { Any: 'export const handler = async () => {};' };
  return smallCloud({ ...lambda('Any'), ...queue('Argo', argo) }, any, {}, devices);
};
