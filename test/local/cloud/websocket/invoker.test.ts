/** Which route a WebSocket message takes, what its sender is answered, and what is counted. */
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../../local/cloud/lambda/functions.ts';
import { openInvoker } from '../../../../local/cloud/websocket/invoker.ts';

const connection = { id: 'c1', connectedAt: 0, sourceIp: '', userAgent: '', domainName: '' };
const payload = (text: string): Outcome => ({ ok: true, requestId: 'r', payload: text });
const broken: Outcome = {
  ok: false,
  requestId: 'r',
  throttled: false,
  error: { errorType: 'Error', errorMessage: 'no' },
};

const play = async (keys: readonly string[], body: string, outcome: Outcome, mayPass = true) => {
  const routes: string[] = [];
  const counted: string[] = [];
  const invoke = async (event: string): Promise<Outcome> => {
    routes.push(JSON.parse(event).requestContext.routeKey);
    return outcome;
  };
  const api = {
    id: 'api',
    selection: '$request.body.action',
    stage: { StageName: 'live' },
    routes: keys.map((key) => ({ key, target: key })),
  };
  const parts = {
    functions: { find: () => ({ invoke }) },
    monitor: { socket: (_api: unknown, name: string) => counted.push(name) },
  };
  const refusal = await openInvoker(parts as never, api as never).receive(connection, body, mayPass);
  return { routes, counted, message: refusal?.message };
};
const ok = payload('{"statusCode":200}');

describe('a message', () => {
  it.each([
    ['{"action":"hello"}', 'hello'],
    ['{"action":"unknown"}', '$default'],
    ['{"action":7}', '$default'],
    ['no JSON', '$default'],
    ['["hello"]', '$default'],
    ['{"toString":"hello"}', '$default'],
  ])('%s takes the route %s', async (body, route) => {
    expect(await play(['hello', '$default'], body, ok)).toEqual({
      routes: [route],
      counted: ['MessageCount'],
      message: undefined,
    });
  });

  it('without a route is refused', async () => {
    expect(await play(['hello'], '{}', ok)).toEqual({
      routes: [],
      counted: ['MessageCount', 'ClientError'],
      message: 'Forbidden',
    });
  });

  it('beyond the rate is refused before its function runs', async () => {
    expect(await play(['$default'], '{}', ok, false)).toEqual({
      routes: [],
      counted: ['MessageCount', 'ClientError'],
      message: 'Too Many Requests',
    });
  });

  it.each([
    ['fails', broken, 'ExecutionError'],
    ['answers 500', payload('{"statusCode":500}'), 'IntegrationError'],
  ])('whose function %s is answered with an error', async (_, outcome, metric) => {
    expect(await play(['$default'], '{}', outcome)).toMatchObject({
      counted: ['MessageCount', metric],
      message: 'Internal server error',
    });
  });

  it('whose function answers nothing is taken', async () => {
    expect((await play(['$default'], '{}', payload('null'))).message).toBeUndefined();
  });
});

it('selects routes by a field of the body only', () => {
  const api = { selection: '$request.header.x', routes: [] };
  expect(() => openInvoker({} as never, api as never)).toThrow('$request.header.x is not known here');
});
