/** A refusal as the problem that the caller reads. */
import { describe, expect, it } from 'vitest';
import { keyReused, refusal } from '../../functions/kernel/problem.ts';

describe('a refusal', () => {
  it('is a conflict with its code, message and members, unless it has a status', () => {
    expect(refusal({ code: 'FULL', message: 'Full.', extra: { seats: 4 } })).toMatchObject({
      status: 409,
      code: 'FULL',
      reason: 'FULL',
      message: 'Full.',
      extra: { seats: 4 },
    });
    expect(refusal({ code: 'GONE', message: 'Gone.', status: 404 })).toMatchObject({ status: 404, extra: {} });
  });

  it('shows another one in its place, and keeps its own code for the log', () => {
    const unknown = { code: 'UNKNOWN', message: 'Unknown.', status: 404 } as const;
    expect(refusal({ code: 'NOT_YOURS', message: 'Not yours.', shownAs: unknown })).toMatchObject({
      status: 404,
      code: 'UNKNOWN',
      message: 'Unknown.',
      reason: 'NOT_YOURS',
    });
  });

  it('names the header when a key is reused', () => {
    expect(keyReused).toMatchObject({
      status: 422,
      code: 'IDEMPOTENCY_KEY_REUSED',
      fields: [{ field: 'Idempotency-Key', message: 'was used with another body' }],
    });
  });
});
