/** What alarms and dashboard refer to is emitted by that service; what is emitted is watched, or says why not. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleOf, entries, outdir } from '../../build.ts';
import { metricNames as allNames } from '../../functions/kernel/metrics.ts';
import { checkKnown, onlyOnAws } from '../../local/cloud/metrics/known.ts';
import { devicesOf, type Properties, root, template, text } from './template.ts';

const metricNames = allNames();

type Referenced = {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
};

/** Metrics of alarms, wherever they stand: alone, or in an expression. */
const ofAlarm = (value: unknown): readonly Referenced[] => {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(ofAlarm);
  const found = value as Properties;
  if (!('MetricName' in found)) return Object.values(found).flatMap(ofAlarm);
  const dimensions = (found.Dimensions ?? []).map(({ Name, Value }: Properties) => [Name, text(Value)]);
  return [{ namespace: found.Namespace, name: found.MetricName, dimensions: Object.fromEntries(dimensions) }];
};

const onDashboard = (): readonly Referenced[] => {
  const body = text(template.of('CloudWatch::Dashboard')[0]?.Properties.DashboardBody).replaceAll(/<([\w.:]+)>/g, '$1');
  const { widgets } = JSON.parse(body) as {
    widgets: readonly { properties: { metrics?: readonly (readonly unknown[])[] } }[];
  };
  return widgets
    .flatMap(({ properties }) => properties.metrics ?? [])
    .map((row) => row.filter((part) => typeof part === 'string'))
    .filter((row) => row.length > 0)
    .map(([namespace = '', name = '', ...rest]) => ({
      namespace,
      name,
      dimensions: Object.fromEntries(rest.flatMap((part, i) => (i % 2 === 0 ? [[part, rest[i + 1] as string]] : []))),
    }));
};

const alarms = [...template.of('CloudWatch::Alarm'), ...devicesOf('dev').of('CloudWatch::Alarm')];
const referenced = [...alarms.flatMap(({ Properties }) => ofAlarm(Properties)), ...onDashboard()];
const own = referenced.filter(({ namespace }) => namespace.startsWith('Tuntas/'));

const handlers = await entries();
/** The table of units is in every bundle. */
const withoutUnits = (source: string): string => source.replaceAll(/\w+:"(?:Count|Milliseconds|Seconds)"/g, '');
/** A function reports under the folder of its entry; names of properties survive the minifier. */
const code = handlers.map((entry) => ({
  service: entry.split('/')[1] as string,
  text: withoutUnits(readFileSync(join(outdir, bundleOf(entry), 'index.mjs'), 'utf8')),
}));
const emitted = new Set(
  code.flatMap(({ service, text: source }) =>
    metricNames.filter((name) => new RegExp(`\\b${name}\\b`).test(source)).map((name) => `${service} ${name}`),
  ),
);
const logged = template
  .of('Logs::MetricFilter')
  .map(({ Properties }) => Properties.MetricTransformations[0].MetricName as string);

/** Emitted and watched by nothing: each with the reason. */
const informational: Readonly<Record<string, string>> = {
  'dispatch DispatchAttempted': 'the sum of those sent and failed',
  'dispatch IdsIssued': 'capacity planning: how many order numbers are used',
  'dispatch IdsLeased': 'capacity planning: how many order numbers are leased',
  'ezpay IdsLeased': 'capacity planning: how many order numbers are leased',
  'ezpay ArgoDuplicate': 'a copy of a report is normal: devices send again',
  'ezpay ArgoPositionWritten': 'capacity planning: how many positions are worth a write',
  'ezpay ArgoReported': 'capacity planning; silence of a car is seen in its scans',
  'ezpay ArgoSuspect': 'a report in doubt counts for nothing; what follows from it is seen in scans that fail',
  'ezpay EzPayDriverAnswered': 'how often drivers answer; those who deny are on the dashboard',
  'ezpay EzPayGrace': 'part of EzPayConfirmed',
  'ezpay EzPayScanRepeated': 'a repeated request is normal: apps send again',
  'live LiveNotices': 'how much the feed carries; how late it is has an alarm',
  'live LiveOpened': 'how often streams are opened; those refused have an alarm',
  'notify NoticeSent': 'how much is sent; what fails is seen in its queue',
  'orders OrderPaid': 'of payments that an order had not taken in; the dashboard has those of payments',
  'orders OrderSurplus': 'of payments that an order had not taken in; the dashboard has those of payments',
  'orders OrderUnpaid': 'of payments that an order had not taken in; the dashboard has those of payments',
  'payments WebhookEarly': 'part of those that are found on a later look',
  'payments WebhookForeign':
    'notifications for another system on the same account, acknowledged as the gateway wants it',
  'payments WebhookKept': 'how many notifications come; those that cannot be kept have an alarm',
  'payments WebhookTest': 'the gateway’s own test button',
  ...Object.fromEntries(
    ['ezpay', 'live', 'notify', 'ops', 'orders', 'payments', 'platform'].map((service) => [
      `${service} Parked`,
      'what is parked is in a dead-letter queue, and each of those has an alarm',
    ]),
  ),
};

describe('every metric that an alarm or the dashboard refers to', () => {
  it.each([...new Set(own.map(({ name, dimensions }) => `${dimensions.service ?? 'a log line'} ${name}`))])(
    'is emitted: %s',
    (metric) => {
      const [service, name = ''] = metric.split(/ (?=\w+$)/);
      if (service === 'a log line') expect(logged).toContain(name);
      else expect(emitted).toContain(metric);
    },
  );

  it('is referred to by dimensions it has: its service, and the side of the flag for an attempt to dispatch', () => {
    for (const { name, dimensions } of own) {
      const { service: _, flag, ...others } = dimensions;
      expect([name, others]).toEqual([name, {}]);
      if (flag !== undefined) expect([name, flag]).toEqual(['DispatchFailed', 'on']);
    }
  });

  it('is measured on one machine too, or is one that only AWS can have', () => {
    for (const { Properties, id } of template.of('CloudWatch::Alarm'))
      for (const { namespace, name, dimensions } of ofAlarm(Properties))
        checkKnown({ namespace, name, dimensions }, id);
    expect([...onlyOnAws.keys()].toSorted()).toEqual([
      'AWS/DynamoDB ReadThrottleEvents',
      'AWS/DynamoDB WriteThrottleEvents',
    ]);
    expect(() => checkKnown({ namespace: 'AWS/Lambda', name: 'Concurrency', dimensions: {} }, 'Alarm')).toThrow(
      'Alarm: the metric AWS/Lambda Concurrency is neither measured here nor known as one of AWS alone',
    );
  });
});

describe('every metric that is emitted', () => {
  const watched = new Set(own.map(({ name, dimensions }) => `${dimensions.service} ${name}`));

  it('is on the dashboard or has an alarm, or stands for information with its reason', () => {
    const unwatched = [...emitted].filter((metric) => !watched.has(metric));
    expect(unwatched.toSorted()).toEqual(Object.keys(informational).toSorted());
  });

  it('is described in docs/architecture.md, and none else is', () => {
    const page =
      readFileSync(join(root, 'docs/architecture.md'), 'utf8').split('\n## Metrics\n')[1]?.split('\n## ')[0] ?? '';
    const described = [...page.matchAll(/^\| ([\w, ]+) \|/gm)].flatMap(([, names]) => (names as string).split(', '));
    expect(described.filter((name) => name !== 'metric').toSorted()).toEqual([...metricNames].toSorted());
  });

  it('is emitted by some function: no name is left over', () => {
    const names = new Set([...emitted].map((metric) => basename(metric).split(' ')[1]));
    expect(metricNames.filter((name) => !names.has(name))).toEqual([]);
  });
});

describe('what endangers money or the apps', () => {
  const ringing = (name: string) => template.named('CloudWatch::Alarm', `-${name}`).Properties;
  const metricOf = (name: string) =>
    ofAlarm(ringing(name)).map((metric) => `${metric.dimensions.service ?? metric.namespace} ${metric.name}`);

  it.each([
    ['the-gateway-answers', ['payments BreakerOpened']],
    ['nobody-pays-an-order-twice', ['payments PaidTwice']],
    ['orders-are-paid-and-even', ['payments OrderMoneyOverdue']],
    ['payments-are-not-charged-back', ['payments ChargebackRecorded']],
    ['refunds-have-a-balance', ['payments RefundWithoutBalance']],
    ['deadlines-are-met-in-time', ['ops DeadlineLate', 'payments DeadlineLate']],
    ['websocket-api-answers', ['AWS/ApiGateway IntegrationError', 'AWS/ApiGateway ExecutionError']],
    ['http-api-answers', ['AWS/ApiGateway 5xx', 'AWS/ApiGateway Count']],
  ])('[OPS-3] %s rings by %j', (name, metrics) => expect(metricOf(name).toSorted()).toEqual(metrics.toSorted()));

  it('[OPS-3] the share of failed HTTP requests is computed from counts, as AWS documents them for an HTTP API', () => {
    const { Metrics, Threshold } = ringing('http-api-answers');
    expect(Threshold).toBe(0.01);
    expect(
      Metrics.map(
        ({ Expression, MetricStat }: Properties) => Expression ?? `${MetricStat.Metric.MetricName} ${MetricStat.Stat}`,
      ),
    ).toEqual(expect.arrayContaining(['IF(requests > 0, errors / requests, 0)', '5xx Sum', 'Count SampleCount']));
  });

  it.each([
    ['state', ['', 'cell', 'due']],
    ['story', ['', 'asked']],
  ])('[OPS-3] throttles of the table %s and each of its indexes ring', (table, parts) => {
    const watched = ofAlarm(ringing(`${table}-table-is-not-throttled`));
    for (const metric of ['ReadThrottleEvents', 'WriteThrottleEvents'])
      expect(
        watched
          .filter(({ name }) => name === metric)
          .map(({ dimensions }) => dimensions.GlobalSecondaryIndexName ?? ''),
      ).toEqual(expect.arrayContaining(parts));
    expect(watched).toHaveLength(2 * parts.length);
  });

  it('[OPS-3] calls that Lambda did not run, for want of concurrency in the account, ring for every function', () => {
    for (const { Properties, id } of template.of('Lambda::Function'))
      expect(ofAlarm(ringing(`${Properties.FunctionName.replace('tuntas-dev-', '')}-is-not-throttled`))).toEqual([
        { namespace: 'AWS/Lambda', name: 'Throttles', dimensions: { FunctionName: `<${id}>` } },
      ]);
  });
});
