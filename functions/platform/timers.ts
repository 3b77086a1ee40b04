/** The fast path to a near deadline: a delayed message. The sweeper finds the others; both send the same wake-up. */
import * as z from 'zod/mini';
import { type MessageOf, message } from './message.ts';
import type { Clock, Queues } from './ports.ts';

/** Wakes the item `pk`/`sk` at `dueAt` (epoch ms). Losing or repeating it is harmless. */
export const wakeMessage = message(
  z.object({
    pk: z.string(),
    sk: z.string(),
    dueAt: z.int().check(z.minimum(0)),
    /** It came early once and was sent again: another time it is left to the sweeper. */
    resent: z.optional(z.literal(true)),
  }),
);
export type Wake = MessageOf<typeof wakeMessage>;

/** SQS delays a message 15 minutes at most. */
const longestDelay = 900;

export const delaySeconds = (dueAt: number, now: number): number => Math.max(0, Math.ceil((dueAt - now) / 1_000));

export type SendWakes = (wakes: readonly Wake[]) => Promise<void>;

/**
 * A deadline farther away than a message can be delayed is left to the sweeper.
 * @throws {Unavailable} when the queue did not take all of them
 */
export const timers =
  ({ queues, now }: { readonly queues: Pick<Queues, 'sendAll'> } & Pick<Clock, 'now'>, url: string): SendWakes =>
  (wakes) => {
    const entries = wakes.map((wake) => ({
      body: wakeMessage.write(wake),
      delaySeconds: delaySeconds(wake.dueAt, now()),
    }));
    return queues.sendAll(
      url,
      entries.filter((entry) => entry.delaySeconds <= longestDelay),
    );
  };
