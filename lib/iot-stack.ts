/** The devices: the rule that sends their messages to the argo queue. A separate stack: Jakarta has no IoT Core. */

import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnPolicy, CfnTopicRule } from 'aws-cdk-lib/aws-iot';
import { ArnFormat, CfnOutput, DefaultStackSynthesizer, Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { DeadLetters } from './dead-letters.ts';
import { Pager } from './pager.ts';
import { PromiseAlarm } from './promise-alarm.ts';
import { named, type StageContext } from './stage-context.ts';
import type { Stage } from './stages.ts';

/** Car and device are of the connection, never of the payload; the time of receipt is the rule's own. */
export const sql = [
  'SELECT kind, sequence, boot, deviceTime, position, fare,',
  'topic(3) AS car, clientid() AS device, timestamp() AS receivedAt',
  "FROM 'tuntas/cars/+/argo'",
].join(' ');

/** A variable of IoT policies: what is registered of the thing that connects. */
const ofThing = (what: string): string => `\${iot:Connection.Thing.${what}}`;

export class IotStack extends Stack {
  constructor(scope: Construct, stage: Stage) {
    super(scope, `tuntas-${stage.name}-devices`, {
      description: `Tuntas, the devices in the cars: stage ${stage.name}`,
      terminationProtection: stage.protected,
      env: { region: stage.devicesRegion, ...(stage.account ? { account: stage.account } : {}) },
      synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }),
    });
    const own = { ...stage, name: `${stage.name}-devices` };
    const context: StageContext = { stage: own, pager: new Pager(this, 'DevicesPager', { stage: own }).topic };
    const { region } = stage;
    const queueName = named({ stage }, 'argo');
    const queueArn = this.formatArn({
      service: 'sqs',
      region,
      resource: queueName,
      arnFormat: ArnFormat.NO_RESOURCE_NAME,
    });

    const refused = new DeadLetters(this, 'Refused', {
      context,
      of: 'argo-rule',
      runbook: 'ezpay.md#the-rule-could-not-hand-reports-over',
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('iot.amazonaws.com'),
      description: 'Hands what devices report to the argo queue, or to the dead letters of the rule',
    });
    role.addToPolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [queueArn, refused.queueArn] }));

    const ruleName = named({ stage }, 'argo').replaceAll('-', '_');
    new CfnTopicRule(this, 'Argo', {
      ruleName,
      topicRulePayload: {
        awsIotSqlVersion: '2016-03-23',
        description: 'What the argos report',
        sql,
        actions: [
          {
            sqs: {
              queueUrl: `https://sqs.${region}.${this.urlSuffix}/${this.account}/${queueName}`,
              roleArn: role.roleArn,
              useBase64: false,
            },
          },
        ],
        errorAction: { sqs: { queueUrl: refused.queueUrl, roleArn: role.roleArn, useBase64: false } },
      },
    });

    // An error of the SQL goes to no error action: what is not JSON is gone, so at least it is known.
    new PromiseAlarm(this, 'Unreadable', {
      context,
      promise: 'messages-of-devices-can-be-read',
      description: 'A device sent what is not JSON; the rule could not read it, and it is lost.',
      runbook: 'ezpay.md#devices-send-what-cannot-be-read',
      metric: new Metric({
        namespace: 'AWS/IoT',
        metricName: 'ParseError',
        dimensionsMap: { RuleName: ruleName },
        statistic: 'Sum',
        period: Duration.minutes(5),
      }),
      above: 0,
    });

    // A device connects as itself and publishes for the car it is mounted in, which its thing names; it reads nothing.
    new CfnPolicy(this, 'Device', {
      policyName: named({ stage }, 'device'),
      policyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 'iot:Connect', Resource: this.iot('client', ofThing('ThingName')) },
          {
            Effect: 'Allow',
            Action: 'iot:Publish',
            Resource: this.iot('topic', `tuntas/cars/${ofThing('Attributes[car]')}/argo`),
          },
        ],
      },
    });
    new CfnOutput(this, 'RefusedUrl', { value: refused.queueUrl });
  }

  private iot(resource: 'client' | 'topic', resourceName: string): string {
    return this.formatArn({ service: 'iot', resource, resourceName });
  }
}
