/** Feature flags: a percentage by stable hash, a file that can be edited, a hold that takes a flag back at once. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { instant } from '../../functions/kernel/types.ts';
import shipped from '../../functions/platform/flags.json' with { type: 'json' };
import { fileSource, holds, isOn } from '../../functions/platform/flags.ts';
import { logLines } from '../support/log.ts';
import { clientOf, memoryTable } from '../support/memory-table.ts';
import { scripted } from '../support/scripted.ts';

const lines = logLines();
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

  it('[DSP-10] keeps a ride on its side for ever', () => {
    expect(rides.slice(0, 12).map((ride) => isOn(at(50), flag, ride))).toEqual(
      rides.slice(0, 12).map((ride) => isOn(at(50), flag, ride)),
    );
    expect(isOn(at(50), flag, 'TNT-20261121-0000000')).toBe(isOn(at(50), flag, 'TNT-20261121-0000000'));
  });
});

describe('the flags come from a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tuntas-flags-'));
  const file = join(folder, 'flags.json');
  afterAll(() => rmSync(folder, { recursive: true }));
  let now = 0;
  const source = () => fileSource(file, () => now);
  const write = (content: unknown) =>
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  beforeEach(() => {
    now = 0;
    write(at(10));
  });

  it('[DSP-10] is off without a file and without a deployed percentage', async () => {
    expect(await fileSource(undefined, () => now, undefined)()).toEqual(at(0));
  });

  it('[DSP-10] has the deployed percentage without a file', async () => {
    expect(await fileSource(undefined, () => now, JSON.stringify({ [flag]: { percent: 25 } }))()).toEqual(at(25));
  });

  it('[DSP-10] is deployed for every ride unless the settings of a stage say otherwise', () => {
    expect(shipped[flag]).toEqual({ percent: 100 });
    expect(shipped['ezpay-predictor']).toEqual({ percent: 0 });
  });

  it('[OPS-1] keeps the deployed percentage while the file does not name the flag or is broken', async () => {
    const deployed = JSON.stringify(at(25));
    write({});
    expect(await fileSource(file, () => now, deployed)()).toEqual(at(25));
    write('{');
    expect(await fileSource(file, () => now, deployed)()).toEqual(at(25));
  });

  it('is off, and says so, when what was deployed cannot be read', async () => {
    expect(await fileSource(undefined, () => now, '{"idempotent-dispatch": 100}')()).toEqual(at(0));
    expect(lines.named('Deployed flags not read, the defaults hold')).toHaveLength(1);
  });

  it('[OPS-1] is read again after a second, and not before', async () => {
    const flags = source();
    expect(await flags()).toEqual(at(10));
    write(at(50));
    now = 999;
    expect(await flags()).toEqual(at(10));
    now = 1_000;
    expect(await flags()).toEqual(at(50));
  });

  it('[OPS-1] is the same for two rides that are first at the same moment', async () => {
    const flags = source();
    expect(await Promise.all([flags(), flags()])).toEqual([at(10), at(10)]);
  });

  it('leaves flags it does not name as they were deployed', async () => {
    write({});
    expect(await source()()).toEqual(at(0));
  });

  it.each([
    ['half written', '{"idempotent-dispatch": {"perc'],
    ['empty', ''],
    ['without a percentage', { [flag]: {} }],
    ['null', 'null'],
    ['with null for a flag', { [flag]: null }],
    ['with a text for a percentage', at('50' as never)],
    ['with 101 %', at(101)],
    ['with -1 %', at(-1)],
    ['a list', []],
  ])('[OPS-1] keeps the last percentages when the file is %s, and says so once a second', async (_, content) => {
    const flags = source();
    await flags();
    write(content as never);
    now = 1_000;
    expect(await flags()).toEqual(at(10));
    expect(await flags()).toEqual(at(10));
    expect(lines.named('Flags file not read, the last percentages stay')).toHaveLength(1);
  });

  it('[OPS-1] keeps what was deployed when the file is not there at the start, and reads it when it comes', async () => {
    rmSync(file);
    const flags = source();
    expect(await flags()).toEqual(at(0));
    write(at(50));
    now = 1_000;
    expect(await flags()).toEqual(at(50));
  });

  it('takes no harm from a flag it does not know', async () => {
    write({ ...at(50), 'flag-of-tomorrow': { percent: 5 } });
    expect(await source()()).toMatchObject(at(50));
  });
});

describe('a flag is held', () => {
  const setUp = () => {
    const table = memoryTable();
    const { client, sent } = scripted(table);
    let now = 0;
    const pass = (ms: number): void => {
      now += ms;
    };
    return { table, sent, flags: holds(client, 'State', () => now), pass };
  };

  it('[DSP-10] is off for everyone from then on, until it is released', async () => {
    const { flags } = setUp();
    expect(await flags.isHeld(flag)).toBe(false);
    await flags.hold(flag, 'alarm', instant(0));
    expect(await flags.isHeld(flag)).toBe(true);
    await flags.release(flag);
    expect(await flags.isHeld(flag)).toBe(false);
  });

  it('[DSP-10] is seen by the other functions within 5 s, which ask the table no oftener', async () => {
    const { table, sent, flags, pass } = setUp();
    expect(await flags.isHeld(flag)).toBe(false);
    await holds(clientOf(table), 'State', () => 0).hold(flag, 'alarm', instant(0));
    pass(4_999);
    expect(await flags.isHeld(flag)).toBe(false);
    pass(1);
    expect(await flags.isHeld(flag)).toBe(true);
    expect(sent).toEqual(['GetItem', 'GetItem']);
  });

  it('says why and since when', async () => {
    const { table, flags } = setUp();
    await flags.hold(flag, 'alarm tuntas-dev-idempotent-dispatch', instant(Date.parse('2026-11-21T03:44:00.000Z')));
    expect(table.all('State')).toEqual([
      {
        pk: 'FLAG#idempotent-dispatch',
        sk: 'HOLD',
        reason: 'alarm tuntas-dev-idempotent-dispatch',
        at: '2026-11-21T03:44:00.000Z',
      },
    ]);
  });
});
