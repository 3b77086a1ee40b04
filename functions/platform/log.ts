/** One structured line per decision; the same line carries its metrics (CloudWatch embedded metric format), so each fact is paid for once. */
import { Logger } from '@aws-lambda-powertools/logger';

/** Named fields of a line: ids and words, never whole objects, secrets or personal data. */
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;
/** Metric name to value. Names are from the fixed list in docs/architecture.md. */
export type Metrics = Readonly<Record<string, number>>;

const namespace = 'Tuntas';
const service = process.env.POWERTOOLS_SERVICE_NAME ?? 'tuntas';
const logger = new Logger({ serviceName: service });

const unit = (name: string): string =>
  name.endsWith('Latency') || name.endsWith('Lag') || name.endsWith('Late') ? 'Milliseconds' : 'Count';

/** The embedded metric block. `flag` is the only dimension besides the service, and it has two values. */
export const embedded = (metrics: Metrics, flag: boolean, at: number): object => ({
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

const line = (fields: Fields, metrics: Metrics | undefined): Record<string, unknown> => ({
  ...fields,
  ...(metrics && Object.keys(metrics).length > 0 ? embedded(metrics, 'flag' in fields, Date.now()) : {}),
});

export const log = {
  info: (message: string, fields: Fields = {}, metrics?: Metrics): void => logger.info(message, line(fields, metrics)),
  warn: (message: string, fields: Fields = {}, metrics?: Metrics): void => logger.warn(message, line(fields, metrics)),
  error: (message: string, error: unknown, fields: Fields = {}, metrics?: Metrics): void =>
    logger.error(message, { ...line(fields, metrics), error: error instanceof Error ? error : new Error(String(error)) }),
};
