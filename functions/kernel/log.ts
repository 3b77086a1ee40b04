/** One structured line per decision; the same line carries its metrics. */
import type { Metrics } from './metrics.ts';

/** Named fields of a line: ids and words, never whole objects, secrets or personal data. */
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;
export type Level = 'INFO' | 'WARN' | 'ERROR';
export type Line = {
  readonly level: Level;
  readonly message: string;
  readonly fields: Fields;
  readonly metrics: Metrics;
  readonly error?: object;
};
/** Where lines go. */
export type LogSink = (line: Line) => void;

let sink: LogSink = () => undefined;

/** The one port that is not passed in: it decides nothing, and all functions of a process write to one place. */
export const logTo = (next: LogSink): void => {
  sink = next;
};

const described = (error: unknown): object =>
  error instanceof Error
    ? {
        name: error.name,
        message: error.message,
        stack: error.stack,
        ...(error.cause === undefined ? {} : { cause: described(error.cause) }),
      }
    : { message: String(error) };

export const log = {
  info: (message: string, fields: Fields = {}, metrics: Metrics = {}): void =>
    sink({ level: 'INFO', message, fields, metrics }),
  warn: (message: string, fields: Fields = {}, metrics: Metrics = {}): void =>
    sink({ level: 'WARN', message, fields, metrics }),
  error: (message: string, error: unknown, fields: Fields = {}, metrics: Metrics = {}): void =>
    sink({ level: 'ERROR', message, fields, metrics, error: described(error) }),
};
