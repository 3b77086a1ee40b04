/** A line as the sink gets it. */
import { afterEach, expect, it } from 'vitest';
import { type Line, log, logTo } from '../../functions/kernel/log.ts';

afterEach(() => logTo(() => undefined));

it('has its level, message, fields and metrics, and an error with its causes', () => {
  const lines: Line[] = [];
  logTo((line) => void lines.push(line));
  log.info('Decided', { orderId: 'a' }, { RideAccepted: 1 });
  log.warn('Careful');
  log.error('Failed', new Error('outer', { cause: new Error('inner', { cause: 'why' }) }), { id: 'b' }, { Parked: 1 });
  log.error('Failed', 'text');
  expect(lines).toEqual([
    { level: 'INFO', message: 'Decided', fields: { orderId: 'a' }, metrics: { RideAccepted: 1 } },
    { level: 'WARN', message: 'Careful', fields: {}, metrics: {} },
    {
      level: 'ERROR',
      message: 'Failed',
      fields: { id: 'b' },
      metrics: { Parked: 1 },
      error: {
        name: 'Error',
        message: 'outer',
        stack: expect.any(String),
        cause: { name: 'Error', message: 'inner', stack: expect.any(String), cause: { message: 'why' } },
      },
    },
    { level: 'ERROR', message: 'Failed', fields: {}, metrics: {}, error: { message: 'text' } },
  ]);
  log.error('Failed', new Error('alone'));
  expect(lines.at(-1)?.error).not.toHaveProperty('cause');
});
