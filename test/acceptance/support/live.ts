/** An operator's page that watches the stream of live notices. */
import { eventSource } from '../../live/event-source.ts';
import { stack, token } from './stack.ts';

export const watch = async (
  wish: { readonly lastId?: string; readonly role?: 'operator' | 'rider'; readonly anonymous?: true } = {},
) => {
  const seen = eventSource();
  const leaving = new AbortController();
  const bearer = await token(wish.role ?? 'operator', 'operator-1');
  const response = await fetch(stack().live, {
    headers: {
      ...(wish.anonymous ? {} : { authorization: `Bearer ${bearer}` }),
      ...(wish.lastId ? { 'last-event-id': wish.lastId } : {}),
    },
    signal: leaving.signal,
  });
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) seen.read(decoder.decode(chunk, { stream: true }));
  };
  const problem = response.ok ? undefined : ((await response.json()) as { readonly code: string });
  if (response.ok) void read().catch(() => undefined);
  return {
    status: response.status,
    headers: response.headers,
    problem,
    seen,
    /** The orders told of, in the order they came. */
    orders: (): readonly string[] => seen.events.map(({ data }) => (JSON.parse(data) as { orderId: string }).orderId),
    leave: () => leaving.abort(),
  };
};
