/** A hold takes a flag back at once, for everyone. */
import { describe, expect, it } from 'vitest';
import { instant } from '../../functions/kernel/types.ts';
import { holds } from '../../functions/platform/holds.store.ts';
import { clientOf, memoryTable } from '../support/memory-table.ts';
import { start, testPorts } from '../support/ports.ts';
import { scripted } from '../support/scripted.ts';

const flag = 'idempotent-dispatch';
const setUp = () => {
  const table = memoryTable();
  const { client, sent } = scripted(table);
  const { ports, clock } = testPorts({ dynamo: client });
  const others = holds({ ...ports, dynamo: clientOf(table) }, 'State');
  return { table, sent, flags: holds(ports, 'State'), others, pass: clock.pass };
};

describe('a flag is held', () => {
  it('[DSP-10] is off for everyone from then on, until it is released', async () => {
    const { flags } = setUp();
    expect(await flags.isHeld(flag)).toBe(false);
    await flags.hold(flag, 'alarm', start);
    expect(await flags.isHeld(flag)).toBe(true);
    await flags.release(flag);
    expect(await flags.isHeld(flag)).toBe(false);
  });

  it('[DSP-10] is seen by the other functions within 5 s, which read the table no oftener', async () => {
    const { sent, flags, others, pass } = setUp();
    expect(await flags.isHeld(flag)).toBe(false);
    await others.hold(flag, 'alarm', start);
    pass(4_999);
    expect(await flags.isHeld(flag)).toBe(false);
    pass(1);
    expect(await flags.isHeld(flag)).toBe(true);
    expect(sent).toEqual(['GetItem', 'GetItem']);
  });

  it('leaves other flags as they are', async () => {
    const { flags } = setUp();
    await flags.hold('ezpay-predictor', 'alarm', start);
    expect([await flags.isHeld('ezpay-predictor'), await flags.isHeld(flag)]).toEqual([true, false]);
  });

  it('says why, since when and on which value', async () => {
    const { table, flags } = setUp();
    const at = instant(Date.parse('2026-11-21T03:44:00.000Z'));
    await flags.hold(flag, 'alarm tuntas-dev-idempotent-dispatch', at);
    await flags.hold('ezpay-mode', 'devices report late', at, 'async');
    expect(table.all('State')).toEqual([
      {
        pk: 'FLAG#idempotent-dispatch',
        sk: 'HOLD',
        reason: 'alarm tuntas-dev-idempotent-dispatch',
        at: '2026-11-21T03:44:00.000Z',
      },
      {
        pk: 'FLAG#ezpay-mode',
        sk: 'HOLD',
        reason: 'devices report late',
        at: '2026-11-21T03:44:00.000Z',
        value: 'async',
      },
    ]);
    expect(await flags.read('ezpay-mode')).toMatchObject({ reason: 'devices report late', value: 'async' });
  });
});
