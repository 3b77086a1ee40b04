/** Times of the gateway (midtrans.md §2.2, §3.1). */
import { describe, expect, it } from 'vitest';
import { nextSettlement, parseOrderTime, wib } from '../../../local/gateway/wib.ts';

describe('times of the gateway', () => {
  it('are written in UTC+7 without saying so', () => {
    expect(wib(Date.parse('2026-11-18T07:02:11Z'))).toBe('2026-11-18 14:02:11');
  });

  it('change the day with the Indonesian midnight', () => {
    expect(wib(Date.parse('2026-12-31T17:00:00Z'))).toBe('2027-01-01 00:00:00');
  });

  it('drop the milliseconds', () => {
    expect(wib(Date.parse('2026-11-18T07:02:11.999Z'))).toBe('2026-11-18 14:02:11');
  });

  it('are read with the offset they are sent with', () => {
    expect(parseOrderTime('2026-11-20 09:15:00 +0700')).toBe(Date.parse('2026-11-20T02:15:00Z'));
    expect(parseOrderTime('2026-11-20 02:15:00 +0000')).toBe(Date.parse('2026-11-20T02:15:00Z'));
  });

  it.each(['2026-11-20 09:15:00', '2026-11-20T09:15:00+07:00', '2026-13-40 09:15:00 +0700', ''])(
    'are refused in the form "%s"',
    (text) => {
      expect(parseOrderTime(text)).toBeUndefined();
    },
  );
});

describe('settlement of cards', () => {
  it.each([
    ['2026-11-18T14:02:11+07:00', '2026-11-19 16:00:00'],
    ['2026-11-18T23:59:59+07:00', '2026-11-19 16:00:00'],
    ['2026-11-19T00:00:00+07:00', '2026-11-20 16:00:00'],
  ])('of %s is %s', (captured, settled) => {
    expect(wib(nextSettlement(Date.parse(captured)))).toBe(settled);
  });
});
