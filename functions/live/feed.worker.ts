/** The worker of the live queue: what happened to the money goes into the feed that operators watch. */
import { log } from '../kernel/log.ts';
import type { Clock } from '../platform/ports.ts';
import type { Append } from './append.ts';
import { type LiveEvent, noticeOf } from './notice.ts';

export const feedWorker =
  ({ append, now }: { readonly append: Append } & Pick<Clock, 'now'>) =>
  async (event: LiveEvent): Promise<void> => {
    const outcome = await append(noticeOf(event));
    const metrics =
      outcome === 'appended' ? { LiveNotices: 1, LiveLatency: Math.max(0, now() - Date.parse(event.at)) } : undefined;
    log.info('Live notice', { orderId: event.orderId, event: event.type, outcome }, metrics);
  };
