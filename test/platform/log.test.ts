/** A line of the log, as CloudWatch reads it: named fields, and metrics in the same line. */
import { describe, expect, it } from 'vitest';
import { Unavailable } from '../../functions/kernel/errors.ts';
import { log } from '../../functions/kernel/log.ts';
import { logLines } from '../support/log.ts';

const lines = logLines();

describe('a decision is logged', () => {
  it('is one line of JSON with its named fields', () => {
    log.info('Decided', { orderId: 'TNT-20261121-0000042', outcome: 'happened' });
    expect(lines.all()).toMatchObject([
      { level: 'INFO', message: 'Decided', orderId: 'TNT-20261121-0000042', outcome: 'happened' },
    ]);
  });

  it('carries its metrics in the embedded format, under the service alone', () => {
    log.info('Decided', {}, { RideAccepted: 1, DispatchLatency: 42, OutboxLag: 7, DeadlineLate: 8 });
    expect(lines.all()[0]).toMatchObject({
      RideAccepted: 1,
      DispatchLatency: 42,
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: 'Tuntas/local',
            Dimensions: [['service']],
            Metrics: [
              { Name: 'RideAccepted', Unit: 'Count' },
              { Name: 'DispatchLatency', Unit: 'Milliseconds' },
              { Name: 'OutboxLag', Unit: 'Milliseconds' },
              { Name: 'DeadlineLate', Unit: 'Milliseconds' },
            ],
          },
        ],
      },
    });
    expect(lines.all()[0]?.service).toEqual(expect.any(String));
  });

  it('[DSP-10] carries them by flag too, when there is one', () => {
    log.info('Dispatch sent', { flag: 'on' }, { DispatchSent: 1 });
    expect(lines.all()[0]).toMatchObject({
      flag: 'on',
      _aws: { CloudWatchMetrics: [{ Dimensions: [['service'], ['service', 'flag']] }] },
    });
  });

  it('has no metric block without metrics', () => {
    log.warn('Careful', {}, {});
    expect(lines.all()[0]).not.toHaveProperty('_aws');
  });

  it('names an error with its cause', () => {
    log.error('Failed', new Unavailable('could not be sent', { cause: new Error('socket closed') }));
    expect(lines.all()).toMatchObject([
      {
        level: 'ERROR',
        error: { name: 'Unavailable', message: 'could not be sent', cause: { message: 'socket closed' } },
      },
    ]);
  });

  it('names what was thrown though it is no error', () => {
    log.error('Failed', 'just a text');
    expect(lines.all()).toMatchObject([{ error: { message: 'just a text' } }]);
  });
});
