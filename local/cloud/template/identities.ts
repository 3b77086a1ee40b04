/** What Ref and Fn::GetAtt give for each resource type: names as on AWS, addresses on this machine. */
import { type Addresses, account, region } from '../addresses.ts';
import type { Identity } from './resolve.ts';

export type Subject = {
  readonly id: string;
  readonly type: string;
  readonly property: (name: string) => string | undefined;
  readonly stackName: string;
  readonly addresses: Pick<Addresses, 'queue' | 'api' | 'functionUrl'>;
};

type Identify = (subject: Subject, arn: (service: string, rest: string) => string) => Identity;

const nameOf = ({ id, stackName, property }: Subject, key: string): string => property(key) ?? `${stackName}-${id}`;

const named =
  (key: string, service: string, path: (name: string) => string): Identify =>
  (subject, arn) => {
    const name = nameOf(subject, key);
    return { ref: name, attributes: { Arn: arn(service, path(name)), Name: name } };
  };

const idOnly: Identify = ({ id }) => ({ ref: id.toLowerCase(), attributes: { Id: id.toLowerCase() } });

const types: Readonly<Record<string, Identify>> = {
  'AWS::SQS::Queue': (subject, arn) => {
    const name = nameOf(subject, 'QueueName');
    const url = subject.addresses.queue(name);
    return { ref: url, attributes: { Arn: arn('sqs', name), QueueName: name, QueueUrl: url } };
  },
  'AWS::DynamoDB::Table': (subject, arn) => {
    const name = nameOf(subject, 'TableName');
    const own = arn('dynamodb', `table/${name}`);
    return { ref: name, attributes: { Arn: own, StreamArn: `${own}/stream/local` } };
  },
  'AWS::Lambda::Function': named('FunctionName', 'lambda', (name) => `function:${name}`),
  'AWS::Lambda::Url': ({ id, addresses, property }) => ({
    ref: property('TargetFunctionArn') ?? id,
    attributes: { FunctionUrl: addresses.functionUrl(id), FunctionArn: property('TargetFunctionArn') ?? id },
  }),
  'AWS::Events::EventBus': named('Name', 'events', (name) => `event-bus/${name}`),
  'AWS::Events::Rule': (subject, arn) => {
    const bus = subject.property('EventBusName') ?? 'default';
    const name = nameOf(subject, 'Name');
    const path = bus === 'default' ? name : `${bus.replace(/^.*event-bus\//, '')}/${name}`;
    return { ref: name, attributes: { Arn: arn('events', `rule/${path}`) } };
  },
  'AWS::ApiGatewayV2::Api': ({ id, addresses }) => ({
    ref: id.toLowerCase(),
    attributes: { ApiEndpoint: addresses.api(id), ApiId: id.toLowerCase() },
  }),
  'AWS::ApiGatewayV2::Stage': ({ id, property }) => ({ ref: property('StageName') ?? id, attributes: {} }),
  'AWS::ApiGatewayV2::Authorizer': ({ id }) => ({ ref: id, attributes: { AuthorizerId: id } }),
  'AWS::ApiGatewayV2::Integration': ({ id }) => ({ ref: id, attributes: {} }),
  'AWS::ApiGatewayV2::Route': ({ id }) => ({ ref: id, attributes: {} }),
  'AWS::Logs::LogGroup': named('LogGroupName', 'logs', (name) => `log-group:${name}:*`),
  'AWS::CloudWatch::Alarm': named('AlarmName', 'cloudwatch', (name) => `alarm:${name}`),
  'AWS::SNS::Topic': (subject, arn) => {
    const name = nameOf(subject, 'TopicName');
    const own = arn('sns', name);
    return { ref: own, attributes: { TopicArn: own, TopicName: name } };
  },
  'AWS::IAM::Role': (subject, arn) => {
    const name = nameOf(subject, 'RoleName');
    return { ref: name, attributes: { Arn: arn('iam', `role/${name}`), RoleId: name } };
  },
  'AWS::KMS::Key': ({ id }, arn) => ({ ref: id, attributes: { Arn: arn('kms', `key/${id}`), KeyId: id } }),
  'AWS::WAFv2::WebACL': ({ id }, arn) => ({
    ref: id,
    attributes: { Arn: arn('wafv2', `regional/webacl/${id}`), Id: id },
  }),
};

const global = new Set(['iam']);

export const identityOf = (subject: Subject): Identity => {
  const arn = (service: string, rest: string): string =>
    `arn:aws:${service}:${global.has(service) ? '' : region}:${account}:${rest}`;
  return (types[subject.type] ?? idOnly)(subject, arn);
};
