/** A flag is taken back by itself when its alarm fires. */
import { describe, expect, it } from 'vitest';
import { rollback } from '../../functions/ops/rollback.ts';
import { holds } from '../../functions/platform/flags.ts';
import { start } from '../support/dispatch.ts';
import { logLines } from '../support/log.ts';
import { clientOf, memoryTable } from '../support/memory-table.ts';

const lines = logLines();
const alarm = (value: string) => ({
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  detail: { alarmName: 'tuntas-dev-idempotent-dispatch-works', state: { value, reason: 'Threshold Crossed' } },
});
const setUp = () => {
  const table = memoryTable();
  const flags = holds(clientOf(table), 'State', () => 0);
  return { table, flags, handle: rollback(flags, () => start) };
};

describe('the alarm of the flag changes', () => {
  it('[DSP-10] takes the flag back for everyone, and says why', async () => {
    const { flags, handle } = setUp();
    await handle(alarm('ALARM'));
    expect(await flags.isHeld('idempotent-dispatch')).toBe(true);
    expect(await flags.read('idempotent-dispatch')).toMatchObject({
      reason: 'alarm tuntas-dev-idempotent-dispatch-works',
      at: '2026-11-21T03:44:00.000Z',
    });
    expect(lines.named('Flag taken back')).toMatchObject([{ level: 'WARN', flagName: 'idempotent-dispatch' }]);
    expect(lines.metric('FlagHeld')).toEqual([1]);
  });

  it('[EZP-11] takes the flag of the predictor back by the alarm that is named for it, and leaves the other alone', async () => {
    const { flags, handle } = setUp();
    const { detail } = alarm('ALARM');
    await handle({ detail: { ...detail, alarmName: 'tuntas-dev-ezpay-predictor-is-right' } });
    expect(await flags.isHeld('ezpay-predictor')).toBe(true);
    expect(await flags.isHeld('idempotent-dispatch')).toBe(false);
  });

  it('[DSP-10] fails for the alarm of no flag', async () => {
    const { handle } = setUp();
    const { detail } = alarm('ALARM');
    await expect(handle({ detail: { ...detail, alarmName: 'tuntas-dev-other' } })).rejects.toThrow(
      'no flag belongs to the alarm tuntas-dev-other',
    );
  });

  it('[DSP-10] takes it back once, however often the alarm comes', async () => {
    const { table, handle } = setUp();
    for (let i = 0; i < 3; i += 1) await handle(alarm('ALARM'));
    expect(table.all('State')).toHaveLength(1);
  });

  it.each(['OK', 'INSUFFICIENT_DATA'])('[DSP-10] never gives it back by itself when the alarm is %s', async (value) => {
    const { flags, handle } = setUp();
    await handle(alarm('ALARM'));
    await handle(alarm(value));
    expect(await flags.isHeld('idempotent-dispatch')).toBe(true);
  });

  it.each([{}, { detail: {} }, { detail: { alarmName: 'a', state: { value: 'LOUD' } } }, null, 'ALARM'])(
    'fails loudly for %j, which is no alarm',
    async (event) => {
      const { table, handle } = setUp();
      await expect(handle(event)).rejects.toThrow();
      expect(table.all('State')).toEqual([]);
    },
  );
});
