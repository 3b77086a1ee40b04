/** The running argo of a car occupies the driver who drives it, whatever events are lost, repeated or late. */
import { describe, expect, it } from 'vitest';
import { at, car, otherCar } from '../support/ezpay.ts';
import { busyOf, driven, scanned, stored } from '../support/ezpay-trips.ts';
import { asDriver, deviceMessage } from '../support/ezpay-world.ts';
import { logLines } from '../support/log.ts';

logLines();

describe('the argo of the car a driver drives', () => {
  it('[ORD-2, DSP-13] occupies them when it starts, and frees them when it stops', async () => {
    const world = await driven();
    await world.device(deviceMessage('STARTED', 0));
    await world.settle();
    expect(busyOf(world)).toEqual({ by: 'argo', until: at(60) });
    world.clock(12);
    await world.device(deviceMessage('STOPPED', 12, { sequence: 2 }));
    await world.settle();
    expect(busyOf(world)).toBeUndefined();
  });

  it('[ORD-2] occupies nobody when start and stop arrive together, or again, in whatever order', async () => {
    const world = await driven();
    world.clock(20);
    await world.device(deviceMessage('STOPPED', 12, { sequence: 2 }), deviceMessage('STARTED', 0));
    await world.settle();
    const reports = world.events.filter(({ type }) => type.startsWith('argo.'));
    await world.redriven(...reports.toReversed());
    expect(busyOf(world)).toBeUndefined();
  });

  it('[ORD-2] occupies the driver who takes the car while it runs, and frees the one who leaves it', async () => {
    const world = await driven();
    await world.device(deviceMessage('STARTED', 0));
    await world.settle();
    await world.drive('driver-1', otherCar);
    await world.drive('driver-2', car);
    expect([busyOf(world, 'driver-1'), busyOf(world, 'driver-2')]).toEqual([undefined, { by: 'argo', until: at(60) }]);
  });

  it('[ORD-2] keeps them occupied by their scanned trip when it stops: they finish it', async () => {
    const world = await driven();
    await world.device(deviceMessage('STARTED', -1));
    const id = await scanned(world);
    await world.settle();
    world.clock(10);
    await world.device(deviceMessage('STOPPED', 10, { sequence: 2 }));
    await world.settle();
    expect(busyOf(world)).toMatchObject({ by: 'ezpay', orderId: id });
  });

  it('[ORD-2] occupies nobody any more after three hours: its stop was lost', async () => {
    const world = await driven();
    await world.device(deviceMessage('STARTED', 0));
    world.clock(180);
    await world.settle();
    expect(busyOf(world)).toBeUndefined();
  });
});

describe('a driver whose argo runs', () => {
  it('[ORD-2, DSP-13] is shown as occupied by it, and hears of no ride', async () => {
    const world = await driven();
    await world.device(deviceMessage('STARTED', 0));
    await world.settle();
    expect(stored(world, 'DRIVER#driver-1', 'DRIVER')).not.toHaveProperty('cell');
    expect((await world.argo(car, asDriver('driver-1'))).body).toMatchObject({ argo: 'STARTED' });
  });
});
