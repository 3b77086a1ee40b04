/** The commands of orders: an order opened after its trip, and a trip that is finished by all three or by none. */
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from 'vitest';
import { driverRef, newDriver, occupy } from '../../functions/dispatch/rules.ts';
import { rupiah } from '../../functions/kernel/rupiah.ts';
import { type DriverId, instant } from '../../functions/kernel/types.ts';
import { assignDriver } from '../../functions/orders/order.decider.ts';
import { orderAt, orderRef } from '../../functions/orders/order.ts';
import { store } from '../../functions/platform/store.ts';
import { problemOf } from '../support/http.ts';
import { logLines } from '../support/log.ts';
import { clientOf, clientWith, memoryTable } from '../support/memory-table.ts';
import { start } from '../support/ports.ts';
import { operator, orderId, ordersWorld, rider } from './world.ts';

const lines = logLines();
type World = ReturnType<typeof ordersWorld>;
const key = { pk: `ORDER#${orderId}`, sk: 'ORDER' };

/** As it was while an order was opened by the event of its trip alone. */
const withoutOrder = async (world: World): Promise<World> => {
  await world.ports.dynamo.send(new DeleteItemCommand({ TableName: 'State', Key: marshall(key) }));
  expect(world.stored()).toBeUndefined();
  return world;
};

const accepted = async (): Promise<World> => {
  const world = ordersWorld();
  await world.ride();
  await world.accepted();
  return world;
};
const hailed = async (): Promise<World> => {
  const world = ordersWorld();
  await world.drivenBy('driver-1');
  await world.argoStarts();
  await world.scan();
  return world;
};
const confirmed = async (): Promise<World> => {
  const world = ordersWorld();
  await world.drivenBy('driver-1');
  await world.scan('async');
  await world.answerScan(true);
  return world;
};

describe('an order that was not opened with its trip', () => {
  it.each([
    ['an accepted ride', 'RIDE', accepted],
    ['a scan that the argo confirmed', 'EZPAY', hailed],
    ['a scan that the driver confirmed', 'EZPAY', confirmed],
  ] as const)('[ORD-1][ORD-12] is opened by the event of %s, the same in every field', async (_, sk, opened) => {
    const world = await opened();
    const order = world.stored();
    expect(order).toMatchObject({ version: 1, state: { status: 'ACTIVE', riderId: rider, driverId: 'driver-1' } });
    await withoutOrder(world);
    await world.deliver(...world.published(sk));
    expect(world.stored()?.state).toEqual(order?.state);
  });

  it('[ORD-1] is opened when it is read or finished before that event', async () => {
    const world = await withoutOrder(await accepted());
    expect(await world.order()).toMatchObject({ status: 200, body: { status: 'ACTIVE', riderId: rider, version: 1 } });
    await world.pickedUp();
    await withoutOrder(world);
    expect(await world.finish()).toMatchObject({ status: 200, body: { order: { status: 'FINISHED', fare: 120_000 } } });
  });

  it('[EZP-4] belongs to the driver who confirmed, whoever drives the car then', async () => {
    const world = await withoutOrder(await confirmed());
    await world.drivenBy('driver-2');
    expect((await world.order(operator)).body).toMatchObject({ driverId: 'driver-1' });
  });

  it('[EZP-4] has no driver when nobody is known to drive the car', async () => {
    const world = ordersWorld();
    await world.argoStarts();
    await world.scan();
    const order = world.stored();
    await withoutOrder(world);
    await world.order(operator);
    expect(world.stored()?.state).toEqual(order?.state);
    expect(world.stored()?.state).not.toHaveProperty('driverId');
  });
});

describe('[ORD-1] a trip is finished for the order, the ride and the driver, or for none', () => {
  it('not before the rider was picked up: the ride refuses, and the order stays open', async () => {
    const world = await accepted();
    expect(problemOf(await world.finish())).toMatchObject({ status: 409, code: 'NOT_PICKED_UP' });
    expect(world.stored()).toMatchObject({ version: 1, state: { status: 'ACTIVE' } });
    expect(world.busyWith()).toBe(orderId);
  });

  it('frees the driver who has it by then, when another one took over meanwhile', async () => {
    const table = memoryTable();
    const real = clientOf(table);
    let reads = Number.NaN;
    const world = ordersWorld(
      clientWith(async (command) => {
        reads += 1;
        // After the order was read, and before the transaction reads it again.
        if (reads === 2) await takeOver();
        return real.send(command as never);
      }),
    );
    const orders = store({ ...world.ports, dynamo: real }, 'State');
    const second = 'driver-2' as DriverId;
    const takeOver = async () => {
      await orders.transition(orderRef(orderId), (order) => assignDriver(second, start, order));
      const until = instant(start + 3_600_000);
      await orders.transition(driverRef(second), () =>
        occupy({ by: 'ride', orderId, until, at: start }, newDriver(second)),
      );
    };
    await world.ride();
    await world.accepted();
    await world.pickedUp();
    reads = 0;
    expect(await world.finish({ fare: 120_000 }, operator)).toMatchObject({
      status: 200,
      body: { order: { status: 'FINISHED', driverId: 'driver-2', fare: rupiah(120_000) } },
    });
    expect(table.read('State', { pk: 'DRIVER#driver-2', sk: 'DRIVER' })?.state).not.toHaveProperty('busy');
  });

  it('by an operator without a driver: none is read', async () => {
    const table = memoryTable();
    const real = clientOf(table);
    const read: string[] = [];
    const world = ordersWorld(
      clientWith(async (command) => {
        read.push(JSON.stringify((command as { readonly input: object }).input));
        return real.send(command as never);
      }),
    );
    await world.argoStarts();
    await world.scan();
    read.length = 0;
    expect((await world.finish({ fare: 60_000 }, operator)).status).toBe(200);
    expect(read.filter((input) => input.includes('DRIVER#'))).toEqual([]);
  });
});

describe('[ORD-1] the event of a finished trip', () => {
  it('frees a driver whom the finish itself did not', async () => {
    const world = await accepted();
    await world.pickedUp();
    const busy = world.table.all('State').find(({ sk }) => sk === 'DRIVER');
    await world.finish();
    world.table.put('State', marshall(busy, { removeUndefinedValues: true }));
    expect(world.busyWith()).toBe(orderId);
    await world.deliver(...world.published('ORDER'));
    expect(world.busyWith()).toBeUndefined();
    expect(lines.named('Decided').at(-1)).toMatchObject({ orderId, command: 'free-driver', outcome: 'happened' });
  });
});

describe('the key of an item', () => {
  it('is that of an order, or of something else of it', () => {
    expect(orderAt(key)).toBe(orderId);
    expect(orderAt({ ...key, sk: 'RIDE' })).toBeUndefined();
  });
});
