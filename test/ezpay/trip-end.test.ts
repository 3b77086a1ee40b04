/** The argo begins and ends a scanned trip: its driver is reminded to start it, and asked to finish the trip. */
import { describe, expect, it } from 'vitest';
import { at, car } from '../support/ezpay.ts';
import { driven, orderOf, scanned } from '../support/ezpay-trips.ts';
import { deviceMessage, type EzPayWorld, type Settings } from '../support/ezpay-world.ts';
import { logLines } from '../support/log.ts';

logLines();

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
