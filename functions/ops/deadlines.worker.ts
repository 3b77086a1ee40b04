/** Wakes an item whose deadline has come: the same command for the delayed message and for the sweeper. */
import { Invalid } from '../kernel/errors.ts';
import type { Key } from '../kernel/keys.ts';
import { log } from '../kernel/log.ts';
import { type Deadline, wakeItem } from '../platform/deadlines.ts';
import type { Clock } from '../platform/ports.ts';
import type { SendWakes, Wake } from '../platform/timers.ts';

export type DeadlinesDeps = Pick<Clock, 'now'> & {
  readonly deadlines: readonly Deadline[];
  readonly wake: SendWakes;
  /** Deadlines that ask the gateway have a separate queue: a slow gateway holds up no ride. */
  readonly atGateway: { readonly has: (key: Key) => boolean; readonly wake: SendWakes };
};

/** A wake-up is sent again every 15 minutes until its time: one for a wrong time would be sent for years. */
const farthestMs = 400 * 86_400_000;

export const deadlinesWorker =
  ({ deadlines, wake, atGateway, now }: DeadlinesDeps) =>
  async (message: Wake): Promise<void> => {
    const at = now();
    if (message.dueAt - at > farthestMs)
      throw new Invalid('no deadline is so far away', [{ field: 'dueAt', message: 'must be epoch milliseconds' }]);
    if (at < message.dueAt) return wake([message]);
    if (atGateway.has(message)) return atGateway.wake([message]);
    const { orderId, outcome, status, metrics } = await wakeItem(message, deadlines, at);
    const measured = outcome === 'happened' ? { DeadlineLate: at - message.dueAt, ...metrics } : undefined;
    log.info('Decided', { orderId, command: 'deadline', outcome, status }, measured);
  };
