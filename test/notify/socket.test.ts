/** The WebSocket of the apps. */
import { describe, expect, it } from 'vitest';
import { connections } from '../../functions/notify/connections.store.ts';
import { type SocketEvent, socket } from '../../functions/notify/socket.ts';
import { start } from '../support/dispatch.ts';
import { logLines } from '../support/log.ts';
import { clientOf, memoryTable } from '../support/memory-table.ts';

logLines();

const setUp = () => {
  const table = memoryTable();
  const store = connections(clientOf(table), 'State');
  const replies: unknown[] = [];
  const handler = socket({
    connections: store,
    post: async (_, body) => replies.push(JSON.parse(body)) > 0,
    now: () => start,
  });
  const event = (eventType: SocketEvent['requestContext']['eventType'], sub: string): SocketEvent => ({
    requestContext: { eventType, connectionId: 'c1', ...(sub ? { authorizer: { principalId: sub } } : {}) },
  });
  const connect = (sub = 'anna') => handler(event('CONNECT', sub));
  const disconnect = (sub = 'anna') => handler(event('DISCONNECT', sub));
  /** A frame goes to the route its action names, also to a reserved one. */
  const say = (body: string, sub = 'anna') => {
    const { requestContext } = event('MESSAGE', sub);
    const routeKey = /"action":"(\$\w+)"/.exec(body)?.[1] ?? '$default';
    return handler({ requestContext: { ...requestContext, routeKey } as typeof requestContext, body });
  };
  return { table, store, replies, connect, disconnect, say };
};

describe('an app connects', () => {
  it('is reachable until it disconnects', async () => {
    const { store, connect, disconnect } = setUp();
    expect(await connect()).toEqual({ statusCode: 200 });
    expect((await store.reach('anna')).connections).toEqual(['c1']);
    expect(await disconnect()).toEqual({ statusCode: 200 });
    expect((await store.reach('anna')).connections).toEqual([]);
  });

  it('[OPS-8] is refused without a person, whatever it does, and nothing is stored', async () => {
    const { table, replies, connect, disconnect, say } = setUp();
    const answers = await Promise.all([
      connect(''),
      disconnect(''),
      say('{"action":"register-push","token":"p1"}', ''),
    ]);
    expect(answers).toEqual([{ statusCode: 401 }, { statusCode: 401 }, { statusCode: 401 }]);
    expect([table.all('State'), replies]).toEqual([[], []]);
  });

  it.each(['$connect', '$disconnect', '$default'])(
    '[OPS-8] stays reachable when it sends a frame with the action %s',
    async (action) => {
      const { table, store, replies, connect, say } = setUp();
      await connect();
      const before = table.all('State');
      expect(await say(JSON.stringify({ action }))).toEqual({ statusCode: 200 });
      expect(replies).toMatchObject([{ type: 'ERROR', code: 'INVALID_MESSAGE', errors: [{ field: 'action' }] }]);
      expect((await store.reach('anna')).connections).toEqual(['c1']);
      expect(table.all('State')).toEqual(before);
    },
  );

  it('[OPS-8] is not reachable again by a frame after it disconnected', async () => {
    const { store, connect, disconnect, say } = setUp();
    await connect();
    await disconnect();
    await say('{"action":"$connect"}');
    expect((await store.reach('anna')).connections).toEqual([]);
  });
});

describe('an app speaks', () => {
  it('is answered a ping', async () => {
    const { replies, say } = setUp();
    await say('{"action":"ping"}');
    expect(replies).toEqual([{ type: 'PONG' }]);
  });

  it('registers its device for mobile push', async () => {
    const { store, replies, say } = setUp();
    await say('{"action":"register-push","token":"p1"}');
    expect(replies).toEqual([{ type: 'PUSH_REGISTERED' }]);
    expect((await store.reach('anna')).devices).toEqual(['p1']);
  });

  it.each([
    ['nothing', '', ['body']],
    ['no JSON', 'hello', ['body']],
    ['a list', '[]', ['body']],
    ['no action', '{}', ['action']],
    ['an action that is none', '{"action":"dance"}', ['action']],
    ['a device without a token', '{"action":"register-push"}', ['token']],
    ['an empty token', '{"action":"register-push","token":""}', ['token']],
    ['a token of 501 characters', JSON.stringify({ action: 'register-push', token: 'x'.repeat(501) }), ['token']],
    ['half a character in its token', '{"action":"register-push","token":"p\\ud800"}', ['token']],
    ['a token that is a number', '{"action":"register-push","token":7}', ['token']],
  ])('is told what is wrong with %s, and nothing is stored', async (_, body, fields) => {
    const { table, replies, say } = setUp();
    expect(await say(body)).toEqual({ statusCode: 200 });
    expect(replies).toMatchObject([
      { type: 'ERROR', code: 'INVALID_MESSAGE', errors: fields.map((field) => ({ field })) },
    ]);
    expect(table.all('State')).toEqual([]);
  });
});
