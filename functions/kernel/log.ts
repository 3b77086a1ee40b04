/** One structured line per decision; the same line carries its metrics (CloudWatch embedded metric format), so each fact is paid for once. */
import type { MetricName } from './metric-names.ts';

/** Named fields of a line: ids and words, never whole objects, secrets or personal data. */
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;
/** Metric name to value. */
export type Metrics = Readonly<Partial<Record<MetricName, number>>>;

const levels = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;
type Level = (typeof levels)[number];

/** One per stage: what happens at one must neither page another nor take its flags back. */
const namespace = `Tuntas/${process.env.STAGE ?? 'local'}`;
const service = process.env.SERVICE ?? 'tuntas';
const threshold = levels.indexOf((process.env.LOG_LEVEL ?? 'INFO') as Level);

const unit = (name: string): string => (/(Latency|Lag|Late)$/.test(name) ? 'Milliseconds' : 'Count');

/** The embedded metric block. `flag` is the only dimension besides the service, and it has two values. */
export const embedded = (metrics: Metrics, flag: boolean, at: number): Readonly<Record<string, unknown>> => ({
  _aws: {
    Timestamp: at,
    CloudWatchMetrics: [
      {
        Namespace: namespace,
        Dimensions: flag ? [['service'], ['service', 'flag']] : [['service']],
        Metrics: Object.keys(metrics).map((Name) => ({ Name, Unit: unit(Name) })),
      },
    ],
  },
  ...metrics,
});

const described = (error: unknown): object =>
  error instanceof Error
    ? {
        name: error.name,
        message: error.message,
        stack: error.stack,
        ...(error.cause === undefined ? {} : { cause: described(error.cause) }),
      }
    : { message: String(error) };

/** A line that carries metrics is always written: the metrics must not depend on the level. */
const write = (level: Level, message: string, fields: Fields, metrics: Metrics = {}, error?: unknown): void => {
  const measured = Object.keys(metrics).length > 0;
  if (levels.indexOf(level) < threshold && !measured) return;
  const now = Date.now();
  const line = {
    level,
    message,
    timestamp: new Date(now).toISOString(),
    service,
    ...fields,
    ...(error === undefined ? {} : { error: described(error) }),
    ...(measured ? embedded(metrics, 'flag' in fields, now) : {}),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

export const log = {
  info: (message: string, fields: Fields = {}, metrics?: Metrics): void => write('INFO', message, fields, metrics),
  warn: (message: string, fields: Fields = {}, metrics?: Metrics): void => write('WARN', message, fields, metrics),
  error: (message: string, error: unknown, fields: Fields = {}, metrics?: Metrics): void =>
    write('ERROR', message, fields, metrics, error),
};
