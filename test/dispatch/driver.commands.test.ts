/** The deadline of a busy driver: whether their trip is over is read, though every event of it was lost. */
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from 'vitest';
import { dispatchDeps, followArgo } from '../../functions/dispatch/commands.ts';
import { driverDeadline, driverDeadlines } from '../../functions/dispatch/driver.commands.ts';
import { type Busy, driverRef, newDriver } from '../../functions/dispatch/driver.ts';
import { type Offers, withdrawnDrivers } from '../../functions/dispatch/offer.ts';
import { changeArgo, ezpayDeps } from '../../functions/ezpay/commands.ts';
import { happened } from '../../functions/kernel/decision.ts';
import { type DriverId, type Instant, instant, type OrderId } from '../../functions/kernel/types.ts';
import { assignDriver } from '../../functions/orders/order.decider.ts';
import { orderRef } from '../../functions/orders/order.ts';
import { store } from '../../functions/platform/store.ts';
import { car, orderId, ordersWorld } from '../orders/world.ts';
import { logLines } from '../support/log.ts';
import { clientOf, clientWith, memoryTable } from '../support/memory-table.ts';
import { start } from '../support/ports.ts';

logLines();
const hour = 3_600_000;
/** Milliseconds after the start. */
const inMs = (ms: number): Instant => instant(start + ms);
const driverId = 'driver-1' as DriverId;
const key = { pk: 'DRIVER#driver-1', sk: 'DRIVER' };

const setUp = () => {
  const world = ordersWorld();
  const deps = dispatchDeps(world.ports, world.env);
  const wake = driverDeadlines(deps).wake;
  return {
    ...world,
    deps,
    busy: () => (world.table.read('State', key)?.state as { busy?: Busy } | undefined)?.busy,
    /** The deadline, so many hours after the start. */
    wakeAfter: (hours: number) => wake(key, inMs(hours * hour)),
    remove: (sk: 'ORDER' | 'RIDE') =>
      world.ports.dynamo.send(
        new DeleteItemCommand({ TableName: 'State', Key: marshall({ pk: `ORDER#${orderId}`, sk }) }),
      ),
    argoStops: () => {
      const event = { device: 'meter-1', sequence: 2, kind: 'STOPPED', deviceTime: start, receivedAt: start } as const;
      const later = { ...event, deviceTime: inMs(60_000), receivedAt: inMs(60_000) };
      return changeArgo(ezpayDeps(world.ports, world.env), car, { type: 'report', event: later, at: later.receivedAt });
    },
  };
};
const onRide = async () => {
  const world = setUp();
  await world.ride();
  await world.accepted();
  return world;
};
const onArgo = async () => {
  const world = setUp();
  await world.drivenBy('driver-1');
  await world.argoStarts();
  await followArgo(world.deps, driverId, start);
  return world;
};
const free = { outcome: 'happened', status: 'FREE', orderId: driverId, metrics: undefined };

describe('[ORD-2] a driver busy with the argo of their car', () => {
  it('stays so while it runs, and looks again an hour later', async () => {
    const world = await onArgo();
    expect(world.busy()).toEqual({ by: 'argo', until: inMs(hour) });
    expect(await world.wakeAfter(1)).toEqual({ ...free, status: 'BUSY' });
    expect(world.busy()).toEqual({ by: 'argo', until: inMs(2 * hour), checks: 1 });
  });

  it('is free when it has stopped, though the report of its stop was lost', async () => {
    const world = await onArgo();
    await world.argoStops();
    expect(world.busy()).toBeDefined();
    expect(await world.wakeAfter(1)).toEqual(free);
    expect(world.busy()).toBeUndefined();
  });

  it('is free when they drive no car any more', async () => {
    const world = await onArgo();
    await store(world.ports, 'State').transition(driverRef(driverId), (driver) =>
      happened({ ...newDriver(driverId), busy: driver?.busy }, start),
    );
    expect(await world.wakeAfter(1)).toEqual(free);
  });
});

describe('[ORD-2] a driver busy with an order', () => {
  it('stays so while it is active and theirs; an operator is called at the third look', async () => {
    const world = await onRide();
    const busy = { outcome: 'happened', status: 'BUSY', orderId, metrics: undefined };
    expect(await world.wakeAfter(11.9)).toEqual({ ...busy, outcome: 'nothing' });
    expect(await world.wakeAfter(12)).toEqual(busy);
    expect(await world.wakeAfter(13)).toEqual(busy);
    expect(await world.wakeAfter(14)).toEqual({ ...busy, metrics: { DriverBusyTooLong: 1 } });
    expect(world.busy()).toEqual({ by: 'ride', orderId, until: inMs(15 * hour), checks: 3 });
  });

  it('is free when another driver has the order', async () => {
    const world = await onRide();
    await store(world.ports, 'State').transition(orderRef(orderId), (order) =>
      assignDriver('driver-2' as DriverId, start, order),
    );
    expect(await world.wakeAfter(12)).toEqual(free);
  });

  it('is free when the order is finished', async () => {
    const world = await onRide();
    await world.pickedUp();
    const item = marshall(world.table.read('State', key), { removeUndefinedValues: true });
    await world.finish();
    world.table.put('State', item);
    expect(world.busy()).toMatchObject({ by: 'ride', orderId });
    expect(await world.wakeAfter(12)).toEqual(free);
  });

  it('without an order of its own, stays so while the ride is theirs, and is free when it is not', async () => {
    const world = await onRide();
    await world.remove('ORDER');
    expect(await world.wakeAfter(12)).toMatchObject({ status: 'BUSY' });
    await world.remove('RIDE');
    expect(await world.wakeAfter(13)).toEqual(free);
  });

  it('is left alone when they have another trip by then', async () => {
    const table = memoryTable();
    const real = clientOf(table);
    const next: Busy = { by: 'ride', orderId: 'TNT-20261121-0000043' as OrderId, until: inMs(hour) };
    const { ports, env } = ordersWorld();
    const drivers = store({ ...ports, dynamo: real }, 'State');
    const take = (busy: Busy) =>
      drivers.transition(driverRef(driverId), () => happened({ ...newDriver(driverId), busy }, start));
    await take({ ...next, orderId });
    let isFirst = true;
    const outrun = clientWith(async (command) => {
      if (command?.constructor.name === 'PutItemCommand' && isFirst) {
        isFirst = false;
        await take(next);
      }
      return real.send(command as never);
    });
    const deps = dispatchDeps({ ...ports, dynamo: outrun }, env);
    expect((await driverDeadline(deps, driverId, inMs(2 * hour))).decision).toEqual({
      outcome: 'nothing',
      reason: 'changed-meanwhile',
    });
    expect(table.read('State', key)?.state).toMatchObject({ busy: next });
  });

  it('is nobody who never reported', async () => {
    expect(await setUp().wakeAfter(1)).toEqual({ ...free, outcome: 'nothing' });
  });
});

describe('[DSP-13] the drivers who lost a ride to another', () => {
  it('are named in the order they were offered it', () => {
    const offers = {
      'driver-1': { status: 'WITHDRAWN', sequence: 3 },
      'driver-2': { status: 'WITHDRAWN', sequence: 1 },
      'driver-3': { status: 'DECLINED', sequence: 2 },
      'driver-4': { status: 'WITHDRAWN', sequence: 4 },
    } as unknown as Offers;
    expect(withdrawnDrivers(offers)).toEqual(['driver-2', 'driver-1', 'driver-4']);
  });
});
