/** The WebSocket from outside: what an app may send, and that no message ends its connection. */
import { describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { eventually, person, rideBody, stack, token } from './support/stack.ts';

const connected = async (sub: string) => {
  const replies: { readonly type: string; readonly errors?: readonly { readonly field: string }[] }[] = [];
  const socket = new WebSocket(`${stack().websocket}?token=${await token('driver', sub)}`);
  socket.on('message', (data) => replies.push(JSON.parse(data.toString())));
  await new Promise<void>((open, failed) => {
    socket.once('open', () => open());
    socket.once('error', failed);
  });
  return { replies, send: (frame: string) => socket.send(frame), close: () => socket.close() };
};

describe('when an app sends a frame with the name of a reserved route', () => {
  it.each(['$disconnect', '$connect', '$default'])(
    '[OPS-8] %s: the app gets an error, and still gets its offers',
    async (action) => {
      const [rider, driver] = await Promise.all([person('rider'), person('driver')]);
      const { replies, send, close } = await connected(driver.sub);
      send(JSON.stringify({ action }));
      await eventually(() => replies.length > 0);
      expect(replies).toMatchObject([{ type: 'ERROR', errors: [{ field: 'action' }] }]);

      await rider.call('POST', '/rides', rideBody([driver]));
      await eventually(() => replies.some(({ type }) => type === 'NEW_RIDE_REQUEST'));
      close();
    },
  );
});
