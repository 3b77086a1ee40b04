/** Feature flags: a percentage by stable hash. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import packaged from '../../functions/platform/flags.json' with { type: 'json' };
import { isOn, part } from '../../functions/platform/flags.ts';

const flag = 'idempotent-dispatch';
const at = (percent: number) => ({ [flag]: { percent }, 'ezpay-predictor': { percent: 0 } });
const rides = Array.from({ length: 20_000 }, (_, i) => `TNT-20261121-${String(i).padStart(7, '0')}`);
const share = (percent: number) => rides.filter((ride) => isOn(at(percent), flag, ride)).length / rides.length;

describe('a flag is raised', () => {
  it('[DSP-10] is off for every ride at 0 % and on for every ride at 100 %', () => {
    expect([share(0), share(100)]).toEqual([0, 1]);
  });

  it.each([1, 10, 50, 90])('[DSP-10] is on for about the stated %i %% of rides', (percent) => {
    expect(Math.abs(share(percent) * 100 - percent)).toBeLessThan(1);
  });

  it('[DSP-10, OPS-1] never takes anyone out by widening', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.double({ min: 0, max: 100, noNaN: true }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (ride, a, b) => {
          const [narrow, wide] = [Math.min(a, b), Math.max(a, b)];
          return !isOn(at(narrow), flag, ride) || isOn(at(wide), flag, ride);
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it('[DSP-10] keeps a ride on its side from one version of the code to the next', () => {
    // The first four bytes of the sha256 of "idempotent-dispatch:TNT-20261121-0000000", modulo 10,000; and so on.
    expect(rides.slice(0, 4).map((ride) => part(flag, ride))).toEqual([8_873, 230, 7_842, 5_424]);
  });

  it('is deployed for every ride unless the settings of a stage say otherwise', () => {
    expect(packaged).toEqual({ 'idempotent-dispatch': { percent: 100 }, 'ezpay-predictor': { percent: 0 } });
  });
});
