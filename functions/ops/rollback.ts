/** Takes a flag back by itself when its alarm fires; an operator releases it again. */
import * as z from 'zod/mini';
import type { Holds } from '../platform/flags.ts';
import { log } from '../platform/log.ts';
import { check } from '../platform/schema.ts';
import type { Instant } from '../platform/types.ts';

export const alarmEvent = z.object({
  detail: z.object({ alarmName: z.string(), state: z.object({ value: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']) }) }),
});

export const rollback =
  ({ hold }: Pick<Holds, 'hold'>, now: () => Instant) =>
  async (event: unknown): Promise<void> => {
    const { detail } = check(alarmEvent, event);
    if (detail.state.value !== 'ALARM') return;
    await hold('idempotent-dispatch', `alarm ${detail.alarmName}`, now());
    log.warn('Flag taken back', { flagName: 'idempotent-dispatch', reason: detail.alarmName }, { FlagHeld: 1 });
  };
