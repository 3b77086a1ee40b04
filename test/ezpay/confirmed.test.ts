/** A scan is confirmed: its order is opened and its driver occupied in the same write, whoever confirms it. */
import { describe, expect, it } from 'vitest';
import { toItem } from '../../functions/platform/dynamo.ts';
import { at, car, driver, historyBefore } from '../support/ezpay.ts';
import { busyOf, driven, orderOf, scanned, stored } from '../support/ezpay-trips.ts';
import { deviceMessage, type EzPayWorld, ezpayWorld, type Settings } from '../support/ezpay-world.ts';
import { logLines } from '../support/log.ts';

logLines();

/** 14:00. */
const noon = 616;
const ping = (sequence: number, minutes: number, more: object) => deviceMessage('PING', minutes, { sequence, ...more });

const ways: readonly (readonly [by: string, Settings, (world: EzPayWorld) => Promise<string>])[] = [
  [
    'the argo at once',
    {},
    async (world) => {
      await world.device(deviceMessage('STARTED', -1));
      return scanned(world);
    },
  ],
  [
    'a report of the argo',
    {},
    async (world) => {
      const id = await scanned(world);
      await world.device(deviceMessage('STARTED', 0));
      await world.settle();
      return id;
    },
  ],
  [
    'the driver',
    {},
    async (world) => {
      const id = await scanned(world);
      await world.confirm(id, 'driver-1');
      return id;
    },
  ],
  [
    'grace',
    { mode: 'grace' },
    async (world) => {
      await world.history([
        { type: 'record-outcome', orderId: 'TNT-20261121-0000099', confirmed: true, graceFrom: at(-1), at: at(-1) },
      ] as never);
      return scanned(world);
    },
  ],
  [
    'the predictor',
    { predictor: 'on' },
    async (world) => {
      await world.history(historyBefore(noon));
      world.clock(noon - 2);
      await world.device(ping(20, noon - 2, { position: { lat: -6.2, lng: 106.8 } }));
      await world.settle();
      world.clock(noon);
      const id = await scanned(world);
      await world.settle();
      // It had just driven up: where it was a minute before the scan arrives 18 seconds after it.
      world.clock(noon + 0.3);
      await world.device(ping(21, noon - 1, { receivedAt: at(noon + 0.3), position: { lat: -6.22, lng: 106.8 } }));
      await world.settle();
      return id;
    },
  ],
];

describe('a scan is confirmed', () => {
  it.each(ways)('[ORD-1, ORD-2] by %s: its order is open and its driver occupied', async (_, settings, confirm) => {
    const world = await driven(settings);
    const id = await confirm(world);
    expect(stored(world, `ORDER#${id}`, 'EZPAY')).toMatchObject({ state: { status: 'CONFIRMED' } });
    expect(orderOf(world, id)).toMatchObject({
      version: 1,
      state: { status: 'ACTIVE', orderId: id, riderId: 'customer-1', driverId: driver, serviceLine: 'BB', car },
    });
    expect(busyOf(world)).toMatchObject({ by: 'ezpay', orderId: id });
  });

  it('[ORD-2] the driver is occupied for three hours, then looks again; so does the order', async () => {
    const world = await driven();
    await world.device(deviceMessage('STARTED', -1));
    const id = await scanned(world);
    expect(busyOf(world)).toEqual({ by: 'ezpay', orderId: id, until: at(180) });
    expect(orderOf(world, id)).toMatchObject({ dueAt: at(180) });
  });

  it('[ORD-1] of a car that nobody is known to drive: the order is open without a driver', async () => {
    const world = ezpayWorld();
    world.clock(0);
    await world.device(deviceMessage('STARTED', -1));
    const id = await scanned(world);
    expect(orderOf(world, id)).toMatchObject({ state: { status: 'ACTIVE', car } });
    expect(orderOf(world, id)?.state).not.toHaveProperty('driverId');
  });

  it('[ORD-2] a driver who has a ride keeps it, and the scan passes nevertheless', async () => {
    const world = await driven();
    const ride = { by: 'ride', orderId: 'TNT-20261121-0000077', until: at(600) };
    const item = stored(world, 'DRIVER#driver-1', 'DRIVER') as { state: object };
    world.table.put('State', toItem({ ...item, schema: 2, state: { ...item.state, busy: ride } }));
    await world.device(deviceMessage('STARTED', -1));
    const { status, body } = await world.scan('customer-1');
    expect([status, body.status]).toEqual([201, 'CONFIRMED']);
    expect(orderOf(world, String(body.orderId))).toMatchObject({ state: { status: 'ACTIVE', driverId: driver } });
    expect(busyOf(world)).toEqual(ride);
  });

  it('[ORD-2] after its trip has ended: the order is open, and the driver is free for the next', async () => {
    const world = await driven();
    const id = await scanned(world);
    await world.settle();
    world.clock(4);
    await world.device(deviceMessage('STARTED', 1), deviceMessage('STOPPED', 3, { sequence: 2 }));
    await world.settle();
    expect(orderOf(world, id)).toMatchObject({ state: { status: 'ACTIVE' } });
    expect(busyOf(world)).toBeUndefined();
  });

  it('[ORD-1] by a report and by the driver at once: one order', async () => {
    const world = await driven();
    const id = await scanned(world);
    await world.device(deviceMessage('STARTED', 0));
    await Promise.all([world.confirm(id, 'driver-1'), world.settle()]);
    await world.settle();
    expect(orderOf(world, id)).toMatchObject({ version: 1 });
    expect(busyOf(world)).toMatchObject({ by: 'ezpay', orderId: id });
  });
});

describe('a scan is not confirmed', () => {
  it.each([
    ['waits', {}],
    ['is refused', { mode: 'strict' }],
  ] as const)('[ORD-1] and %s: no order, nobody is occupied', async (_, settings) => {
    const world = await driven(settings);
    await world.scan('customer-1');
    await world.settle();
    expect(world.table.all('State').filter(({ pk, sk }) => pk !== 'SEQUENCE' && sk === 'ORDER')).toEqual([]);
    expect(busyOf(world)).toBeUndefined();
  });
});
