/** The synthesized template of a stage, as plain values that rules can be read from. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { root } from './sources.ts';
import { stages } from './stages.ts';

export { root, stages };

// biome-ignore lint/suspicious/noExplicitAny: a template is JSON whose shape depends on the resource type
export type Properties = Record<string, any>;
export type Resource = {
  readonly id: string;
  readonly Type: string;
  readonly Properties: Properties;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
};
export type Statement = {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: Properties;
  readonly Principal?: unknown;
};
export type Template = {
  readonly all: readonly Resource[];
  readonly of: (type: string) => readonly Resource[];
  /** The one resource of the type whose name ends so. */
  readonly named: (type: string, name: string) => Resource;
  /** The resource a Ref or an Fn::GetAtt points to. */
  readonly at: (reference: unknown) => Resource;
  readonly outputs: Properties;
  readonly parameters: Properties;
};

export const nameOf = ({ Properties: p }: Resource): string =>
  String(
    p.FunctionName ??
      p.QueueName ??
      p.TableName ??
      p.AlarmName ??
      p.LogGroupName ??
      p.Name ??
      p.RouteKey ??
      p.DashboardName ??
      '',
  );

/** The template of a stage, as the set-up of the lane synthesized it. */
export const templateOf = (stage: keyof typeof stages): Template => templateFrom(synthesized(`${stage}.json`));

/** The stack of the devices. */
export const devicesOf = (stage: keyof typeof stages): Template => templateFrom(synthesized(`${stage}-devices.json`));

export const synthesized = (name: string): Properties =>
  JSON.parse(readFileSync(join(inject('templates'), name), 'utf8'));

export const templateFrom = (template: Properties): Template => {
  const all = Object.entries(template.Resources as Record<string, Omit<Resource, 'id'>>).map(([id, resource]) => ({
    id,
    ...resource,
  }));
  const of = (type: string) => all.filter(({ Type }) => Type === `AWS::${type}`);
  return {
    all,
    of,
    named: (type, name) => {
      const found = of(type).filter((resource) => nameOf(resource).endsWith(name));
      if (found.length !== 1) throw new Error(`${found.length} resources of type ${type} are named …${name}`);
      return found[0] as Resource;
    },
    at: (reference) => {
      const { Ref, 'Fn::GetAtt': attribute } = reference as { Ref?: string; 'Fn::GetAtt'?: readonly [string, string] };
      const found = all.find(({ id }) => id === (Ref ?? attribute?.[0]));
      if (!found) throw new Error(`${JSON.stringify(reference)} points to no resource`);
      return found;
    },
    outputs: template.Outputs,
    parameters: template.Parameters ?? {},
  };
};

export const template = templateOf('dev');

/** The property that gives a resource of a type its fixed name, of which an account has one. */
const fixedName: Readonly<Record<string, string>> = {
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::Events::EventBus': 'Name',
  'AWS::Events::Rule': 'Name',
  'AWS::IoT::Policy': 'PolicyName',
  'AWS::IoT::TopicRule': 'RuleName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
};
/** Names that several resources of an account may share. */
const shared = new Set([
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::ApiGatewayV2::Stage',
  'AWS::IAM::Policy',
]);
/** Properties that end so and name something else. */
const ofOthers = new Set(['MetricName', 'LogGroupName', 'TableName', 'FunctionName', 'EventBusName']);

/** The fixed name a resource has in its account, with its type. */
export const fixedNameOf = ({ Type, Properties }: Resource): string | undefined => {
  const property = fixedName[Type];
  const name = property && Properties[property];
  if (name !== undefined) return `${Type} ${text(name)}`;
  const unknown = Object.keys(Properties ?? {}).find((key) => /Name$/.test(key) && !ofOthers.has(key));
  if (unknown && !shared.has(Type)) throw new Error(`is ${unknown} of ${Type} a name an account has once? Say so here`);
  return undefined;
};

export const list = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as T];

/** Every statement of the identity policies, with the function whose role carries it. */
export const permissions = ({ of, at }: Template): readonly (Statement & { readonly role: string })[] =>
  of('IAM::Policy').flatMap(({ Properties: { PolicyDocument, Roles } }) =>
    (PolicyDocument.Statement as Statement[]).map((statement) => ({ ...statement, role: at(Roles[0]).id })),
  );

/** What a resource or condition names, as text: references stay visible as <LogicalId>. */
export const text = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(text).join(', ');
  const {
    Ref,
    'Fn::GetAtt': attribute,
    'Fn::Join': join,
  } = value as { Ref?: string; 'Fn::GetAtt'?: [string, string]; 'Fn::Join'?: [string, unknown[]] };
  if (Ref) return `<${Ref}>`;
  if (attribute) return `<${attribute[0]}.${attribute[1]}>`;
  if (join) return join[1].map(text).join(join[0]);
  return JSON.stringify(value);
};
