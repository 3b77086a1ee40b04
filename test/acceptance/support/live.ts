/** An operator's page that watches the stream of live notices. */
import { eventSource } from '../../live/event-source.ts';
import { stack, token } from './stack.ts';

export const watch = async (
  options: { readonly lastId?: string; readonly role?: 'operator' | 'rider'; readonly anonymous?: true } = {},
) => {
  const seen = eventSource();
  const closing = new AbortController();
  const bearer = await token(options.role ?? 'operator', 'operator-1');
  const response = await fetch(stack().live, {
    headers: {
      ...(options.anonymous ? {} : { authorization: `Bearer ${bearer}` }),
      ...(options.lastId ? { 'last-event-id': options.lastId } : {}),
    },
    signal: closing.signal,
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
    /** The orders of the notices, in the order they arrived. */
    orders: (): readonly string[] => seen.events.map(({ data }) => (JSON.parse(data) as { orderId: string }).orderId),
    leave: () => closing.abort(),
  };
};
