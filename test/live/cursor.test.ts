/** The id of an entry of the feed. */
import { describe, expect, it } from 'vitest';
import { cursorFrom, idOf } from '../../functions/live/cursor.ts';

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
