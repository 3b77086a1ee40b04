/** The argo begins and ends a scanned trip: its driver is reminded to start it, and asked to finish the trip. */
import { describe, expect, it } from 'vitest';
import { toItem } from '../../functions/platform/dynamo.ts';
import { at, car } from '../support/ezpay.ts';
import { busyOf, driven, orderOf, scanned, stored } from '../support/ezpay-trips.ts';
import { deviceMessage, type EzPayWorld, type Settings } from '../support/ezpay-world.ts';
import { logLines } from '../support/log.ts';

const lines = logLines();

describe('at a scan the driver is reminded to start the argo', () => {
  const reminded = async (settings: Settings, before?: (world: EzPayWorld) => Promise<unknown>) => {
    const world = await driven(settings);
    await world.connect('driver-1');
    await before?.(world);
    await world.scan('customer-1');
    await world.settle();
    return world.received('driver-1');
  };
  const message = { id: 'Penumpang memindai kode di mobil Anda. Nyalakan argo.' };

  it.each([
    ['that waits for it', {}],
    ['that is refused without it', { mode: 'strict' }],
  ] as const)('[ORD-12] %s', async (_, settings) => {
    expect(await reminded(settings)).toMatchObject([{ type: 'START_ARGO', car, message }]);
  });

  it('[ORD-12] that passes by grace', async () => {
    const grace = { type: 'record-outcome', orderId: 'TNT-20261121-0000099', confirmed: true, graceFrom: at(-1) };
    const received = await reminded({ mode: 'grace' }, (world) => world.history([{ ...grace, at: at(-1) }] as never));
    expect(received).toMatchObject([{ type: 'EZPAY_CONFIRMED', by: 'grace', startArgo: true, message }]);
  });

  it('[ORD-12] not when it runs', async () => {
    const received = await reminded({}, (world) => world.device(deviceMessage('STARTED', -1)));
    expect(received.filter(({ type }) => type !== 'ARGO_CHANGED')).toEqual([
      expect.not.objectContaining({ startArgo: true }),
    ]);
  });
});

describe('the argo ends a scanned trip', () => {
  const confirmed = async () => {
    const world = await driven();
    await world.connect('driver-1');
    await world.device(deviceMessage('STARTED', -1));
    const id = await scanned(world);
    await world.settle();
    return { world, id };
  };
  const proposed = (world: EzPayWorld) => world.received('driver-1').filter(({ type }) => type === 'FINISH_PROPOSED');

  it('[ORD-12] its driver is asked to finish it, with the fare that the device sent', async () => {
    const { world, id } = await confirmed();
    world.clock(20);
    await world.device(deviceMessage('STOPPED', 19, { sequence: 2, fare: 62_500 }));
    await world.settle();
    expect(orderOf(world, id)).toMatchObject({
      dueAt: at(35),
      state: { status: 'ACTIVE', proposal: { at: at(19), fare: 62_500, reminders: 0 } },
    });
    expect(proposed(world)).toMatchObject([
      { rideId: id, fare: 62_500, isReminder: false, stoppedAt: '2026-11-20T21:03:00.000Z' },
    ]);
  });

  it.each([
    ['none', {}],
    ['one that cannot be', { fare: -1 }],
    ['no number', { fare: 'Rp 62.500' }],
  ])('[ORD-12] or without, when the device sent %s', async (_, fare) => {
    const { world, id } = await confirmed();
    world.clock(20);
    await world.device(deviceMessage('STOPPED', 19, { sequence: 2, ...fare }));
    await world.settle();
    expect(orderOf(world, id)?.state).toMatchObject({ proposal: { at: at(19), reminders: 0 } });
    expect(world.parked()).toEqual([]);
    expect(proposed(world)).toHaveLength(1);
  });

  it('[ORD-12, ORD-5] once, however often the facts come', async () => {
    const { world, id } = await confirmed();
    world.clock(20);
    await world.device(deviceMessage('STOPPED', 19, { sequence: 2, fare: 62_500 }));
    await world.settle();
    await world.redriven(...world.events.toReversed());
    await world.settle();
    expect(orderOf(world, id)).toMatchObject({ version: 2 });
    expect(proposed(world)).toHaveLength(1);
  });

  it('[ORD-12] also when its start and stop arrive after the driver has confirmed it', async () => {
    const world = await driven();
    const id = await scanned(world);
    await world.confirm(id, 'driver-1');
    await world.settle();
    world.clock(52);
    await world.device(
      deviceMessage('STARTED', 1, { receivedAt: at(52) }),
      deviceMessage('STOPPED', 40, { sequence: 2, receivedAt: at(52), fare: 90_000 }),
    );
    await world.settle();
    expect(orderOf(world, id)?.state).toMatchObject({ proposal: { at: at(40), fare: 90_000 } });
  });
});

describe('the argo stops during a ride', () => {
  const rideId = 'TNT-20261121-0000077';
  /** `driver-1` has accepted a ride and picks its rider up at minute 1, unless they have not yet. */
  const riding = async (more: object = { pickedUpAt: at(1) }) => {
    const world = await driven();
    await world.connect('driver-1');
    const item = stored(world, 'DRIVER#driver-1', 'DRIVER') as { state: object };
    const busy = { by: 'ride', orderId: rideId, until: at(600) };
    world.table.put('State', toItem({ ...item, schema: 2, state: { ...item.state, busy } }));
    const trip = { orderId: rideId, riderId: 'rider-1', driverId: 'driver-1', serviceLine: 'BB', openedAt: at(0) };
    const state = { ...trip, status: 'ACTIVE', owed: {}, cash: {}, payments: {}, ...more };
    world.table.put('State', toItem({ pk: `ORDER#${rideId}`, sk: 'ORDER', version: 2, schema: 2, state }));
    await world.device(deviceMessage('STARTED', 2));
    await world.settle();
    world.clock(25);
    await world.device(deviceMessage('STOPPED', 24, { sequence: 2, fare: 88_000 }));
    await world.settle();
    return world;
  };

  it('[ORD-12] its driver is asked to finish it with that fare, and keeps it', async () => {
    const world = await riding();
    expect(orderOf(world, rideId)).toMatchObject({
      dueAt: at(40),
      state: { proposal: { at: at(24), fare: 88_000, reminders: 0 } },
    });
    const received = world.received('driver-1').filter(({ type }) => type === 'FINISH_PROPOSED');
    expect(received).toMatchObject([{ rideId, fare: 88_000 }]);
    expect(busyOf(world)).toMatchObject({ by: 'ride', orderId: rideId });
  });

  it('[ORD-12] nothing is asked while its rider still waits', async () => {
    expect(orderOf(await riding({}), rideId)).not.toHaveProperty('state.proposal');
  });
});

describe('a trip that nobody finished', () => {
  it('[ORD-12] is counted for the alarm', async () => {
    const world = await driven();
    await world.redriven({
      id: 'TNT-20261121-0000042/ORDER/4',
      type: 'order.finish-overdue',
      version: 4,
      at: '2026-11-20T21:44:00.000Z',
      orderId: 'TNT-20261121-0000042',
      riderId: 'rider-1',
      driverId: 'driver-1',
      owner: 'operations',
      since: '2026-11-20T21:14:00.000Z',
    });
    expect(lines.metric('TripNotFinished')).toEqual([1]);
  });
});

describe('one run of the argo', () => {
  it('[EZP-3] confirms the scan after it by grace, and not the scans after that', async () => {
    const world = await driven({ mode: 'grace' });
    await world.device(deviceMessage('STARTED', -1));
    const confirmedBy: unknown[] = [];
    const scanAt = async (minute: number, sub: string) => {
      world.clock(minute);
      const { body } = await world.scan(sub);
      await world.settle();
      confirmedBy.push(body.confirmedBy ?? body.code);
    };
    await scanAt(0, 'customer-1');
    await world.device(deviceMessage('STOPPED', 0.5, { sequence: 2 }));
    await world.settle();
    await scanAt(1.5, 'customer-2');
    await scanAt(3, 'customer-3');
    await scanAt(4.5, 'customer-4');
    expect(confirmedBy).toEqual(['argo', 'grace', 'ARGO_NOT_STARTED', 'ARGO_NOT_STARTED']);
  });
});
