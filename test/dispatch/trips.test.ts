/** Trips over HTTP: ride, order and driver are one truth, whatever a person does and when. */
import { describe, expect, it } from 'vitest';
import { dispatchDeadlines, dispatchDeps } from '../../functions/dispatch/commands.ts';
import { driverDeadlines } from '../../functions/dispatch/driver.commands.ts';
import { changeArgo, ezpayDeps } from '../../functions/ezpay/commands.ts';
import type { CarId } from '../../functions/kernel/types.ts';
import { toItem } from '../../functions/platform/dynamo.ts';
import { logLines } from '../support/log.ts';
import { wholeApi } from '../support/whole-api.ts';

const lines = logLines();
const rider = { sub: 'rider-1', roles: ['rider'] };
const [ani, budi] = [
  { sub: 'driver-1', roles: ['driver'] },
  { sub: 'driver-2', roles: ['driver'] },
];
const operator = { sub: 'operator-1', roles: ['operator'] };
type Who = typeof rider;
const wanted = {
  pickup: { lat: -6.2, lng: 106.816666 },
  destination: { lat: -6.125, lng: 106.65 },
  serviceLine: 'BB',
  candidates: ['driver-1', 'driver-2'],
};

const world = (settings: Readonly<Record<string, string>> = {}) => {
  const { table, ports, env, clock, ask } = wholeApi(settings);
  const stored = (pk: string, sk: string) =>
    table.read('State', { pk, sk }) as { state: Record<string, unknown>; dueAt?: number } | undefined;
  const answered = async (route: string, id: string, who: Who, body?: object) => {
    const answer = await ask(route, { params: { id }, ...who, ...(body ? { body } : {}) });
    return { status: answer.status, ...JSON.parse(answer.body) } as Record<string, unknown>;
  };
  const deps = dispatchDeps(ports, env);
  return {
    table,
    clock,
    ezpay: ezpayDeps(ports, env),
    answered,
    request: async (more: object = {}): Promise<string> => {
      const { body } = await ask('POST /rides', { body: { ...wanted, ...more }, ...rider });
      return (JSON.parse(body) as { rideId: string }).rideId;
    },
    ride: (id: string, does: string, who: Who, body?: object) => answered(`POST /rides/{id}/${does}`, id, who, body),
    finish: (id: string, who: Who, body: object = { fare: 87_000 }) =>
      answered('POST /orders/{id}/finish', id, who, body),
    wake: (pk: string, sk: string) => {
      const at = clock.now();
      for (const { wake } of [...dispatchDeadlines(deps), driverDeadlines(deps)]) {
        const woken = wake({ pk, sk }, at);
        if (woken) return woken;
      }
      throw new Error(`nothing has a deadline at ${pk} ${sk}`);
    },
    /** Status of the ride and its order, the order's driver, and whether each driver is busy. */
    truth: (id: string) => {
      const busy = (name: string) =>
        (stored(`DRIVER#${name}`, 'DRIVER')?.state.busy as { orderId?: string } | undefined)?.orderId === id;
      const order = stored(`ORDER#${id}`, 'ORDER')?.state;
      return [
        stored(`ORDER#${id}`, 'RIDE')?.state.status,
        order?.status,
        order?.driverId,
        busy('driver-1'),
        busy('driver-2'),
      ];
    },
    stored,
  };
};

type World = ReturnType<typeof world>;

describe('a trip from the acceptance to its end', () => {
  it('[ORD-1] is the same for the ride, the order and the driver after every answer', async () => {
    const { request, ride, finish, truth } = world();
    const id = await request();
    expect(truth(id)).toEqual(['SEARCHING', undefined, undefined, false, false]);
    expect((await ride(id, 'accept', ani)).status).toBe(200);
    expect(truth(id)).toEqual(['ACCEPTED', 'ACTIVE', 'driver-1', true, false]);
    expect(await ride(id, 'pick-up', ani)).toMatchObject({
      status: 200,
      alreadyProcessed: false,
      ride: { status: 'PICKED_UP', pickedUpAt: '2026-11-21T03:44:00.000Z' },
    });
    expect(truth(id)).toEqual(['PICKED_UP', 'ACTIVE', 'driver-1', true, false]);
    expect((await finish(id, ani)).status).toBe(200);
    expect(truth(id)).toEqual(['COMPLETED', 'FINISHED', 'driver-1', false, false]);
  });

  it('[ORD-1] is not finished before the pick-up, by nobody, and the refusal names the remedy', async () => {
    const { request, ride, finish, truth } = world();
    const id = await request();
    await ride(id, 'accept', ani);
    for (const who of [ani, operator])
      expect(await finish(id, who)).toMatchObject({
        status: 409,
        code: 'NOT_PICKED_UP',
        detail: expect.stringContaining('POST /rides/{id}/pick-up'),
      });
    expect(truth(id)).toEqual(['ACCEPTED', 'ACTIVE', 'driver-1', true, false]);
  });

  it('[ORD-1] is not cancelled by its rider after the pick-up, nor by anyone after its end', async () => {
    const { request, ride, finish, truth } = world();
    const id = await request();
    await ride(id, 'accept', ani);
    await ride(id, 'pick-up', operator);
    expect(await ride(id, 'cancel', rider)).toMatchObject({ status: 409, code: 'RIDE_UNDER_WAY' });
    await finish(id, ani);
    for (const who of [rider, ani, operator])
      expect(await ride(id, 'cancel', who)).toMatchObject({ status: 409, code: 'RIDE_CLOSED' });
    expect(truth(id)).toEqual(['COMPLETED', 'FINISHED', 'driver-1', false, false]);
  });

  it('[ORD-1] that was cancelled is not finished, and nobody is charged', async () => {
    const { request, ride, finish, truth } = world();
    const id = await request();
    await ride(id, 'accept', ani);
    expect((await ride(id, 'cancel', rider)).status).toBe(200);
    expect(await finish(id, ani, { fare: 950_000 })).toMatchObject({ status: 409, code: 'ORDER_CANCELLED' });
    expect(truth(id)).toEqual(['CANCELLED', 'CANCELLED', 'driver-1', false, false]);
  });

  it.each([
    ['a stranger', { sub: 'rider-9', roles: ['driver'] }, 404, 'RIDE_NOT_FOUND'],
    ['a driver who was only offered it', budi, 403, 'NOT_ASSIGNED_TO_DRIVER'],
    ['its rider', rider, 403, 'WRONG_ROLE'],
  ])('[OPS-8] is not picked up by %s', async (_, who, status, code) => {
    const { request, ride } = world();
    const id = await request();
    await ride(id, 'accept', ani);
    expect(await ride(id, 'pick-up', who)).toMatchObject({ status, code });
  });
});

describe('a driver gives a ride back', () => {
  it('[ORD-1] and the order waits for the next driver, who takes it on', async () => {
    const { request, ride, finish, truth, answered } = world();
    const id = await request();
    await ride(id, 'accept', ani);
    expect(await ride(id, 'cancel', ani, { reason: 'flat tyre' })).toMatchObject({
      status: 200,
      ride: { status: 'SEARCHING' },
    });
    expect(truth(id)).toEqual(['SEARCHING', 'ACTIVE', undefined, false, false]);
    expect(lines.metric('RideGivenBack')).toEqual([1]);
    expect(await finish(id, ani)).toMatchObject({ status: 404, code: 'ORDER_NOT_FOUND' });
    expect((await ride(id, 'accept', budi)).status).toBe(200);
    expect(truth(id)).toEqual(['ACCEPTED', 'ACTIVE', 'driver-2', false, true]);
    await ride(id, 'pick-up', budi);
    await finish(id, budi);
    expect(truth(id)).toEqual(['COMPLETED', 'FINISHED', 'driver-2', false, false]);
    expect(await answered('GET /orders/{id}', id, rider)).toMatchObject({ driverId: 'driver-2' });
  });

  it('[ORD-1, ORD-8] and the order is cancelled when nobody else takes it', async () => {
    const { request, ride, truth, clock, wake, stored } = world();
    const id = await request({ candidates: ['driver-1'] });
    await ride(id, 'accept', ani);
    await ride(id, 'cancel', ani);
    clock.set(stored(`ORDER#${id}`, 'RIDE')?.dueAt as never);
    await wake(`ORDER#${id}`, 'RIDE');
    expect(truth(id)).toEqual(['EXPIRED', 'CANCELLED', undefined, false, false]);
  });

  it('[ORD-1] and it ends under policy `close`', async () => {
    const { request, ride, truth } = world();
    const id = await request({ giveBack: 'close' });
    await ride(id, 'accept', ani);
    expect(await ride(id, 'cancel', ani)).toMatchObject({ ride: { status: 'CANCELLED', countsAgainstDriver: true } });
    expect(truth(id)).toEqual(['CANCELLED', 'CANCELLED', 'driver-1', false, false]);
  });
});

describe('a rider cancels after a driver accepted', () => {
  const settings = { CANCELLATION_FEE: '{"BB":15000}', CANCELLATION_GRACE_SECONDS: '60' };

  it.each([
    [59, {}],
    [60, { cancellation: 15_000 }],
  ])('[ORD-1] %i s later and owes %o', async (seconds, owed) => {
    const { request, ride, clock, stored } = world(settings);
    const id = await request();
    await ride(id, 'accept', ani);
    clock.pass(seconds * 1_000);
    await ride(id, 'cancel', rider);
    expect(stored(`ORDER#${id}`, 'ORDER')?.state).toMatchObject({ status: 'CANCELLED', owed });
  });
});

describe('a busy driver', () => {
  it('[ORD-2, ORD-8] is freed at their deadline when the trip is over, whatever was lost', async () => {
    const { request, ride, finish, table, clock, wake, stored } = world();
    const id = await request();
    await ride(id, 'accept', ani);
    const busy = table.read('State', { pk: 'DRIVER#driver-1', sk: 'DRIVER' });
    await ride(id, 'pick-up', ani);
    await finish(id, ani);
    if (busy) table.put('State', toItem(busy));
    clock.set(busy?.dueAt as never);
    expect(await wake('DRIVER#driver-1', 'DRIVER')).toMatchObject({ outcome: 'happened', status: 'FREE' });
    expect(stored('DRIVER#driver-1', 'DRIVER')?.state.busy).toBeUndefined();
  });

  it('[ORD-2, ORD-8] stays busy while it is not, and is reported the third time', async () => {
    const { request, ride, clock, wake, stored } = world();
    const id = await request();
    await ride(id, 'accept', ani);
    const metrics: unknown[] = [];
    for (let i = 0; i < 3; i += 1) {
      clock.set(stored('DRIVER#driver-1', 'DRIVER')?.dueAt as never);
      metrics.push((await wake('DRIVER#driver-1', 'DRIVER')).metrics);
    }
    expect(metrics).toEqual([undefined, undefined, { DriverBusyTooLong: 1 }]);
  });

  it('[ORD-2] sees no offers', async () => {
    const { request, ride, answered } = world();
    await ride(await request(), 'accept', ani);
    await request();
    expect(await answered('GET /drivers/me', '', ani)).toMatchObject({ busy: { by: 'ride' }, offers: [] });
  });
});

describe('a trip is overdue', () => {
  it('[ORD-8] and is for an operator after its driver was reminded', async () => {
    const { request, ride, clock, wake, stored, answered } = world();
    const id = await request();
    await ride(id, 'accept', ani);
    const owners: unknown[] = [];
    const metrics: unknown[] = [];
    for (let i = 0; i < 2; i += 1) {
      clock.set(stored(`ORDER#${id}`, 'RIDE')?.dueAt as never);
      metrics.push((await wake(`ORDER#${id}`, 'RIDE')).metrics);
      owners.push((await answered('GET /rides/{id}', id, rider)).owner);
    }
    expect(owners).toEqual(['driver', 'operator']);
    expect(metrics).toEqual([undefined, { RideOverdue: 1 }]);
  });
});

describe('the argo of a driver runs', () => {
  const car = 'B1234XYZ' as CarId;
  const report = async (world: World, kind: 'STARTED' | 'STOPPED', sequence: number) => {
    const at = world.clock.now();
    const event = { device: 'meter-1', sequence, kind, deviceTime: at, receivedAt: at } as const;
    await changeArgo(world.ezpay, car, { type: 'report', event, at });
  };

  it('[ORD-2] and they are refused a ride until it stops, though no event of it has come', async () => {
    const here = world();
    const { request, ride, answered, clock, truth } = here;
    await answered('PUT /drivers/me', '', ani, { onDuty: true, car });
    const id = await request();
    await report(here, 'STARTED', 1);
    expect(await ride(id, 'accept', ani)).toMatchObject({ status: 409, code: 'DRIVER_BUSY' });
    expect(truth(id)).toEqual(['SEARCHING', undefined, undefined, false, false]);
    clock.pass(10_000);
    await report(here, 'STOPPED', 2);
    expect((await ride(id, 'accept', ani)).status).toBe(200);
  });

  it('[ORD-2, ORD-8] and they are freed at their deadline when its stop was lost on the way', async () => {
    const here = world();
    const { request, ride, answered, clock, wake, stored } = here;
    await answered('PUT /drivers/me', '', ani, { onDuty: true, car });
    await report(here, 'STARTED', 1);
    await ride(await request(), 'accept', ani);
    clock.pass(10_000);
    await report(here, 'STOPPED', 2);
    clock.set(stored('DRIVER#driver-1', 'DRIVER')?.dueAt as never);
    expect(await wake('DRIVER#driver-1', 'DRIVER')).toMatchObject({ outcome: 'happened', status: 'FREE' });
  });
});
