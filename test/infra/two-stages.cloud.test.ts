/** Two stages in one account: what happens at one is neither seen nor answered at the other. */
import { describe, expect, it } from 'vitest';
import { stages, stageWith } from './stages.ts';
import { synthesize } from './synth.ts';
import { devicesOf, fixedNameOf, type Properties, type Resource, templateFrom, templateOf } from './template.ts';

const names = ['dev', 'prod'] as const;
type Name = (typeof names)[number];
const other = { dev: 'prod', prod: 'dev' } as const;
const resources: Readonly<Record<Name, readonly Resource[]>> = {
  dev: [...templateOf('dev').all, ...devicesOf('dev').all],
  prod: [...templateOf('prod').all, ...devicesOf('prod').all],
};

/** Every metric that an alarm, a widget or a filter names, wherever it stands in the resource. */
const metricsIn = (value: unknown): readonly Properties[] => {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(metricsIn);
  const found = value as Properties;
  return [
    ...('MetricName' in found && 'Namespace' in found ? [found] : []),
    ...Object.values(found).flatMap(metricsIn),
  ];
};

type Widget = { readonly properties: { readonly metrics?: readonly (readonly unknown[])[] } };
/** A metric of a widget is a list: namespace, name, dimension, value, …, and how it is drawn. */
const drawn = (dashboard: Resource): readonly (readonly string[])[] => {
  const parts = dashboard.Properties.DashboardBody['Fn::Join'][1] as readonly (string | object)[];
  const body = parts.map((part) => (typeof part === 'string' ? part : 'ofThisStack')).join('');
  const { widgets } = JSON.parse(body) as { widgets: readonly Widget[] };
  const rows = widgets.flatMap(({ properties }) => properties.metrics ?? []);
  // What is computed names only metrics that are drawn or hidden next to it; a search would find those of others.
  expect(JSON.stringify(rows)).not.toMatch(/SEARCH|METRICS\(|SELECT /);
  return rows.map((row) => row.filter((part) => typeof part === 'string')).filter((row) => row.length > 0);
};

describe('two stages in one account', () => {
  it('have no fixed name in common', () => {
    const fixed = (name: Name) => resources[name].map(fixedNameOf).filter((found) => found !== undefined);
    expect(fixed('dev').length).toBeGreaterThan(150);
    expect(new Set(fixed('dev')).size).toBe(fixed('dev').length);
    expect(fixed('dev').filter((found) => fixed('prod').includes(found))).toEqual([]);
  });

  it.each(names)('%s names the other nowhere: no resource, no export, no metric of it', (name) => {
    for (const resource of resources[name])
      expect(JSON.stringify(resource)).not.toMatch(new RegExp(`tuntas[-/_]${other[name]}\\b`, 'i'));
    const { outputs } = templateOf(name);
    for (const output of Object.values(outputs)) expect(output.Export).toBeUndefined();
  });

  it.each(names)('%s watches no metric that the other or anything else in the account adds to', (name) => {
    const alarms = resources[name].filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
    const watched = alarms.flatMap(({ Properties }) => metricsIn(Properties));
    expect(watched.length).toBeGreaterThan(alarms.length);
    for (const { Namespace, MetricName, Dimensions = [] } of watched) {
      const what = `${Namespace} ${MetricName}`;
      if (Namespace.startsWith('AWS/')) expect([what, Dimensions.length > 0]).toEqual([what, true]);
      else expect([what, Namespace]).toEqual([what, `Tuntas/${name}`]);
    }
  });

  it.each(names)('the dashboard of %s draws nothing of the account as a whole', (name) => {
    const [dashboard] = resources[name].filter(({ Type }) => Type === 'AWS::CloudWatch::Dashboard');
    const all = drawn(dashboard as Resource);
    expect(all.length).toBeGreaterThan(100);
    for (const [namespace = '', metric, ...dimensions] of all) {
      if (namespace.startsWith('AWS/')) expect([metric, dimensions.length >= 2]).toEqual([metric, true]);
      else expect([metric, namespace]).toEqual([metric, `Tuntas/${name}`]);
    }
  });

  it.each(names)('a log line of %s is counted for it alone', (name) => {
    const filters = resources[name].filter(({ Type }) => Type === 'AWS::Logs::MetricFilter');
    expect(filters.map(({ Properties }) => Properties.MetricTransformations[0].MetricNamespace)).toEqual([
      `Tuntas/${name}`,
    ]);
  });

  it.each(names)('the functions of %s say in whose namespace they count', (name) => {
    const functions = resources[name].filter(({ Type }) => Type === 'AWS::Lambda::Function');
    for (const { Properties } of functions) expect(Properties.Environment.Variables.STAGE).toBe(name);
  });

  it.each(names)('[DSP-10] an alarm of the other takes no flag of %s back', (name) => {
    const reactions = resources[name].filter(({ Properties }) =>
      Properties?.EventPattern?.source?.includes('aws.cloudwatch'),
    );
    expect(reactions).toHaveLength(1);
    const alarms = reactions.flatMap(({ Properties }) => Properties.EventPattern.detail.alarmName as string[]);
    expect(alarms).toHaveLength(2);
    for (const alarm of alarms) expect(alarm).toMatch(new RegExp(`^tuntas-${name}-`));
  });

  it('answer together no more requests than an account of Jakarta may: 2,500 a second, 1,250 at once', () => {
    const throttles = names.flatMap((name) =>
      resources[name]
        .filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Stage')
        .map(({ Properties }) => Properties.DefaultRouteSettings),
    );
    expect(throttles).toHaveLength(4);
    const sum = (key: string) => throttles.reduce((total, settings) => total + settings[key], 0);
    expect(sum('ThrottlingRateLimit')).toBeLessThanOrEqual(2_500);
    expect(sum('ThrottlingBurstLimit')).toBeLessThanOrEqual(1_250);
  });
});

describe('an account with a small quota of concurrency', () => {
  const live = (lambdaConcurrency: number) => {
    const { named, of } = templateFrom(synthesize(stageWith('prod', { lambdaConcurrency })));
    const { Properties } = named('Lambda::Function', '-live-stream');
    const taken = of('Lambda::EventSourceMapping').map(({ Properties: p }) => p.ScalingConfig?.MaximumConcurrency ?? 0);
    return [Properties.ReservedConcurrentExecutions, Properties.Environment.Variables.LIVE_STREAMS, Math.max(...taken)];
  };

  it.each([
    ['that of a new account', 10, [undefined, '2', 2]],
    ['one that leaves 99 unreserved', 124, [undefined, '20', 24]],
    ['one that leaves 100 unreserved', 125, [25, '20', 25]],
    ['the usual one', 1_000, [25, '20', 200]],
    ['a large one', 10_000, [25, '20', 200]],
  ] as const)(
    '%s: nothing is reserved that Lambda would refuse, and neither streams nor queues take it all',
    (_, quota, expected) => {
      expect(live(quota)).toEqual(expected);
    },
  );

  it('is taken for that of a new account unless it is set', () => {
    expect(stages.dev).toMatchObject({ streamsReserved: false, workers: 2, streams: 2 });
  });
});
