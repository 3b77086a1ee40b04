/** An app reads after an interruption what it missed. */
import { afterEach, describe, expect, it } from 'vitest';
import { type OpenOffer, type Ride, type Storage, tuntas } from '../../client/index.ts';
import { httpServer, type Received, type Scripted, socketServer, until } from './servers.ts';

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const [one, two] = ['TNT-20261121-0000001', 'TNT-20261121-0000002'];
const place = { lat: -6.2, lng: 106.8, sequence: 0 };
const offer = (rideId: string, version: number): OpenOffer => ({
  rideId,
  version,
  sequence: 1,
  serviceLine: 'BB',
  pickup: place,
  destination: place,
  at: '2026-11-21T03:44:00.000Z',
  expiresAt: '2026-11-21T03:44:30.000Z',
});
const notified = (rideId: string, version: number, type = 'NEW_RIDE_REQUEST') => ({
  ...offer(rideId, version),
  type,
  id: `${rideId}:${version}`,
});
const ride = (rideId: string, version: number, status: Ride['status']): object => ({
  rideId,
  version,
  status,
  pickup: place,
  offers: [],
});

/** @param api answers the client's requests */
const world = async (
  api: (request: Received) => Scripted | Promise<Scripted>,
  options: { readonly driver?: boolean; readonly storage?: Storage } = {},
) => {
  const [http, socket] = [await httpServer(api), await socketServer()];
  endings.push(http.stop, socket.stop);
  const { driver = true, storage } = options;
  const start = () => {
    const client = tuntas({
      api: http.api,
      websocket: socket.websocket,
      token: () => 't',
      timing: { backoff: { firstMs: 20, longestMs: 50 } },
      ...(storage ? { storage } : {}),
    });
    const app = client.connect({ driver });
    endings.push(app.close);
    const shown: string[] = [];
    const rides: string[] = [];
    const problems: unknown[] = [];
    const connects: boolean[] = [];
    app.on('connected', ({ resumed }) => void connects.push(resumed));
    app.on('NEW_RIDE_REQUEST', ({ id }) => void shown.push(id));
    app.on('ride', ({ rideId, status }) => void rides.push(`${rideId} ${status}`));
    app.on('problem', (problem) => void problems.push(problem));
    return { client, app, shown, rides, problems, connects };
  };
  const readsOf = (path: string): number => http.received.filter((request) => request.path === path).length;
  return { ...socket, start, readsOf };
};

const standing = (...offers: readonly OpenOffer[]) => ({
  status: 200,
  body: { driverId: 'd', onDuty: true, serviceLine: 'BB', offers },
});

describe('A driver who connects', () => {
  it('[DSP-13] gets the offer that was made during the interruption', async () => {
    const { start } = await world(() => standing(offer(one, 1)));
    const { shown } = start();
    await until('the offer', () => shown.length === 1);
    expect(shown).toEqual([`${one}:1`]);
  });

  it('[DSP-7] is shown it once, though it comes by both ways', async () => {
    const { start, connections } = await world(() => standing(offer(one, 1), offer(two, 3)));
    const { shown } = start();
    await until('the offers', () => shown.length === 2);
    connections[0]?.send(notified(one, 1));
    connections[0]?.send(notified(two, 4));
    await until('the news', () => shown.length === 3);
    expect(shown).toEqual([`${one}:1`, `${two}:3`, `${two}:4`]);
  });

  it('gets the open offer again after a restart of the app', async () => {
    let saved = '';
    const storage: Storage = {
      load: () => saved,
      save: (text) => {
        saved = text;
      },
    };
    const { start } = await world(() => standing(offer(one, 1)), { storage });
    const before = start();
    await until('the offer', () => before.shown.length === 1);
    before.app.close();
    const after = start();
    await until('the offer again', () => after.shown.length === 1);
    expect(after.shown).toEqual([`${one}:1`]);
  });

  it('[DSP-8] is not shown an offer whose withdrawal overtook the answer', async () => {
    let answer = (_: Scripted): void => undefined;
    const answered = new Promise<Scripted>((resolve) => {
      answer = resolve;
    });
    const { start, connections, readsOf } = await world(() => answered);
    const { shown, client } = start();
    await until('the question', () => readsOf('/drivers/me') === 1);
    connections[0]?.send(notified(one, 2, 'RIDE_WITHDRAWN'));
    await until('the withdrawal', () => client.filter.knowsNewer(notified(one, 1)));
    answer(standing(offer(one, 1), offer(two, 1)));
    await until('the other offer', () => shown.length === 1);
    expect(shown).toEqual([`${two}:1`]);
  });
});

describe('A driver who connects with a car', () => {
  const car = 'B1234XYZ';
  const message = { id: 'Benar?', en: 'Right?' };
  const asking = {
    orderId: two,
    version: 2,
    askedAt: '2026-11-21T03:49:00.000Z',
    answerUntil: '2026-11-21T03:59:00.000Z',
    message,
  };

  it('[EZP-4] [EZP-10] gets the scan of the interruption once', async () => {
    const { start, connections } = await world(({ path }) =>
      path === '/drivers/me'
        ? { status: 200, body: { driverId: 'd', onDuty: true, serviceLine: 'BB', car, offers: [] } }
        : {
            status: 200,
            body: { car, argo: 'UNKNOWN', version: 1, asking: path === `/cars/${car}/argo` ? [asking] : [] },
          },
    );
    const { app, shown } = start();
    const questions: unknown[] = [];
    app.on('EZPAY_CONFIRM_REQUEST', (question) => void questions.push(question));
    await until('the question', () => questions.length === 1);
    expect(questions).toEqual([
      {
        type: 'EZPAY_CONFIRM_REQUEST',
        id: `${two}:2`,
        rideId: two,
        version: 2,
        at: '2026-11-21T03:49:00.000Z',
        car,
        message,
        answerUntil: '2026-11-21T03:59:00.000Z',
      },
    ]);
    connections[0]?.send({ ...notified(two, 2, 'EZPAY_CONFIRM_REQUEST'), car });
    connections[0]?.send(notified(one, 1));
    await until('the offer', () => shown.length === 1);
    expect(questions).toHaveLength(1);
  });
});

describe('An app that was away', () => {
  it('gets the rides it knows, and no others', async () => {
    let status: Ride['status'] = 'SEARCHING';
    const { start, connections, readsOf } = await world(
      ({ path }) => ({ status: 200, body: ride(path.split('/').at(-1) ?? '', 1, status) }),
      {
        driver: false,
      },
    );
    const { client, rides, connects } = start();
    await client.getRide(one);
    status = 'CANCELLED';
    await client.getRide(two);
    await until('connection', () => connections.length === 1);
    expect(rides).toEqual([]);
    connections[0]?.cut();
    await until('the ride', () => rides.length === 1);
    expect(rides).toEqual([`${one} CANCELLED`]);
    expect(readsOf('/drivers/me')).toBe(0);
    connections[1]?.cut();
    await until('the third connection', () => connects.length === 3);
    await client.getRide(two);
    expect(readsOf(`/rides/${one}`)).toBe(2);
  });

  it('gets the ride of an offer it shows', async () => {
    const { start, connections } = await world(({ path }) =>
      path === '/drivers/me' ? standing() : { status: 200, body: ride(one, 2, 'DECLINED') },
    );
    const { rides, shown } = start();
    await until('connection', () => connections.length === 1);
    connections[0]?.send(notified(one, 1));
    await until('the offer', () => shown.length === 1);
    connections[0]?.cut();
    await until('its end', () => rides.length === 1);
    expect(rides).toEqual([`${one} DECLINED`]);
  });

  it('gets a problem when a read fails, and continues', async () => {
    const { start, connections } = await world(() => ({
      status: 403,
      body: { status: 403, code: 'WRONG_ROLE', detail: 'no' },
    }));
    const { app, problems, shown } = start();
    await until('the problem', () => problems.length === 1);
    expect(problems[0]).toMatchObject({ status: 403, code: 'WRONG_ROLE' });
    connections[0]?.send(notified(one, 1));
    await until('the offer', () => shown.length === 1);
    expect(app.state()).toBe('open');
  });
});
