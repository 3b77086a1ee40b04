/** The WebSocket of the apps. */
import { describe, expect, it } from 'vitest';
import { connections } from '../../functions/notify/connections.store.ts';
import { compose } from '../../functions/notify/socket.compose.ts';
import type { SocketEvent } from '../../functions/notify/socket.ts';
import type { Clients } from '../../functions/platform/ports.ts';
import { logLines } from '../support/log.ts';
import { memoryTable } from '../support/memory-table.ts';
import { testPorts } from '../support/ports.ts';
import { failsWith, scripted } from '../support/scripted.ts';

const lines = logLines();

const setUp = (dynamo?: Clients['dynamo']) => {
  const { ports, env, table, posted } = testPorts(dynamo ? { dynamo } : {});
  const store = connections(ports.dynamo, 'State');
  const handler = compose(ports, env);
  const event = (eventType: SocketEvent['requestContext']['eventType'], sub: string): SocketEvent => ({
    requestContext: { eventType, connectionId: 'c1', ...(sub ? { authorizer: { principalId: sub } } : {}) },
  });
  return {
    table,
    store,
    replies: (): readonly unknown[] => posted.map(({ body }) => JSON.parse(body)),
    connect: (sub = 'anna') => handler(event('CONNECT', sub)),
    disconnect: (sub = 'anna') => handler(event('DISCONNECT', sub)),
    /** A frame goes to the route its action names, also to a reserved one. */
    send: (body: string, sub = 'anna') => {
      const { requestContext } = event('MESSAGE', sub);
      const routeKey = /"action":"(\$\w+)"/.exec(body)?.[1] ?? '$default';
      return handler({ requestContext: { ...requestContext, routeKey } as typeof requestContext, body });
    },
  };
};

describe('an app connects', () => {
  it('is reachable until it disconnects', async () => {
    const { store, connect, disconnect } = setUp();
    expect(await connect()).toEqual({ statusCode: 200 });
    expect((await store.reach('anna')).connections).toEqual(['c1']);
    expect(await disconnect()).toEqual({ statusCode: 200 });
    expect((await store.reach('anna')).connections).toEqual([]);
    expect(lines.named('Socket')).toMatchObject([
      { event: 'CONNECT', outcome: 'happened' },
      { event: 'DISCONNECT', outcome: 'happened' },
    ]);
  });

  it('[OPS-8] is refused without a subject, and nothing is stored', async () => {
    const { table, replies, connect, disconnect, send } = setUp();
    const answers = await Promise.all([
      connect(''),
      disconnect(''),
      send('{"action":"register-push","token":"p1"}', ''),
    ]);
    expect(answers).toEqual([{ statusCode: 401 }, { statusCode: 401 }, { statusCode: 401 }]);
    expect([table.all('State'), replies()]).toEqual([[], []]);
  });

  it.each(['$connect', '$disconnect', '$default'])(
    '[OPS-8] stays reachable when it sends a frame with the action %s',
    async (action) => {
      const { table, store, replies, connect, send } = setUp();
      await connect();
      const before = table.all('State');
      expect(await send(JSON.stringify({ action }))).toEqual({ statusCode: 200 });
      expect(replies()).toMatchObject([{ type: 'ERROR', code: 'INVALID_MESSAGE', errors: [{ field: 'action' }] }]);
      expect((await store.reach('anna')).connections).toEqual(['c1']);
      expect(table.all('State')).toEqual(before);
    },
  );

  it('[OPS-8] is not reachable again by a frame after it disconnected', async () => {
    const { store, connect, disconnect, send } = setUp();
    await connect();
    await disconnect();
    await send('{"action":"$connect"}');
    expect((await store.reach('anna')).connections).toEqual([]);
  });
});

describe('an app sends a message', () => {
  it('gets the answer to a ping', async () => {
    const { replies, send } = setUp();
    await send('{"action":"ping"}');
    expect(replies()).toEqual([{ type: 'PONG' }]);
  });

  it('registers its device for mobile push', async () => {
    const { store, replies, send } = setUp();
    await send('{"action":"register-push","token":"p1"}');
    expect(replies()).toEqual([{ type: 'PUSH_REGISTERED' }]);
    expect((await store.reach('anna')).devices).toEqual(['p1']);
  });

  it('is not answered that its message is invalid when the table fails', async () => {
    const throttled = new Error('slow down');
    const { replies, send } = setUp(scripted(memoryTable(), failsWith(throttled)).client);
    await expect(send('{"action":"register-push","token":"p1"}')).rejects.toBe(throttled);
    expect(replies()).toEqual([]);
  });

  it.each([
    ['nothing', '', ['body']],
    ['no JSON', 'hello', ['body']],
    ['a list', '[]', ['body']],
    ['no action', '{}', ['action']],
    ['an unknown action', '{"action":"dance"}', ['action']],
    ['a device without a token', '{"action":"register-push"}', ['token']],
    ['an empty token', '{"action":"register-push","token":""}', ['token']],
    ['a token of 501 characters', JSON.stringify({ action: 'register-push', token: 'x'.repeat(501) }), ['token']],
    ['half a character in its token', '{"action":"register-push","token":"p\\ud800"}', ['token']],
    ['a token that is a number', '{"action":"register-push","token":7}', ['token']],
  ])('gets the invalid fields of %s, and nothing is stored', async (_, body, fields) => {
    const { table, replies, send } = setUp();
    expect(await send(body)).toEqual({ statusCode: 200 });
    expect(replies()).toMatchObject([
      { type: 'ERROR', code: 'INVALID_MESSAGE', errors: fields.map((field) => ({ field })) },
    ]);
    expect(table.all('State')).toEqual([]);
  });
});
