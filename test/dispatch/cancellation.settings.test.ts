/** The cancellation fees from the environment. */
import { describe, expect, it } from 'vitest';
import { cancellationFrom } from '../../functions/dispatch/cancellation.settings.ts';

describe('the fees of a stage', () => {
  it('[ORD-1] are by service line, after a grace time', () => {
    const env = { CANCELLATION_FEE: '{"BB":10000,"SB":20000,"GB":0}', CANCELLATION_GRACE_SECONDS: '60' };
    expect(cancellationFrom(env)).toEqual({ fees: { BB: 10_000, SB: 20_000, GB: 0 }, graceMs: 60_000 });
  });

  it('[ORD-1] are nothing when none is set', () => {
    expect(cancellationFrom({})).toEqual({ fees: { BB: 0, SB: 0, GB: 0 }, graceMs: 120_000 });
  });

  it.each([
    [{ CANCELLATION_FEE: '{"BB":-1}' }],
    [{ CANCELLATION_FEE: '{"BB":0.5}' }],
    [{ CANCELLATION_GRACE_SECONDS: 'soon' }],
  ])('are refused when they are wrong: %o', (env) => {
    expect(() => cancellationFrom(env)).toThrow('CANCELLATION_FEE and CANCELLATION_GRACE_SECONDS must be');
  });
});
