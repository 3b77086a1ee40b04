/** `tuntas ezpay`. */
import { type Command, Option } from 'commander';
import { type ScanRecords, scanRecords } from '../../functions/ezpay/commands.ts';
import { after, type Instant, iso } from '../../functions/kernel/types.ts';
import {
  type EzPayReport,
  ezpayReport,
  type Percentiles,
  type Repeated,
} from '../../functions/ops/ezpay-report.decider.ts';
import { type Cli, duration, exitCodes, hour, positive, withTarget } from './command.ts';
import { columns, indented } from './table.ts';
import type { TargetOptions } from './target.ts';

type Options = TargetOptions & { readonly since: number; readonly rate: number; readonly json?: true };

const shown = 20;
const thousands = (n: number): string => n.toLocaleString('en');
const counts = (of: Readonly<Record<string, number>>): string =>
  Object.entries(of)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'none';
const sum = (of: Readonly<Record<string, number>>): number =>
  Object.values(of).reduce((total, count) => total + count, 0);
const span = (ms: number): string => (ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : `${(ms / 60_000).toFixed(1)} min`);
const lag = (of: Percentiles | undefined): string =>
  of ? `P50 ${span(of.p50)}, P95 ${span(of.p95)}, P99 ${span(of.p99)}` : 'no report';

const list = (all: readonly Repeated[], what: string): readonly string[] =>
  all.length === 0
    ? []
    : [
        indented(
          columns(
            [
              [what, 'scans', 'failed', 'reasons'],
              ...all
                .slice(0, shown)
                .map(({ id, scans, failed, reasons }) => [id, String(scans), String(failed), reasons.join(', ')]),
            ],
            [1, 2],
          ),
        ),
        ...(all.length > shown ? [`  and ${all.length - shown} more: --json shows them all`] : []),
      ];

type Printed = { readonly place: string; readonly since: Instant; readonly cost: ScanRecords['cost'] };

export const printEzPay = (report: EzPayReport, { place, since, cost }: Printed): string =>
  [
    `EzPay of ${place} since ${iso(since).slice(0, 19)} UTC: ${report.scans} scans`,
    '',
    columns([
      ['confirmed', `${sum(report.confirmed)}  (${counts(report.confirmed)})`],
      ['failed', `${sum(report.failed)}  (${counts(report.failed)})`],
      [
        'success rate',
        report.successRate === undefined
          ? 'nothing has ended'
          : `${(report.successRate * 100).toFixed(1)} %  (target: more than 95 %)`,
      ],
      ['awaited', String(report.awaited)],
      ['given up for another car', String(report.givenUp)],
      ['failed wrongly', `${report.wronglyFailed}  (the argo ran after all)`],
      ['contradicted by the argo', String(report.contradicted)],
      ['device to backend', lag(report.argoLag)],
      ['scan to its meter report', lag(report.scanLag)],
    ]),
    '',
    `Customers who failed twice or more: ${report.customers.length}`,
    ...list(report.customers, 'customer'),
    `Cars with three scans or more of which half failed: ${report.cars.length}`,
    ...list(report.cars, 'car'),
    '',
    `Read ${thousands(cost.items)} items for ${thousands(cost.readUnits)} read units: it scans the story.`,
  ].join('\n');

export const ezpayCommand = (program: Command, { output, on }: Cli): Command =>
  withTarget(
    program
      .command('ezpay')
      .description('how scans ended, which customers and cars failed repeatedly, how late meter reports arrived'),
  )
    .addOption(
      new Option('--since <duration>', 'how far back: 90s, 15m, 1h, 2d').argParser(duration).default(hour, '1h'),
    )
    .option('--rate <units>', 'read units per second it may take', positive, 500)
    .option('--json', 'for programs')
    .action((options: Options) =>
      on(options, async (target) => {
        const { tables, name, now } = target;
        const since = after(now(), -options.since);
        const records = await scanRecords(target, tables.story, { since, rate: options.rate });
        const report = ezpayReport(records);
        output.print(
          options.json
            ? JSON.stringify({ place: name, since: iso(since), ...report }, undefined, 2)
            : printEzPay(report, { place: name, since, cost: records.cost }),
        );
        return exitCodes.fine;
      }),
    );
