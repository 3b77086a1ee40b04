/** When a schedule runs next, by AWS's rate and cron expressions. */
import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../../../local/cloud/events/schedule.ts';

const next = (expression: string, after: string): string =>
  parseSchedule(expression).next(new Date(after)).toISOString();

describe('a schedule expression', () => {
  it.each([
    ['rate(1 minute)', '2026-11-21T03:14:07.000Z', '2026-11-21T03:15:07.000Z'],
    ['rate(12 hours)', '2026-11-21T03:14:00.000Z', '2026-11-21T15:14:00.000Z'],
    ['cron(0 10 * * ? *)', '2026-11-21T10:00:00.000Z', '2026-11-22T10:00:00.000Z'],
    // 21 November 2026 is a Saturday; AWS counts Sunday as 1.
    ['cron(15 12 ? * 2 *)', '2026-11-21T03:14:00.000Z', '2026-11-23T12:15:00.000Z'],
    ['cron(0 18 ? * MON-FRI *)', '2026-11-21T03:14:00.000Z', '2026-11-23T18:00:00.000Z'],
    ['cron(0/5 8-17 ? * 2-6 *)', '2026-11-23T08:01:00.000Z', '2026-11-23T08:05:00.000Z'],
    ['cron(0 0 1 1 ? 2028)', '2026-11-21T03:14:00.000Z', '2028-01-01T00:00:00.000Z'],
  ])('%s after %s runs at %s', (expression, after, expected) => {
    expect(next(expression, after)).toBe(expected);
  });

  it.each([
    'rate(5 parsecs)',
    'rate(0 minutes)',
    'cron(0 10 * * *)',
    'cron(0 8 L * ? *)',
    'cron(0 8 ? * 3#1 *)',
    'at(2026-11-21T00:00:00)',
  ])('%s is refused, not guessed', (expression) => {
    expect(() => parseSchedule(expression)).toThrow(/is not known here/);
  });
});
