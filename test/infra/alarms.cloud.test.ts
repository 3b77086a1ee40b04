/** Alarms are promises: each pages, and each names the runbook heading that says what to do. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { devicesOf, nameOf, type Properties, root, type Statement, template, text } from './template.ts';

const { of, named, at } = template;
const alarms = of('CloudWatch::Alarm');
const ofDevices = devicesOf('dev').of('CloudWatch::Alarm');
const runbooks = globSync('docs/runbooks/*.md', { cwd: root });

/** As GitHub makes the anchor of a heading. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');

const headings = runbooks.flatMap((path) =>
  [...readFileSync(join(root, path), 'utf8').matchAll(/^## (.+)$/gm)].map(
    ([, heading]) => `docs/runbooks/${basename(path)}#${anchor(heading as string)}`,
  ),
);
const runbookOf = (description: string): string => / Runbook: (\S+)$/.exec(description)?.[1] ?? 'none';

describe('every alarm', () => {
  it.each([...alarms, ...ofDevices].map((alarm) => [nameOf(alarm), alarm.Properties] as const))(
    '%s names the heading of a runbook',
    (name, { AlarmDescription }) => {
      expect(name).toMatch(/^tuntas-dev-[a-z-]+$/);
      expect(headings).toContain(runbookOf(AlarmDescription));
    },
  );

  it('has a name of its own', () => expect(new Set(alarms.map(nameOf)).size).toBe(alarms.length));

  it('pages when it goes off and when it is over', () => {
    const pages = [{ Ref: of('SNS::Topic')[0]?.id }];
    for (const { Properties } of alarms)
      expect([Properties.AlarmActions, Properties.OKActions]).toEqual([pages, pages]);
  });
});

describe('every runbook heading', () => {
  it.each(headings)('%s belongs to an alarm', (heading) => {
    expect([...alarms, ...ofDevices].map(({ Properties }) => runbookOf(Properties.AlarmDescription))).toContain(
      heading,
    );
  });
});

describe('the pager', () => {
  const [topic] = of('SNS::Topic');
  const statements = of('SNS::TopicPolicy').flatMap(
    ({ Properties }) => Properties.PolicyDocument.Statement as Statement[],
  );
  const ours = (condition: Properties | undefined) => text(condition?.ArnLike['aws:SourceArn']);

  it('lets the alarms of this stage publish, on the topic and with its key', () => {
    const key = at(topic?.Properties.KmsMasterKeyId).Properties.KeyPolicy.Statement as Statement[];
    for (const [allowed, action] of [
      [statements, 'sns:Publish'],
      [key, 'kms:GenerateDataKey'],
      [key, 'kms:Decrypt'],
    ] as const) {
      const statement = allowed.find(({ Effect, Action }) => Effect === 'Allow' && [Action].flat().includes(action));
      expect(statement?.Principal).toEqual({ Service: 'cloudwatch.amazonaws.com' });
      expect(ours(statement?.Condition)).toMatch(/:alarm:tuntas-dev-\*$/);
    }
  });

  it('is reached over TLS only', () =>
    expect(statements).toContainEqual(
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    ));
});

describe('the promises of dispatch', () => {
  const fiveMinutes = {
    Statistic: 'Sum',
    Period: 300,
    EvaluationPeriods: 1,
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
  };

  it('[DSP-9] a dispatch sent twice for a (ride, driver) in 5 minutes pages', () => {
    expect(named('CloudWatch::Alarm', '-no-duplicate-dispatch').Properties).toMatchObject({
      ...fiveMinutes,
      Namespace: 'Tuntas/dev',
      MetricName: 'DispatchDuplicate',
      Dimensions: [{ Name: 'service', Value: 'dispatch' }],
    });
  });

  it('[DSP-9] a dispatch sent after DECLINED in 5 minutes pages', () => {
    expect(named('CloudWatch::Alarm', '-no-dispatch-after-decline').Properties).toMatchObject({
      ...fiveMinutes,
      Namespace: 'Tuntas/dev',
      MetricName: 'DispatchAfterDecline',
    });
  });

  it('[DSP-9] the log line "Dispatch sent for DECLINED request" in 5 minutes pages', () => {
    const alarm = named('CloudWatch::Alarm', '-no-dispatch-after-decline-logged').Properties;
    expect(alarm).toMatchObject(fiveMinutes);
    const [filter] = of('Logs::MetricFilter');
    expect(filter?.Properties.FilterPattern).toBe('"Dispatch sent for DECLINED request"');
    expect(filter?.Properties.MetricTransformations).toEqual([
      { MetricNamespace: alarm.Namespace, MetricName: alarm.MetricName, MetricValue: '1' },
    ]);
    expect(at(filter?.Properties.LogGroupName)).toBe(named('Logs::LogGroup', '/tuntas-dev-dispatch-offers'));
  });

  it('[DSP-10] an error rate above 1 % under the flag goes off when it lasts three minutes', () => {
    expect(named('CloudWatch::Alarm', '-idempotent-dispatch-works').Properties).toMatchObject({
      Namespace: 'Tuntas/dev',
      MetricName: 'DispatchFailed',
      Dimensions: [
        { Name: 'flag', Value: 'on' },
        { Name: 'service', Value: 'dispatch' },
      ],
      Statistic: 'Average',
      Period: 60,
      EvaluationPeriods: 3,
      Threshold: 0.01,
      ComparisonOperator: 'GreaterThanThreshold',
    });
  });
});

describe('the dashboard', () => {
  const [dashboard] = of('CloudWatch::Dashboard');
  const body = JSON.parse(text(dashboard?.Properties.DashboardBody).replaceAll(/<([\w.:]+)>/g, '$1')) as {
    widgets: { type: string; properties: Properties }[];
  };
  const widgets = body.widgets.map(({ properties }) => properties);
  const graph = (title: string): Properties | undefined => widgets.find((widget) => widget.title === title);

  it('[DSP-9] shows both service level objectives against their targets', () => {
    expect(graph('declined rides without a later dispatch, target 99.9 %')?.annotations.horizontal[0].value).toBe(99.9);
    expect(graph('dispatch events processed exactly once, target 99.5 %')?.annotations.horizontal[0].value).toBe(99.5);
    expect(graph('SLO 99.9 %: declined rides without a later dispatch')).toBeDefined();
    expect(graph('SLO 99.5 %: dispatch events processed exactly once')).toBeDefined();
  });

  it('shows every queue, every dead letter, every function and every alarm', () => {
    const shown = JSON.stringify(widgets);
    for (const { id } of [...of('SQS::Queue'), ...of('Lambda::Function')]) expect(shown).toContain(id);
    for (const alarm of alarms) expect(shown).toContain(`:alarm:${nameOf(alarm)}`);
  });
});
