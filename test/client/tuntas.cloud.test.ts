/** The calls for rides against a server that answers by script. */
import { afterEach, describe, expect, it } from 'vitest';
import { type Ride, type RideRequest, type TuntasOptions, tuntas } from '../../client/index.ts';
import { httpServer, type Received, type Scripted, sleep, until } from './servers.ts';

const servers: { stop: () => Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map(({ stop }) => stop()));
});

const app = async (
  script: (request: Received, index: number) => Scripted | Promise<Scripted>,
  options: Partial<TuntasOptions> = {},
) => {
  const server = await httpServer(script);
  servers.push(server);
  const client = tuntas({
    api: `${server.api}/`,
    token: () => 't',
    backoff: { firstMs: 5, longestMs: 10 },
    ...options,
  });
  return { client, received: server.received };
};

const ride = (version: number, sequence: number, more: Partial<Ride> = {}): Ride => ({
  rideId: 'TNT-20261121-0000042',
  status: 'SEARCHING',
  version,
  riderId: 'rider-1',
  serviceLine: 'BB',
  pickup: { lat: -6.2, lng: 106.8, sequence },
  destination: { lat: -6.3, lng: 106.9 },
  policy: 'close',
  giveBack: 'search',
  requestedAt: '2026-11-21T03:44:00.000Z',
  closesAt: '2026-11-21T03:49:00.000Z',
  offers: [{ driverId: 'd', sequence: 1, status: 'PENDING', at: '2026-11-21T03:44:00.000Z' }],
  ...more,
});
const wanted: RideRequest = {
  pickup: { lat: -6.2, lng: 106.8 },
  destination: { lat: -6.3, lng: 106.9 },
  serviceLine: 'BB',
};
const id = 'TNT-20261121-0000042';

describe('A request for a ride on an unreliable network', () => {
  it('sends every attempt under one key, so that one taxi comes', async () => {
    const script: Scripted[] = ['drop', { status: 503 }, { status: 429 }, { status: 200, body: ride(1, 0) }];
    const { client, received } = await app((_, i) => script[i] as Scripted);
    expect((await client.requestRide(wanted)).rideId).toBe(id);
    const keys = new Set(received.map(({ headers }) => headers['idempotency-key']));
    expect([received.length, keys.size]).toEqual([4, 1]);
    expect([...keys][0]).toMatch(/^[0-9a-f]{32}$/);
  });

  it('takes another key for another ride, and the one the app names', async () => {
    const { client, received } = await app(() => ({ status: 201, body: ride(1, 0) }));
    await client.requestRide(wanted);
    await client.requestRide(wanted);
    await client.requestRide(wanted, { key: 'draft-7' });
    const keys = received.map(({ headers }) => headers['idempotency-key']);
    expect([new Set(keys).size, keys[2]]).toEqual([3, 'draft-7']);
  });
});

describe('The calls of a driver', () => {
  it('go to their routes with their fields', async () => {
    const { client, received } = await app(({ method }) => ({
      status: 200,
      body: method === 'GET' ? ride(2, 0) : { success: true, alreadyProcessed: false, ride: ride(2, 0) },
    }));
    await client.accept(id);
    await client.decline(id, { reason: 'too far' });
    await client.decline(id);
    await client.pickUp(id);
    await client.cancel(id, { reason: 'puncture' });
    await client.cancel(id, { system: true });
    await client.reportDriver({ onDuty: true, position: { lat: -6.2, lng: 106.8 } });
    await client.getRide(id);
    await client.story(id);
    expect(received.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['POST', `/rides/${id}/accept`, {}],
      ['POST', `/rides/${id}/decline`, { reason: 'too far' }],
      ['POST', `/rides/${id}/decline`, {}],
      ['POST', `/rides/${id}/pick-up`, {}],
      ['POST', `/rides/${id}/cancel`, { reason: 'puncture' }],
      ['POST', `/rides/${id}/cancel`, { system: true }],
      ['PUT', '/drivers/me', { onDuty: true, position: { lat: -6.2, lng: 106.8 } }],
      ['GET', `/rides/${id}`, {}],
      ['GET', `/orders/${id}/story`, {}],
    ]);
  });

  it('[DSP-7] teach the filter, so that an offer on its way is not shown after the answer to it', async () => {
    const declined = ride(2, 0, {
      status: 'DECLINED',
      offers: [{ driverId: 'd', sequence: 1, status: 'DECLINED', at: '' }],
    });
    const { client } = await app(() => ({
      status: 200,
      body: { success: true, alreadyProcessed: false, ride: declined },
    }));
    await client.decline(id);
    expect(client.filter.accepts({ id: `${id}:1`, type: 'NEW_RIDE_REQUEST', rideId: id, version: 1 })).toBe(false);
  });
});

describe('An answer of the driver', () => {
  const offerOf = (version: number) => ({
    id: `${id}:${version}`,
    type: 'NEW_RIDE_REQUEST',
    rideId: id,
    version,
    sequence: 1,
  });
  const problem = (status: number, code: string): Scripted => ({ status, body: { status, code, detail: 'no' } });

  it.each(['accept', 'decline'] as const)('[DSP-8] counts from the moment it is sent: %s', async (answer) => {
    let respond = (_: Scripted): void => undefined;
    const response = new Promise<Scripted>((resolve) => {
      respond = resolve;
    });
    const { client, received } = await app(() => response);
    client.filter.accepts(offerOf(1));
    const answering = client[answer](id);
    await until('the request', () => received.length === 1);
    expect(client.filter.accepts(offerOf(2))).toBe(false);
    respond({ status: 200, body: { success: true, alreadyProcessed: false, ride: ride(3, 0, { offers: [] }) } });
    await answering;
    expect(client.filter.accepts(offerOf(2))).toBe(false);
  });

  it('[DSP-8] counts when no response came: whether it was carried out is unknown', async () => {
    const { client } = await app(() => 'drop', { attempts: 2 });
    await expect(client.decline(id)).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(client.filter.accepts(offerOf(2))).toBe(false);
  });

  it('counts when the app stops waiting for the response', async () => {
    const { client, received } = await app(() => new Promise<Scripted>(() => undefined));
    const stopping = new AbortController();
    const answering = client.decline(id, { signal: stopping.signal });
    await until('the request', () => received.length === 1);
    stopping.abort();
    await expect(answering).rejects.toThrow();
    expect(client.filter.accepts(offerOf(2))).toBe(false);
  });

  it.each([
    [409, 'RIDE_TAKEN'],
    [409, 'RIDE_CLOSED'],
    [409, 'OFFER_TIMED_OUT'],
    [409, 'OFFER_DECLINED'],
    [404, 'RIDE_NOT_FOUND'],
  ])('[DSP-8] counts when it is refused because the offer is over: %i %s', async (status, code) => {
    const { client } = await app(() => problem(status, code));
    await expect(client.accept(id)).rejects.toMatchObject({ code });
    expect(client.filter.accepts(offerOf(2))).toBe(false);
  });

  it.each([
    [400, 'INVALID_REQUEST'],
    [403, 'WRONG_ROLE'],
    [409, 'DRIVER_BUSY'],
    [500, 'INTERNAL_ERROR'],
    [503, 'TRY_AGAIN'],
  ])('is given back when it failed: %i %s', async (status, code) => {
    const { client } = await app(() => problem(status, code), { attempts: 1 });
    await expect(client.accept(id)).rejects.toMatchObject({ code });
    expect(client.filter.accepts(offerOf(2))).toBe(true);
  });

  it('is given back when it was never sent', async () => {
    const { client } = await app(() => ({ status: 200 }), { token: () => Promise.reject(new Error('signed out')) });
    await expect(client.accept(id)).rejects.toThrow('signed out');
    await expect(client.decline(id, { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late');
    expect(client.filter.accepts(offerOf(2))).toBe(true);
  });
});

describe('Moving the pickup', () => {
  const stored = (first: number) => {
    let sequence = first;
    return ({ method, body }: Received): Scripted => {
      if (method !== 'PATCH') return { status: 200, body: ride(1, sequence) };
      const ignored = Number(body.sequence) <= sequence;
      sequence = Math.max(sequence, Number(body.sequence));
      return { status: 200, body: { success: true, ignored } };
    };
  };
  const moves = (received: readonly Received[]) =>
    received.filter(({ method }) => method === 'PATCH').map(({ body }) => body.sequence);
  const here = { lat: -6.21, lng: 106.81, address: 'gate 2' };

  it('[DSP-5] raises the sequence with each call', async () => {
    const { client, received } = await app(stored(0));
    await client.requestRide(wanted);
    await client.movePickup(id, here);
    await client.movePickup(id, here);
    expect(moves(received)).toEqual([1, 2]);
    expect(received.at(-1)?.body).toEqual({ ...here, sequence: 2 });
  });

  it('[DSP-5] reads a ride it does not know first, once for all that wait', async () => {
    const { client, received } = await app(stored(7));
    await Promise.all([client.movePickup(id, here), client.movePickup(id, here), client.movePickup(id, here)]);
    expect(received.filter(({ method }) => method === 'GET')).toHaveLength(1);
    expect(moves(received).toSorted()).toEqual([10, 8, 9]);
  });

  it('[DSP-5] sends each attempt of one move under the same sequence', async () => {
    const answerOf = stored(0);
    let dropped = false;
    const { client, received } = await app((request) => {
      const scripted = answerOf(request);
      if (request.method !== 'PATCH' || dropped) return scripted;
      dropped = true;
      return 'drop';
    });
    await client.requestRide(wanted);
    expect(await client.movePickup(id, here)).toMatchObject({ success: true, ignored: true });
    expect(moves(received)).toEqual([1, 1]);
  });

  it('[DSP-5] reads the ride again after another device has moved it', async () => {
    const answerOf = stored(0);
    const { client, received } = await app(answerOf);
    await client.requestRide(wanted);
    answerOf({ method: 'PATCH', path: '', headers: {}, body: { sequence: 5 } });
    expect((await client.movePickup(id, here)).ignored).toBe(true);
    expect((await client.movePickup(id, here)).ignored).toBe(false);
    expect(moves(received)).toEqual([1, 6]);
  });

  it('[DSP-5] keeps the last call when an earlier one is overtaken', async () => {
    const answerOf = stored(0);
    const { client } = await app(async (request) => {
      if (request.body.sequence === 1) await sleep(100);
      return answerOf(request);
    });
    await client.requestRide(wanted);
    const [first, second] = await Promise.all([
      client.movePickup(id, here),
      client.movePickup(id, { ...here, lat: -6.22 }),
    ]);
    expect([first.ignored, second.ignored]).toEqual([true, false]);
  });
});

describe('A client without what the platform lacks', () => {
  it('reports immediately what is missing', async () => {
    const { client } = await app(() => ({ status: 200 }));
    expect(() => client.connect()).toThrow('"websocket"');
  });
});
