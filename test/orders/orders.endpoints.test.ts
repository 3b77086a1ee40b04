/** The routes of orders: a trip is finished with its fare; an order is shown to those it concerns. */
import { describe, expect, it } from 'vitest';
import { type Asked, problemOf } from '../support/http.ts';
import { logLines } from '../support/log.ts';
import { memoryTable } from '../support/memory-table.ts';
import { scripted } from '../support/scripted.ts';
import { driver, operator, orderId, ordersWorld, rider } from './world.ts';

const lines = logLines();

const accepted = async () => {
  const world = ordersWorld();
  await world.ride();
  await world.accepted();
  await world.pickedUp();
  return world;
};

describe('a driver finishes the trip', () => {
  it('once, with one fare', async () => {
    const world = await accepted();
    world.clock.pass(60_000);
    const order = {
      orderId,
      status: 'FINISHED',
      version: 3,
      riderId: rider,
      driverId: 'driver-1',
      serviceLine: 'BB',
      openedAt: '2026-11-21T03:44:00.000Z',
      pickedUpAt: '2026-11-21T03:44:00.000Z',
      owed: { base: 120_000 },
      paid: 0,
      cash: 0,
      toPay: 120_000,
      surplus: 0,
      payments: [],
      fare: 120_000,
      finishedAt: '2026-11-21T03:45:00.000Z',
    };
    expect(await world.finish()).toMatchObject({ status: 200, body: { success: true, alreadyProcessed: false } });
    expect((await world.finish()).body).toEqual({ success: true, alreadyProcessed: true, order });
    expect(problemOf(await world.finish({ fare: 130_000 }))).toMatchObject({ status: 409, code: 'ALREADY_FINISHED' });
    expect(lines.metric('OrderFinished')).toEqual([1]);
    expect(lines.metric('OrderPaidInCash')).toEqual([]);
    expect(lines.named('Decided').map(({ outcome, code }) => [outcome, code])).toEqual([
      ['happened', undefined],
      ['nothing', undefined],
      ['refused', 'ALREADY_FINISHED'],
    ]);
  });

  it('[ORD-1] for one transaction of order, ride and driver', async () => {
    const { client, sent } = scripted(memoryTable());
    const world = ordersWorld(client);
    await world.ride();
    await world.accepted();
    await world.pickedUp();
    const before = sent.length;
    expect((await world.finish()).status).toBe(200);
    expect(sent.slice(before)).toEqual(['GetItem', 'GetItem', 'GetItem', 'GetItem', 'TransactWriteItems']);
  });

  it('and so may an operator', async () => {
    const world = await accepted();
    expect((await world.finish({ fare: 120_000 }, operator)).body).toMatchObject({ order: { driverId: 'driver-1' } });
  });

  it.each([
    ['another driver', { sub: 'driver-2', roles: ['driver'] }, { status: 404, code: 'ORDER_NOT_FOUND' }],
    ['a rider', { roles: ['rider'] }, { status: 403, code: 'WRONG_ROLE' }],
  ])('%s may not', async (_, who, problem) => {
    const world = await accepted();
    expect(problemOf(await world.finish({ fare: 120_000 }, who))).toMatchObject(problem);
    expect(world.stored()?.state.status).not.toBe('FINISHED');
  });

  it.each<[string, object]>([
    ['nothing', {}],
    ['no money', { fare: 0 }],
    ['a part of a rupiah', { fare: 0.5 }],
    ['text', { fare: '120000' }],
    ['more than any trip', { fare: 1_000_000_000 }],
  ])('with %s for the fare is refused', async (_, body) => {
    const world = await accepted();
    expect(problemOf(await world.finish(body))).toMatchObject({ status: 400, fields: ['fare'] });
  });

  it('with a fare of one rupiah, or, for an operator, of the highest amount', async () => {
    expect((await (await accepted()).finish({ fare: 1 })).status).toBe(200);
    expect((await (await accepted()).finish({ fare: 999_999_999 }, operator)).status).toBe(200);
  });

  it('of an order that does not exist is refused', async () => {
    const world = ordersWorld();
    expect(problemOf(await world.finish())).toMatchObject({ status: 404, code: 'ORDER_NOT_FOUND' });
    expect(problemOf(await world.order(operator))).toMatchObject({ status: 404, code: 'ORDER_NOT_FOUND' });
  });
});

describe('an order', () => {
  it.each<[string, Partial<Asked>, number]>([
    ['its rider', {}, 200],
    ['its driver', driver, 200],
    ['an operator', operator, 200],
    ['another rider', { sub: 'rider-2' }, 404],
    ['another driver', { sub: 'driver-2', roles: ['driver'] }, 404],
  ])('[OPS-8] is shown to %s: %j', async (_, who, status) => {
    const world = await accepted();
    await world.finish();
    expect((await world.order(who)).status).toBe(status);
  });
});
