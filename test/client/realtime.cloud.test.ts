/** The connection for notifications against a WebSocket server. */
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket as NodeWebSocket } from 'ws';
import {
  type MakeWebSocket,
  type Realtime,
  type RideNotification,
  type TuntasOptions,
  tuntas,
} from '../../client/index.ts';
import { sleep, socketServer, until } from './servers.ts';

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const server = async (options: Parameters<typeof socketServer>[0] = {}) => {
  const started = await socketServer(options);
  endings.push(started.stop);
  return started;
};

const connected = (websocket: string, options: Partial<TuntasOptions> = {}) => {
  const { timing, ...rest } = options;
  const client = tuntas({
    api: 'http://127.0.0.1:9',
    websocket,
    token: () => 't',
    timing: { backoff: { firstMs: 20, longestMs: 50 }, answerMs: 500, ...timing },
    ...rest,
  });
  const app: Realtime = client.connect();
  endings.push(app.close);
  const shown: RideNotification[] = [];
  const connects: boolean[] = [];
  const problems: unknown[] = [];
  app.on('notification', (notification) => void shown.push(notification));
  app.on('connected', ({ resumed }) => void connects.push(resumed));
  app.on('problem', (problem) => void problems.push(problem));
  return { app, client, shown, connects, problems };
};

const offer = (rideId: string, version: number) => ({
  id: `${rideId}:${version}`,
  type: 'NEW_RIDE_REQUEST',
  rideId,
  version,
  at: '2026-11-21T03:44:00.000Z',
  sequence: 1,
  serviceLine: 'BB',
  pickup: { lat: -6.2, lng: 106.8, sequence: 0 },
  destination: { lat: -6.3, lng: 106.9 },
});

describe.each([
  ['the platform’s WebSocket', undefined],
  ['one that is passed in', NodeWebSocket as unknown as MakeWebSocket],
])('A driver who is connected with %s', (_, given) => {
  const passed = given ? { WebSocket: given } : {};

  it('gets an offer once, typed', async () => {
    const { websocket, connections } = await server();
    const { app, shown } = connected(websocket, passed);
    const pickups: number[] = [];
    app.on('NEW_RIDE_REQUEST', ({ pickup }) => void pickups.push(pickup.lat));
    await until('connection', () => connections.length === 1);
    connections[0]?.send(offer('A', 1));
    connections[0]?.send(offer('A', 1));
    connections[0]?.send(offer('B', 1));
    await until('two offers', () => shown.length === 2);
    await sleep(30);
    expect(shown.map(({ id }) => id)).toEqual(['A:1', 'B:1']);
    expect(pickups).toEqual([-6.2, -6.2]);
  });

  it('[DSP-7] does not see it again after the connection broke', async () => {
    const { websocket, connections } = await server();
    const { shown, connects } = connected(websocket, passed);
    await until('connection', () => connections.length === 1);
    connections[0]?.send(offer('A', 1));
    await until('the offer', () => shown.length === 1);
    connections[0]?.cut();
    await until('the second connection', () => connections.length === 2 && connects.length === 2);
    connections[1]?.send(offer('A', 1));
    connections[1]?.send(offer('C', 1));
    await until('the other offer', () => shown.length === 2);
    expect(shown.map(({ id }) => id)).toEqual(['A:1', 'C:1']);
    expect(connects).toEqual([false, true]);
  });

  it('comes back after the server was away', async () => {
    const first = await server();
    const { app, connects } = connected(first.websocket, passed);
    const states: string[] = [];
    app.on('state', (state) => void states.push(state));
    await until('connection', () => connects.length === 1);
    await first.stop();
    await until('waiting', () => app.state() === 'waiting');
    await sleep(150);
    const second = await server({ port: first.port });
    await until('second connection', () => second.connections.length === 1 && app.state() === 'open');
    expect(connects).toEqual([false, true]);
    expect(states.slice(0, 3)).toEqual(['open', 'waiting', 'connecting']);
  });
});

describe('A line that is dead without telling', () => {
  it('is noticed by an unanswered ping, and replaced', async () => {
    const { websocket, connections } = await server();
    const { app, connects } = connected(websocket, {
      timing: { heartbeatMs: 50, answerMs: 100, backoff: { firstMs: 10, longestMs: 10 } },
    });
    const why: string[] = [];
    app.on('disconnected', (event) => void why.push(event.why));
    await until('connection', () => connects.length === 1);
    connections[0]?.freeze();
    await until('second connection', () => connects.length === 2);
    expect(why[0]).toBe('no answer to a ping within 100 ms');
  });

  it('stays open while the pings are answered', async () => {
    const { websocket, connections } = await server();
    connected(websocket, { timing: { heartbeatMs: 20, answerMs: 200 } });
    await until('five pings', () => (connections[0]?.received.length ?? 0) >= 5);
    expect(connections[0]?.received[0]).toEqual({ action: 'ping' });
    expect(connections).toHaveLength(1);
  });

  it('is checked at once when the app comes to the foreground, however often it calls', async () => {
    const { websocket, connections } = await server();
    const { app, connects } = connected(websocket, {
      timing: { answerMs: 150, backoff: { firstMs: 10, longestMs: 10 } },
    });
    await until('connection', () => connects.length === 1);
    connections[0]?.freeze();
    const insisting = setInterval(() => connects.length === 1 && app.checkNow(), 20);
    await until('second connection', () => connects.length === 2, 2_000);
    clearInterval(insisting);
  });

  it('that will not open is given up in time', async () => {
    const { createServer } = await import('node:net');
    const mute = createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    endings.push(() => new Promise((resolve) => mute.close(resolve)));
    const { problems } = connected(`ws://127.0.0.1:${(mute.address() as { port: number }).port}`, {
      timing: { answerMs: 60 },
    });
    await until('two failures', () => problems.length >= 2);
    expect(String(problems[0])).toContain('not open within 60 ms');
  });
});

describe('A connection that grows old', () => {
  it('is replaced before API Gateway ends it, the new one being open first', async () => {
    const { websocket, connections } = await server();
    const { connects, shown } = connected(websocket, { timing: { renewMs: 200 } });
    await until('second connection', () => connects.length === 2);
    expect(connects).toEqual([false, true]);
    connections[0]?.isOpen() && connections[0].send(offer('A', 1));
    connections[1]?.send(offer('A', 1));
    await until('the old one closed', () => connections[0]?.isOpen() === false);
    await until('the offer', () => shown.length === 1);
  });

  it('is kept while no new one can be had', async () => {
    let admit = true;
    const { websocket, connections, refused } = await server({ admits: () => admit });
    const { app, connects } = connected(websocket, { timing: { renewMs: 100 } });
    await until('connection', () => connects.length === 1);
    admit = false;
    await until('refusals', () => refused.length >= 3);
    expect([app.state(), connections[0]?.isOpen()]).toEqual(['open', true]);
    admit = true;
    await until('second connection', () => connects.length >= 2);
  });
});

describe('The token of a connection', () => {
  it('is a new one before each connection', async () => {
    const { websocket, connections } = await server();
    let n = 0;
    const { connects } = connected(websocket, {
      token: async () => {
        n += 1;
        return `token ${n}&`;
      },
    });
    await until('connection', () => connects.length === 1);
    connections[0]?.close();
    await until('second connection', () => connects.length === 2);
    expect(connections.map(({ token }) => token)).toEqual(['token 1&', 'token 2&']);
  });

  it('is named to the provider when it was refused again', async () => {
    const { websocket, connections } = await server({ admits: (token) => token === 'new' });
    const { connects } = connected(websocket, { token: (refused) => (refused === 'old' ? 'new' : 'old') });
    await until('connection', () => connects.length === 1);
    expect(connections[0]?.token).toBe('new');
  });

  it('that is not available is a problem, and is requested again', async () => {
    const { websocket } = await server();
    let n = 0;
    const { connects, problems } = connected(websocket, {
      token: () => {
        n += 1;
        if (n < 3) throw new Error('sign in first');
        return 't';
      },
    });
    await until('connection', () => connects.length === 1);
    expect(problems.map(String)).toEqual(['Error: sign in first', 'Error: sign in first']);
  });
});

describe('Registering for mobile push', () => {
  it('is confirmed, and repeated with each connection', async () => {
    const { websocket, connections } = await server();
    const { app, connects } = connected(websocket);
    await app.registerPush('device-1');
    expect(connections[0]?.received).toEqual([{ action: 'register-push', token: 'device-1' }]);
    connections[0]?.cut();
    await until('second connection', () => connects.length === 2);
    await until('registration', () => connections[1]?.received.length === 1);
  });

  it('fails with the error of the server, and is not repeated', async () => {
    const { websocket, connections } = await server();
    const { app, connects } = connected(websocket);
    await until('connection', () => connects.length === 1);
    await expect(app.registerPush('bad')).rejects.toMatchObject({
      name: 'TuntasProblem',
      code: 'INVALID_MESSAGE',
      errors: [{ field: 'token', message: 'is bad' }],
    });
    connections[0]?.cut();
    await until('second connection', () => connects.length === 2);
    await sleep(30);
    expect(connections[1]?.received).toEqual([]);
  });

  it('ends with the connection', async () => {
    const { app } = connected('ws://127.0.0.1:9');
    const registration = app.registerPush('device-1');
    app.close();
    await expect(registration).rejects.toMatchObject({ code: 'CLOSED' });
  });
});

describe('What is not a notification', () => {
  it.each([
    '',
    'hello',
    'null',
    '[]',
    '{"type":"X"}',
    '{"message":"Internal server error","connectionId":"a"}',
    '{"type":"connected","id":1}',
  ])('is dropped: %s', async (text) => {
    const { websocket, connections } = await server();
    const { shown, connects } = connected(websocket);
    await until('connection', () => connects.length === 1);
    connections[0]?.send(text);
    connections[0]?.send(offer('A', 1));
    await until('the offer', () => shown.length === 1);
    expect(connects).toEqual([false]);
  });

  it('a type of a newer server is passed on as it is', async () => {
    const { websocket, connections } = await server();
    const { shown, connects } = connected(websocket);
    await until('connection', () => connects.length === 1);
    connections[0]?.send({ ...offer('A', 1), type: 'constructor' });
    await until('it', () => shown.length === 1);
    expect(shown[0]?.type).toBe('constructor');
  });
});

describe('A connection the app closes', () => {
  it('does not come back', async () => {
    const { websocket, connections } = await server();
    const { app, connects } = connected(websocket);
    await until('connection', () => connects.length === 1);
    app.close();
    app.checkNow();
    await until('the end', () => connections[0]?.isOpen() === false);
    await sleep(100);
    expect([connections.length, app.state()]).toEqual([1, 'closed']);
  });

  it('while it opens is not opened', async () => {
    const { websocket, connections } = await server();
    const { app } = connected(websocket, { token: () => sleep(30).then(() => 't') });
    app.close();
    await sleep(120);
    expect(connections.filter(({ isOpen }) => isOpen())).toEqual([]);
  });
});
