/** The WebSocket of the apps. */
import { describe, expect, it } from 'vitest';
import { connections } from '../../functions/notify/connections.store.ts';
import { socket } from '../../functions/notify/socket.ts';
import { start } from '../support/dispatch.ts';
import { logLines } from '../support/log.ts';
import { clientOf, memoryTable } from '../support/memory-table.ts';

logLines();

const setUp = () => {
  const table = memoryTable();
  const store = connections(clientOf(table), 'State');
  const replies: unknown[] = [];
  const handler = socket({ connections: store, post: async (_, body) => replies.push(JSON.parse(body)) > 0, now: () => start });
  const send = (routeKey: string, body?: string, sub: string | undefined = 'anna') =>
    handler({
      requestContext: { routeKey, connectionId: 'c1', ...(sub ? { authorizer: { principalId: sub } } : {}) },
      ...(body === undefined ? {} : { body }),
    });
  return { table, store, replies, send };
};

describe('an app connects', () => {
  it('is reachable until it disconnects', async () => {
    const { store, send } = setUp();
    expect(await send('$connect')).toEqual({ statusCode: 200 });
    expect((await store.reach('anna')).connections).toEqual(['c1']);
    expect(await send('$disconnect')).toEqual({ statusCode: 200 });
    expect((await store.reach('anna')).connections).toEqual([]);
  });

  it.each(['$connect', '$disconnect', '$default'])('[OPS-8] is refused on %s without a person, and nothing is stored', async (route) => {
    const { table, replies, send } = setUp();
    expect(await send(route, '{"action":"register-push","token":"p1"}', '')).toEqual({ statusCode: 401 });
    expect([table.all('State'), replies]).toEqual([[], []]);
  });
});

describe('an app speaks', () => {
  it('is answered a ping', async () => {
    const { replies, send } = setUp();
    await send('$default', '{"action":"ping"}');
    expect(replies).toEqual([{ type: 'PONG' }]);
  });

  it('registers its device for mobile push', async () => {
    const { store, replies, send } = setUp();
    await send('$default', '{"action":"register-push","token":"p1"}');
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
    ['a token that is a number', '{"action":"register-push","token":7}', ['token']],
  ])('is told what is wrong with %s, and nothing is stored', async (_, body, fields) => {
    const { table, replies, send } = setUp();
    expect(await send('$default', body)).toEqual({ statusCode: 200 });
    expect(replies).toMatchObject([{ type: 'ERROR', code: 'INVALID_MESSAGE', errors: fields.map((field) => ({ field })) }]);
    expect(table.all('State')).toEqual([]);
  });
});
