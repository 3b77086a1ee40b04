/** The topic that pages people: encrypted with a key that CloudWatch may use, and reached over TLS only. */
import { AccountRootPrincipal, PolicyDocument, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { ArnFormat, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { named } from './stage-context.ts';
import type { Stage } from './stages.ts';

const administration = [
  'CancelKeyDeletion',
  'DescribeKey',
  'DisableKey',
  'EnableKey',
  'EnableKeyRotation',
  'GetKeyPolicy',
  'GetKeyRotationStatus',
  'ListResourceTags',
  'PutKeyPolicy',
  'ScheduleKeyDeletion',
  'TagResource',
  'UntagResource',
  'UpdateKeyDescription',
];

export class Pager extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { stage }: { readonly stage: Stage }) {
    super(scope, id);
    const ours = this.alarmsOf(stage);
    // The key AWS manages for SNS does not let CloudWatch publish: pages would be lost without a sign.
    const key = new Key(this, 'Key', {
      description: `Pages of Tuntas ${stage.name}`,
      enableKeyRotation: true,
      pendingWindow: Duration.days(7),
      removalPolicy: RemovalPolicy.DESTROY,
      policy: new PolicyDocument({
        statements: [
          new PolicyStatement({
            sid: 'AccountAdministers',
            principals: [new AccountRootPrincipal()],
            actions: administration.map((action) => `kms:${action}`),
            resources: ['*'],
          }),
          new PolicyStatement({
            sid: 'AlarmsEncrypt',
            principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
            actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
            resources: ['*'],
            conditions: ours,
          }),
        ],
      }),
    });
    this.topic = new Topic(this, 'Topic', { topicName: named({ stage }, 'pages'), masterKey: key, enforceSSL: true });
    // A topic with its own policy has lost the default one, which let the alarms of the account in.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsPublish',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: ours,
      }),
    );
    for (const address of stage.pages)
      Validations.of(this.topic.addSubscription(new EmailSubscription(address))).acknowledge({
        id: 'Serverless-SNSRedrivePolicy',
        reason:
          'SNS repeats a mail for six hours; a queue of pages that were not delivered would itself need a page, ' +
          'and the alarm stays visible',
      });
  }

  private alarmsOf(stage: Stage): Record<string, Record<string, string>> {
    const stack = Stack.of(this);
    const alarms = stack.formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: named({ stage }, '*'),
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    return { StringEquals: { 'aws:SourceAccount': stack.account }, ArnLike: { 'aws:SourceArn': alarms } };
  }
}
