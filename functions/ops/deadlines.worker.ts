/** Wakes an item whose deadline has come: the same command for the delayed message and for the sweeper. */
import { Invalid } from '../kernel/errors.ts';
import type { Key } from '../kernel/keys.ts';
import { log } from '../kernel/log.ts';
import { instant } from '../kernel/types.ts';
import { type Deadline, wakeItem } from '../platform/deadlines.ts';
import type { Clock } from '../platform/ports.ts';
import type { SendWakes, Wake } from '../platform/timers.ts';

export type DeadlinesDeps = Pick<Clock, 'now'> & {
  readonly deadlines: readonly Deadline[];
  readonly wake: SendWakes;
  /** Deadlines that ask the gateway have a queue of their own: a slow gateway holds up no ride. */
  readonly elsewhere: { readonly isTheirs: (key: Key) => boolean; readonly wake: SendWakes };
};

/** A wake-up is sent again each 15 minutes until its time: one for a time nobody meant would never end. */
const farthest = 400 * 86_400_000;

export const deadlinesWorker =
  ({ deadlines, wake, elsewhere, now }: DeadlinesDeps) =>
  async (message: Wake): Promise<void> => {
    const at = now();
    if (message.dueAt - at > farthest)
      throw new Invalid('no deadline lies so far away', [{ field: 'dueAt', message: 'is not milliseconds' }]);
    if (at < message.dueAt) return wake([message]);
    if (elsewhere.isTheirs(message)) return elsewhere.wake([message]);
    const { orderId, outcome, status } = await wakeItem(message, deadlines, at);
    log.info(
      'Decided',
      { orderId, command: 'deadline', outcome, status },
      outcome === 'happened'
        ? { DeadlineLate: at - instant(message.dueAt), ...(status === 'EXPIRED' ? { RideExpired: 1 } : {}) }
        : undefined,
    );
  };
