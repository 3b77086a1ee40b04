/** Takes a flag back automatically when the alarm that is named for it fires; an operator puts it in force again. */
import * as z from 'zod/mini';
import { log } from '../kernel/log.ts';
import { check } from '../kernel/schema.ts';
import type { Instant } from '../kernel/types.ts';
import { flagNames } from '../platform/flags.ts';
import type { Holds } from '../platform/holds.store.ts';

const alarmEvent = z.object({
  detail: z.object({ alarmName: z.string(), state: z.object({ value: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']) }) }),
});

export const rollback =
  ({ hold }: Pick<Holds, 'hold'>, now: () => Instant) =>
  async (event: unknown): Promise<void> => {
    const { detail } = check(alarmEvent, event);
    if (detail.state.value !== 'ALARM') return;
    const flag = flagNames.find((name) => detail.alarmName.includes(`-${name}-`));
    if (!flag) throw new Error(`no flag belongs to the alarm ${detail.alarmName}`);
    await hold(flag, `alarm ${detail.alarmName}`, now());
    log.warn('Flag taken back', { flagName: flag, reason: detail.alarmName }, { FlagHeld: 1 });
  };
