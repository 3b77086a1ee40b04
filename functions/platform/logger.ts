/** Lines of Powertools' Logger, each with the metrics of Powertools' Metrics in it (CloudWatch's embedded format). */
import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Fields, Level, LogSink } from '../kernel/log.ts';
import { type Metrics as Measured, type MetricName, unitOf } from '../kernel/metrics.ts';
import type { Env } from './ports.ts';

class LineFormatter extends LogFormatter {
  formatAttributes(base: UnformattedAttributes, attributes: LogAttributes): LogItem {
    const { logLevel, message, timestamp, serviceName: service, xRayTraceId, lambdaContext } = base;
    return new LogItem({
      attributes: {
        level: logLevel,
        message,
        timestamp: this.formatTimestamp(timestamp),
        service,
        function_request_id: lambdaContext?.awsRequestId,
        cold_start: lambdaContext?.coldStart,
        xray_trace_id: xRayTraceId,
        ...attributes,
      },
    });
  }
}

const writers = { INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** @param env SERVICE: the context; STAGE: in the namespace; LOG_LEVEL: below it only lines with metrics are written */
export const lineLogger = ({ SERVICE: serviceName = 'tuntas', STAGE = 'local', LOG_LEVEL = 'INFO' }: Env) => {
  // The level is applied below: a line with metrics is written at any level.
  const logger = new Logger({ serviceName, logLevel: 'TRACE', logFormatter: new LineFormatter() });
  /** One namespace per stage: one stage must neither page nor roll back another. */
  const metrics = new Metrics({ namespace: `Tuntas/${STAGE}`, serviceName });

  /** `flag` is the only dimension in addition to the service, with two values; the total without it is kept too. */
  const embedded = (measured: Measured, { flag }: Fields): object => {
    for (const [name, value] of Object.entries(measured) as [MetricName, number][])
      metrics.addMetric(name, unitOf(name), value);
    if (flag !== undefined) metrics.addDimensions({}).addDimensions({ flag: String(flag) });
    // The line has its service already, and Powertools warns of a repeated key.
    const { service: _, ...block } = metrics.serializeMetrics();
    metrics.clearMetrics();
    metrics.clearDimensions();
    return block;
  };
  const levels: readonly string[] = ['DEBUG', 'INFO', 'WARN', 'ERROR'];
  const isWritten = (level: Level): boolean => levels.indexOf(level) >= levels.indexOf(LOG_LEVEL);

  const writeLine: LogSink = ({ level, message, fields, metrics: measured, error }) => {
    const isMeasured = Object.keys(measured).length > 0;
    if (!isMeasured && !isWritten(level)) return;
    logger[writers[level]](message, {
      ...fields,
      ...(error ? { error } : {}),
      ...(isMeasured ? embedded(measured, fields) : {}),
    });
  };
  return { logger, writeLine };
};
