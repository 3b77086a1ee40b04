/** The stages differ in figures, never in what they are made of; production keeps what must not be lost. */
import { App } from 'aws-cdk-lib/core';
import { describe, expect, it } from 'vitest';
import { IotStack } from '../../lib/iot-stack.ts';
import { checkedName } from '../../lib/stages.ts';
import { stages, stageWith } from './stages.ts';
import { stackOf, synthesize } from './synth.ts';
import { devicesOf, fixedNameOf, nameOf, type Resource, templateFrom, templateOf } from './template.ts';

const templates = Object.fromEntries((['local', 'dev', 'prod'] as const).map((stage) => [stage, templateOf(stage)]));
/** Types and ids, but for who is paged; ids hold the stage's name where CDK makes them from the path. */
const shape = (name: keyof typeof stages) =>
  templates[name]?.all
    .filter(({ Type }) => Type !== 'AWS::SNS::Subscription')
    .map(({ id, Type }) => `${Type} ${id.replaceAll(`tuntas${name}`, '').replaceAll(/[0-9A-F]{8}/g, '')}`)
    .toSorted();
const tablesOf = (name: keyof typeof stages): readonly Resource[] => templates[name]?.of('DynamoDB::Table') ?? [];

describe('the stages', () => {
  it('are made of the same resources', () => {
    expect(shape('local')).toEqual(shape('dev'));
    expect(shape('prod')).toEqual(shape('dev'));
  });

  it('are told apart by name, and by nothing when the name is wrong', () => {
    expect(checkedName('prod')).toBe('prod');
    expect(() => checkedName('production')).toThrow('there is no stage "production", only local, dev, prod');
  });

  it('need no custom resource, and no value at deployment', () => {
    for (const { all, parameters } of Object.values(templates)) {
      expect(all.filter(({ Type }) => /^Custom::|CustomResource|^AWS::CDK/.test(Type))).toEqual([]);
      expect(parameters).toEqual({});
    }
  });

  it('carry the application and the stage as tags on every table, function and queue', () => {
    for (const [name, { of }] of Object.entries(templates))
      for (const { Properties } of [...of('DynamoDB::Table'), ...of('Lambda::Function'), ...of('SQS::Queue')])
        expect(Properties.Tags).toEqual([
          { Key: 'application', Value: 'tuntas' },
          { Key: 'stage', Value: name },
        ]);
  });
});

describe('production', () => {
  const prod = templateOf('prod');
  const kept = [...prod.of('DynamoDB::Table'), ...prod.of('Logs::LogGroup'), ...prod.of('SQS::Queue')];

  it('keeps its tables, logs and queues when the stack is deleted or replaces them', () => {
    for (const one of kept)
      expect([nameOf(one), one.DeletionPolicy, one.UpdateReplacePolicy]).toEqual([
        nameOf(one),
        'RetainExceptOnCreate',
        'Retain',
      ]);
  });

  it('can be deployed again after a failed first deployment: no fixed name is left, the stack can be deleted', () => {
    const all = [...prod.all, ...devicesOf('prod').all];
    const fixed = all.filter((one) => fixedNameOf(one) !== undefined);
    expect(fixed.length).toBeGreaterThan(150);
    expect(fixed.filter(({ DeletionPolicy }) => DeletionPolicy === 'Retain').map(nameOf)).toEqual([]);
    for (const { Properties } of prod.of('DynamoDB::Table')) expect(Properties.DeletionProtectionEnabled).toBe(false);
    expect(stackOf(stages.prod).stack.terminationProtection).toBe(false);
  });

  it('is protected as soon as its settings say so: neither a stack nor a table can be deleted', () => {
    const stage = stageWith('prod', { protected: true });
    for (const { Properties } of templateFrom(synthesize(stage)).of('DynamoDB::Table'))
      expect(Properties.DeletionProtectionEnabled).toBe(true);
    expect(stackOf(stage).stack.terminationProtection).toBe(true);
    expect(new IotStack(new App(), stage).terminationProtection).toBe(true);
  });
});

describe('every table', () => {
  it.each(Object.keys(stages) as (keyof typeof stages)[])(
    'of %s can be restored to any second, is encrypted and billed by use',
    (name) => {
      expect(tablesOf(name)).toHaveLength(2);
      for (const { Properties } of tablesOf(name))
        expect(Properties).toMatchObject({
          BillingMode: 'PAY_PER_REQUEST',
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          SSESpecification: { SSEEnabled: true },
          TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        });
    },
  );

  it('is not indexed by a status: a hot index partition would throttle its table', () => {
    const indexes = tablesOf('dev').map(({ Properties }) =>
      Properties.GlobalSecondaryIndexes.map(({ IndexName, KeySchema }: Resource['Properties']) => [
        IndexName,
        ...KeySchema.map(({ AttributeName }: { AttributeName: string }) => AttributeName),
      ]),
    );
    expect(indexes).toEqual([
      [
        ['due', 'dueShard', 'dueAt'],
        ['cell', 'cell', 'reportedAt'],
      ],
      [['asked', 'driverId', 'claimedAt']],
    ]);
  });
});
