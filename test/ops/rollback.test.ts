/** A flag is taken back automatically when its alarm fires; only an operator puts it in force again. */
import { describe, expect, it } from 'vitest';
import { Invalid } from '../../functions/kernel/errors.ts';
import { compose } from '../../functions/ops/rollback.compose.ts';
import { holds } from '../../functions/platform/holds.store.ts';
import { logLines } from '../support/log.ts';
import { testPorts } from '../support/ports.ts';

const lines = logLines();
const alarm = (value: string, alarmName = 'tuntas-dev-idempotent-dispatch-works') => ({
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  detail: { alarmName, state: { value, reason: 'Threshold Crossed' } },
});
const setUp = () => {
  const { ports, env, table } = testPorts();
  return { table, flags: holds(ports, 'State'), handle: compose(ports, env) };
};

describe('the alarm of a flag fires', () => {
  it('[DSP-10] takes the flag back for everyone, with the reason', async () => {
    const { flags, handle } = setUp();
    await handle(alarm('ALARM'));
    expect(await flags.isHeld('idempotent-dispatch')).toBe(true);
    expect(await flags.read('idempotent-dispatch')).toEqual({
      pk: 'FLAG#idempotent-dispatch',
      sk: 'HOLD',
      reason: 'alarm tuntas-dev-idempotent-dispatch-works',
      at: '2026-11-21T03:44:00.000Z',
    });
    expect(lines.named('Flag taken back')).toMatchObject([{ level: 'WARN', flagName: 'idempotent-dispatch' }]);
    expect(lines.metric('FlagHeld')).toEqual([1]);
  });

  it('[EZP-11] takes the flag of the predictor back by its alarm, and leaves the other flag alone', async () => {
    const { flags, handle } = setUp();
    await handle(alarm('ALARM', 'tuntas-dev-ezpay-predictor-is-right'));
    expect(await flags.isHeld('ezpay-predictor')).toBe(true);
    expect(await flags.isHeld('idempotent-dispatch')).toBe(false);
  });

  it('[DSP-10] fails for the alarm of no flag', async () => {
    const { table, handle } = setUp();
    const expected = 'no flag belongs to the alarm tuntas-dev-other';
    await expect(handle(alarm('ALARM', 'tuntas-dev-other'))).rejects.toThrow(expected);
    expect(table.all('State')).toEqual([]);
  });

  it('[DSP-10] takes it back once, however often the alarm comes', async () => {
    const { table, handle } = setUp();
    for (let i = 0; i < 3; i += 1) await handle(alarm('ALARM'));
    expect(table.all('State')).toHaveLength(1);
  });
});

describe.each(['OK', 'INSUFFICIENT_DATA'])('the alarm of a flag is %s', (value) => {
  it('[DSP-10] leaves a flag in force that is not held, and logs nothing', async () => {
    const { table, handle } = setUp();
    await handle(alarm(value));
    expect(table.all('State')).toEqual([]);
    expect(lines.all()).toEqual([]);
  });

  it('[DSP-10] never gives a held flag back', async () => {
    const { flags, table, handle } = setUp();
    await handle(alarm('ALARM'));
    const held = table.all('State');
    await handle(alarm(value));
    expect(await flags.isHeld('idempotent-dispatch')).toBe(true);
    expect(table.all('State')).toEqual(held);
  });

  it('[DSP-10] says nothing about an alarm of no flag', async () => {
    await expect(setUp().handle(alarm(value, 'tuntas-dev-other'))).resolves.toBeUndefined();
  });
});

it.each([{}, { detail: {} }, { detail: { alarmName: 'a', state: { value: 'LOUD' } } }, null, 'ALARM'])(
  'fails for %j, which is not an alarm',
  async (event) => {
    const { table, handle } = setUp();
    await expect(handle(event)).rejects.toThrow(Invalid);
    expect(table.all('State')).toEqual([]);
  },
);
