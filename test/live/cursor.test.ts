/** The id of an entry of the feed. */
import { describe, expect, it } from 'vitest';
import { cursorFrom, expiryOf, hoursBetween, idOf, oldestKept } from '../../functions/live/cursor.ts';

describe('the id of an entry', () => {
  it('is read back as it was written', () => {
    const cursor = { hour: '2026-11-21T05', sequence: 42 };
    expect(cursorFrom(idOf(cursor))).toEqual(cursor);
  });

  it.each([
    '',
    '42',
    '2026-11-21T05-42',
    '2026-13-41T99-000000000001',
    '2026-11-21T05-000000000001 ',
    ' 2026-11-21T05-000000000001',
    '9'.repeat(500),
  ])('is not %j', (text) => expect(cursorFrom(text)).toBeUndefined());
});

describe('the hours of the feed', () => {
  it('are counted with both ends, over midnight', () => {
    expect(hoursBetween('2026-11-21T22', '2026-11-22T01')).toEqual([
      '2026-11-21T22',
      '2026-11-21T23',
      '2026-11-22T00',
      '2026-11-22T01',
    ]);
    expect(hoursBetween('2026-11-21T22', '2026-11-21T22')).toEqual(['2026-11-21T22']);
    expect(hoursBetween('2026-11-21T22', '2026-11-21T20')).toEqual([]);
  });

  it('are read for a day, and deleted a day later', () => {
    expect(oldestKept(Date.parse('2026-11-21T05:59:59Z'))).toBe('2026-11-20T05');
    expect(expiryOf('2026-11-21T05')).toBe(Date.parse('2026-11-23T05:00:00Z') / 1_000);
  });
});
