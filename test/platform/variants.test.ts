/** Flags with several values: shares by stable hash, and a hold that puts everyone on one of them. */
import { describe, expect, it } from 'vitest';
import { holds } from '../../functions/platform/holds.store.ts';
import { type VariantTable, variantOf, variantSource, variants } from '../../functions/platform/variants.ts';
import { logLines } from '../support/log.ts';
import { start, testPorts } from '../support/ports.ts';

const lines = logLines();
const flag = 'ezpay-mode';
const shares = (async: number, grace: number): VariantTable => ({
  [flag]: { async, grace, strict: 100 - async - grace },
});
const orders = Array.from({ length: 20_000 }, (_, i) => `TNT-20261121-${String(i).padStart(7, '0')}`);
const having = (table: VariantTable, value: string) =>
  orders.filter((order) => variantOf(table, flag, order) === value);

describe('the mode of EzPay', () => {
  it.each([
    ['strict', 0, 0],
    ['grace', 0, 100],
    ['async', 100, 0],
  ] as const)('[EZP-5] is %s for everyone where it has all of the share', (mode, async, grace) => {
    expect(having(shares(async, grace), mode)).toHaveLength(orders.length);
  });

  it('[EZP-5] has the shares it is given, of which each order has the same for ever', () => {
    const table = shares(10, 30);
    const counts = (['async', 'grace', 'strict'] as const).map((mode) => having(table, mode).length / orders.length);
    expect(counts.map((share) => Math.round(share * 100))).toEqual([10, 30, 60]);
    expect(having(table, 'async')).toEqual(having(table, 'async'));
  });

  it('[EZP-5] [OPS-1] widened from 10 to 50 % async, takes no order out of async', () => {
    const [before, after] = [having(shares(10, 0), 'async'), new Set(having(shares(50, 0), 'async'))];
    expect(before.filter((order) => !after.has(order))).toEqual([]);
    expect(after.size).toBeGreaterThan(before.length * 4);
  });
});

describe('the shares of the mode', () => {
  it.each([
    ['nothing says otherwise', undefined, shares(0, 0)],
    [
      'the stage is deployed with others',
      JSON.stringify({ [flag]: { async: 100 } }),
      { [flag]: { async: 100, grace: 0, strict: 0 } },
    ],
    [
      'the stage is deployed with other flags alone',
      JSON.stringify({ 'idempotent-dispatch': { percent: 10 } }),
      shares(0, 0),
    ],
  ])('[EZP-5] [OPS-1] where %s', async (_, deployed, expected) => {
    expect(await variantSource(testPorts().ports, { TUNTAS_DEPLOYED_FLAGS: deployed })()).toEqual(expected);
  });
});

describe('a hold of the mode', () => {
  const setUp = () => {
    const { ports, clock } = testPorts();
    const flags = holds(ports, 'State');
    return { flags, modeOf: variants(async () => shares(0, 0), flags.current), pass: clock.pass };
  };

  it('[EZP-5] [OPS-1] puts every new order on its value within 5 s, and its release back on the shares', async () => {
    const { flags, modeOf, pass } = setUp();
    const mode = () => modeOf(flag, 'TNT-20261121-0000001');
    expect(await mode()).toBe('strict');
    await flags.hold(flag, 'devices report late', start, 'async');
    pass(5_000);
    expect(await mode()).toBe('async');
    await flags.release(flag);
    pass(5_000);
    expect(await mode()).toBe('strict');
  });

  it('with an unknown value leaves the shares', async () => {
    const { flags, modeOf } = setUp();
    await flags.hold(flag, 'x', start, 'clairvoyant');
    expect(await modeOf(flag, 'TNT-20261121-0000001')).toBe('strict');
  });

  it('that cannot be read leaves the shares: a scan never fails for it', async () => {
    const modeOf = variants(
      async () => shares(100, 0),
      async () => {
        throw new Error('no table');
      },
    );
    expect(await modeOf(flag, 'TNT-20261121-0000001')).toBe('async');
    expect(lines.named('Hold not read, the shares count')).toHaveLength(1);
  });
});
