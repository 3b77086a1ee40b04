/** What the demo of EzPay prints: the lines of each replay, the metrics, a verdict. */
import type { Local } from '../cloud/cloud.ts';
import { clockAt, type Line, type Replayed } from './incident.ts';

export type Print = (line: string) => void;

const lineOf = (minuteMs: number, { minute, who, what }: Line): string => {
  const seconds = `${((minute * minuteMs) / 1_000).toFixed(1)} s`;
  return who ? `  ${clockAt(minute)} ${seconds.padStart(8)}  ${who.padEnd(9)} ${what}` : `${' '.repeat(31)}${what}`;
};

export const writeReplay = (print: Print, title: string, minuteMs: number, { lines, orders, news }: Replayed): void => {
  print(`\n${title}`);
  print('  then    replay');
  for (const line of lines) print(lineOf(minuteMs, line));
  print('  Support sees');
  for (const [i, { orderId, status, reason, confirmedBy, wronglyFailed }] of orders.entries()) {
    const why = reason ?? (confirmedBy ? `by ${confirmedBy}` : '');
    print(`    ${orderId}  ${status} ${why}${wronglyFailed ? ', WRONGLY: the argo was running' : ''}`);
    if (i === 0 || orders.length < 4) print(`      ${news[i]}`);
  }
};

const metrics = [
  ['EzPayScanned', 'orders'],
  ['EzPayScanRepeated', 'scans that got their first order back'],
  ['EzPayConfirmed', 'confirmed'],
  ['EzPayWronglyFailed', 'failed wrongly, reported'],
  ['EzPayVerified', 'confirmed before the argo, and verified by it'],
] as const;

export const writeNumbers = (print: Print, { hooks }: Local): void => {
  const read = (name: string, statistic: string) =>
    hooks.metric({ namespace: 'Tuntas/local', name, dimensions: { service: 'ezpay' } }, statistic);
  print('\nIn numbers, as the dashboard has them');
  for (const [name, what] of metrics) print(`  ${String(read(name, 'Sum') ?? 0).padStart(5)}  ${what} (${name})`);
  const [failed, notStarted] = ['EzPayFailed', 'EzPayArgoNotStarted'].map(
    (name) => `${Math.round(100 * (read(name, 'Average') ?? 0))} %`,
  );
  print(`${failed?.padStart(7)}  of the orders that ended failed (EzPayFailed), ${notStarted} with ARGO_NOT_STARTED`);
  hooks.evaluateAlarms();
  const raised = hooks.alarms().filter(({ state }) => state === 'ALARM');
  for (const { rule } of raised) print(`  ALARM  ${rule.properties.AlarmDescription}`);
  if (raised.length === 0) print('  no alarm');
};

export const verdictOn = (title: string, { scans, orders, confirmedAt }: Replayed): string => {
  const count = (status: string): number => orders.filter((order) => order.status === status).length;
  const parts = [
    `${orders.length} order${orders.length === 1 ? '' : 's'} of ${scans} scans`,
    `${count('REFUSED')} refused and ${count('CANCELLED')} cancelled`,
    `${orders.filter(({ wronglyFailed }) => wronglyFailed).length} of them reported as wrong`,
    confirmedAt === undefined ? 'none confirmed' : `confirmed at ${clockAt(confirmedAt)}`,
  ];
  return `  ${title.padEnd(21)} ${parts.join(', ')}`;
};
