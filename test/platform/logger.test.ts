/** A line as CloudWatch reads it: named fields, and metrics in the same line. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Unavailable } from '../../functions/kernel/errors.ts';
import { log, logTo } from '../../functions/kernel/log.ts';
import { metricNames, unitOf } from '../../functions/kernel/metrics.ts';
import { lineLogger } from '../../functions/platform/logger.ts';
import { captured } from '../support/stdout.ts';

const written = captured();
const logsAs = (env: object = {}) => {
  const { logger, writeLine } = lineLogger({ SERVICE: 'orders', STAGE: 'prod', ...env });
  logTo(writeLine);
  return logger;
};
beforeEach(() => void logsAs());
afterEach(() => {
  logTo(() => undefined);
  vi.unstubAllEnvs();
});

describe('a decision is logged', () => {
  it('is one line of JSON with level, message, time, service and its named fields', () => {
    log.info('Decided', { orderId: 'TNT-20261121-0000042', outcome: 'happened', code: undefined });
    expect(written.text()).toMatch(/^\{.*\}\n$/);
    expect(written.lines()).toEqual([
      {
        level: 'INFO',
        message: 'Decided',
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        service: 'orders',
        orderId: 'TNT-20261121-0000042',
        outcome: 'happened',
      },
    ]);
  });

  it('carries its metrics in the embedded format, each with its unit, under the service alone', () => {
    log.info('Decided', {}, { RideAccepted: 1, DispatchLatency: 42, OutboxLag: 7, PendingAge: 8 });
    const [line] = written.lines();
    expect(line).toMatchObject({
      service: 'orders',
      RideAccepted: 1,
      DispatchLatency: 42,
      OutboxLag: 7,
      PendingAge: 8,
    });
    expect(line?._aws).toEqual({
      Timestamp: expect.any(Number),
      CloudWatchMetrics: [
        {
          Namespace: 'Tuntas/prod',
          Dimensions: [['service']],
          Metrics: [
            { Name: 'RideAccepted', Unit: 'Count' },
            { Name: 'DispatchLatency', Unit: 'Milliseconds' },
            { Name: 'OutboxLag', Unit: 'Milliseconds' },
            { Name: 'PendingAge', Unit: 'Seconds' },
          ],
        },
      ],
    });
  });

  it('[DSP-10] carries them by flag too, when there is one, and the next line does not', () => {
    log.info('Dispatch sent', { flag: 'on' }, { DispatchSent: 1 });
    log.info('Dispatch sent', {}, { DispatchSent: 2 });
    const [flagged, plain] = written.lines();
    expect(flagged).toMatchObject({ flag: 'on', service: 'orders', DispatchSent: 1 });
    expect(flagged?._aws).toMatchObject({ CloudWatchMetrics: [{ Dimensions: [['service'], ['service', 'flag']] }] });
    expect(plain).toMatchObject({ DispatchSent: 2, _aws: { CloudWatchMetrics: [{ Dimensions: [['service']] }] } });
    expect(plain).not.toHaveProperty('flag');
  });

  it('has no metric block without metrics, and none of the line before it', () => {
    log.warn('Decided', {}, { OrderFactRefused: 1 });
    log.warn('Careful');
    expect(written.lines()[1]).toEqual({
      level: 'WARN',
      message: 'Careful',
      timestamp: expect.any(String),
      service: 'orders',
    });
  });

  it('names an error with its causes and where it was thrown', () => {
    const cause = new Error('socket closed', { cause: 'ECONNRESET' });
    log.error('Failed', new Unavailable('could not be sent', { cause }), { messageId: 'm1' });
    expect(written.lines()).toMatchObject([
      {
        level: 'ERROR',
        messageId: 'm1',
        error: {
          name: 'Unavailable',
          message: 'could not be sent',
          stack: expect.stringContaining('logger.test.ts'),
          cause: { name: 'Error', message: 'socket closed', cause: { message: 'ECONNRESET' } },
        },
      },
    ]);
  });

  it('names what was thrown though it is not an error', () => {
    log.error('Failed', 'just a text');
    expect(written.lines()[0]?.error).toEqual({ message: 'just a text' });
  });

  it('knows the unit of every metric as CloudWatch names it', () => {
    expect([...new Set(metricNames().map(unitOf))].toSorted()).toEqual(['Count', 'Milliseconds', 'Seconds']);
  });
});

describe('the level of a stage', () => {
  const messages = () => written.lines().map(({ message }) => message);
  const all = (): void => {
    log.info('i');
    log.warn('w');
    log.error('e', 'x');
  };

  it.each([
    [undefined, ['i', 'w', 'e']],
    ['DEBUG', ['i', 'w', 'e']],
    ['INFO', ['i', 'w', 'e']],
    ['WARN', ['w', 'e']],
    ['ERROR', ['e']],
  ])('%s writes %j', (level, expected) => {
    logsAs({ LOG_LEVEL: level });
    all();
    expect(messages()).toEqual(expected);
  });

  it('keeps a line that carries metrics, whatever the level: alarms depend on it', () => {
    logsAs({ LOG_LEVEL: 'ERROR' });
    log.info('Published', {}, { OutboxLag: 5 });
    expect(messages()).toEqual(['Published']);
  });

  it('is ours, though Lambda is set to hand over every line', () => {
    vi.stubEnv('AWS_LAMBDA_LOG_LEVEL', 'TRACE');
    logsAs({ LOG_LEVEL: 'WARN' });
    all();
    expect(messages()).toEqual(['w', 'e']);
  });

  it('is of the stage local and of no context where nothing says otherwise', () => {
    logsAs({ SERVICE: undefined, STAGE: undefined });
    log.info('Published', {}, { OutboxLag: 5 });
    expect(written.lines()[0]).toMatchObject({
      service: 'tuntas',
      _aws: { CloudWatchMetrics: [{ Namespace: 'Tuntas/local' }] },
    });
  });
});
