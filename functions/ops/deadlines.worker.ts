/** Wakes an item whose deadline has come: the same command for the delayed message and for the sweeper. */
import { Invalid } from '../kernel/errors.ts';
import type { Key } from '../kernel/keys.ts';
import { log } from '../kernel/log.ts';
import { type Deadline, wakeItem } from '../platform/deadlines.ts';
import type { Clock } from '../platform/ports.ts';
import type { SendWakes, Wake } from '../platform/timers.ts';

export type DeadlinesDeps = Pick<Clock, 'now'> & {
  readonly deadlines: readonly Deadline[];
  /** An early one is sent again once; then, and when its time is far away, the sweeper finds its item. */
  readonly wake: SendWakes;
  /** Deadlines that ask the gateway have a separate queue: a slow gateway holds up no ride. */
  readonly atGateway: { readonly has: (key: Key) => boolean; readonly wake: SendWakes };
};

/** A wake-up for a time beyond this is the sender's mistake, which must be seen. */
const farthestMs = 400 * 86_400_000;

export const deadlinesWorker =
  ({ deadlines, wake, atGateway, now }: DeadlinesDeps) =>
  async (message: Wake): Promise<void> => {
    const at = now();
    if (message.dueAt - at > farthestMs)
      throw new Invalid('no deadline is so far away', [{ field: 'dueAt', message: 'must be epoch milliseconds' }]);
    if (at < message.dueAt) return message.resent ? undefined : wake([{ ...message, resent: true }]);
    if (atGateway.has(message)) return atGateway.wake([message]);
    const { orderId, outcome, status, metrics } = await wakeItem(message, deadlines, at);
    const late = outcome === 'happened' ? { DeadlineLate: at - message.dueAt } : {};
    log.info('Decided', { orderId, command: 'deadline', outcome, status }, { ...late, ...metrics });
  };
