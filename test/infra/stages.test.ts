/** The stages differ in figures, never in what they are made of; production keeps what must not be lost. */
import { describe, expect, it } from 'vitest';
import { stageNamed } from '../../lib/stages.ts';
import { nameOf, type Resource, stackOf, stages, templateOf } from './template.ts';

const templates = Object.fromEntries(Object.values(stages).map((stage) => [stage.name, templateOf(stage)]));
/** Types and ids; ids hold the stage's name where CDK makes them from the path. */
const shape = (name: keyof typeof stages) =>
  templates[name]?.all.map(({ id, Type }) => `${Type} ${id.replaceAll(`tuntas${name}`, '').replaceAll(/[0-9A-F]{8}/g, '')}`).toSorted();
const tablesOf = (name: keyof typeof stages): readonly Resource[] => templates[name]?.of('DynamoDB::Table') ?? [];

describe('the stages', () => {
  it('are made of the same resources', () => {
    expect(shape('local')).toEqual(shape('dev'));
    expect(shape('prod')).toEqual(shape('dev'));
  });

  it('are told apart by name, and by nothing when the name is wrong', () => {
    expect(stageNamed('prod').name).toBe('prod');
    expect(() => stageNamed('production')).toThrow('there is no stage "production", only local, dev, prod');
  });

  it('need no account, no Region and no custom resource', () => {
    for (const { all } of Object.values(templates)) {
      expect(all.filter(({ Type }) => /^Custom::|CustomResource|^AWS::CDK/.test(Type))).toEqual([]);
      expect(JSON.stringify(all)).not.toMatch(/arn:aws:[^"]*:\d{12}:/);
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
  it('keeps its tables whatever happens to the stack', () => {
    for (const { DeletionPolicy, UpdateReplacePolicy, Properties } of tablesOf('prod')) {
      expect([DeletionPolicy, UpdateReplacePolicy, Properties.DeletionProtectionEnabled]).toEqual(['Retain', 'Retain', true]);
    }
    expect(stackOf(stages.prod).stack.terminationProtection).toBe(true);
  });

  it('keeps its logs and its queues', () => {
    const kept = [...(templates.prod?.of('Logs::LogGroup') ?? []), ...(templates.prod?.of('SQS::Queue') ?? [])];
    expect(kept.filter(({ DeletionPolicy }) => DeletionPolicy !== 'Retain').map(nameOf)).toEqual([]);
  });
});

describe('every table', () => {
  it.each(Object.keys(stages) as (keyof typeof stages)[])('of %s can be restored to any second, is encrypted and billed by use', (name) => {
    expect(tablesOf(name)).toHaveLength(2);
    for (const { Properties } of tablesOf(name))
      expect(Properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      });
  });

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
