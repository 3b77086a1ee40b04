/** A page's EventSource as in WHATWG HTML 9.2.6: an event counts with its empty line; what was cut off is dropped. */

export type Received = { readonly type: string; readonly data: string; readonly id: string };

export const eventSource = () => {
  const events: Received[] = [];
  let lastId = '';
  let idBuffer = '';
  let rest = '';
  let data: string[] = [];
  let type = '';

  const dispatch = (): void => {
    lastId = idBuffer;
    if (data.length > 0) events.push({ type: type || 'message', data: data.join('\n'), id: lastId });
    data = [];
    type = '';
  };
  const line = (text: string): void => {
    if (text === '') dispatch();
    if (text.startsWith(':')) return;
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(text) ?? [];
    if (field === 'data') data.push(value);
    if (field === 'event') type = value;
    if (field === 'id') idBuffer = value;
  };

  return {
    events: events as readonly Received[],
    lastId: () => lastId,
    /** A new connection: what was incomplete is dropped. */
    connected: () => {
      rest = '';
      data = [];
      type = '';
      idBuffer = lastId;
    },
    read: (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(line);
    },
    /** The numbers of the orders in the notices, in order. */
    orders: () =>
      events
        .filter(({ type }) => type !== 'reset')
        .map(({ data }) => Number((JSON.parse(data) as { orderId: string }).orderId.slice(-7))),
  };
};
