/** The text of a stream of server-sent events (WHATWG HTML, 9.2): its beginning, notices, heartbeats between them. */
import type { Clock } from '../platform/ports.ts';
import { type Cursor, idOf } from './cursor.ts';
import { type Entry, type Feed, page } from './feed.store.ts';

/** How often the feed is read. */
export const pollMs = 1_000;
/** Proxies cut a connection on which nothing was sent for 30 s. */
export const heartbeatMs = 15_000;
/** How long a client waits before it reconnects. */
const retryMs = 1_000;

/** An id without data moves the client's place: a client that is cut off before the first notice misses none. */
const opening = (from: Cursor): string => `retry: ${retryMs}\nid: ${idOf(from)}\n\n`;
const heartbeat = ':\n\n';

/** What followed the client's place is no longer kept: it must read the present state. */
const reset = (from: Cursor): string => `id: ${idOf(from)}\nevent: reset\ndata: {"reason":"missed"}\n\n`;

export const frameOf = ({ cursor, notice: { key: _, ...shown } }: Entry): string =>
  `id: ${idOf(cursor)}\nevent: ${shown.type}\ndata: ${JSON.stringify(shown)}\n\n`;

/**
 * @param last the last id the client has seen; without it the stream begins now
 * @param endsAt when the stream ends, so that the client reconnects with the last id it got
 */
export async function* frames(
  { feed, now, pause }: { readonly feed: Pick<Feed, 'after' | 'resume'> } & Pick<Clock, 'now' | 'pause'>,
  last: Cursor | undefined,
  endsAt: number,
): AsyncGenerator<string, void, void> {
  const { from, missed } = await feed.resume(last);
  yield missed ? opening(from) + reset(from) : opening(from);
  let cursor = from;
  let sentAt = now();
  while (now() < endsAt) {
    const entries = await feed.after(cursor);
    if (entries.length > 0) {
      yield entries.map(frameOf).join('');
      cursor = (entries.at(-1) as Entry).cursor;
      sentAt = now();
    } else if (now() - sentAt >= heartbeatMs) {
      yield heartbeat;
      sentAt = now();
    }
    if (entries.length < page) await pause(Math.min(pollMs, Math.max(0, endsAt - now())));
  }
}
