/** The hooks of test/support/declared*.ts notice a fact that drifts from its declaration. */
import { describe, expect, it } from 'vitest';
import { orderPaid, orderUnpaid } from '../../events/order.ts';
import type { OrderId, RiderId } from '../../functions/kernel/types.ts';
import { toItem } from '../../functions/platform/dynamo.ts';
import { mustBeDeclared, mustKeepLine } from '../support/declared.ts';

const orderId = 'TNT-20261121-0000042' as OrderId;
const data = { orderId, riderId: 'rider-1' as RiderId, fare: 60_000, paymentRef: 'ref-1' };
const event = {
  ...data,
  source: 'tuntas.orders',
  type: 'order.unpaid',
  id: `${orderId}/ORDER/4`,
  version: 4,
  at: '2026-11-21T03:44:00.000Z',
};

describe('a fact is made', () => {
  it('with the fields of its declaration; one that is undefined is not published', () => {
    expect(orderUnpaid({ ...data, driverId: undefined }).type).toBe('order.unpaid');
  });

  it.each<[string, () => unknown]>([
    ['without one of its fields', () => orderPaid({ ...data } as never)],
    ['with a field of another type', () => orderUnpaid({ ...data, fare: '60000' } as never)],
    ['with a field that is not declared', () => orderUnpaid({ ...data, name: 'Anna' } as never)],
  ])('%s, and fails', (_, make) => {
    expect(make).toThrow();
  });
});

describe('an event is stored', () => {
  it('as it is declared', () => {
    expect(() => mustBeDeclared(event)).not.toThrow();
    expect(() => mustBeDeclared({ ...event, id: `${event.id}.2` })).not.toThrow();
  });

  it.each<[string, object, string]>([
    ['of an unknown type', { type: 'order.teleported' }, 'no event order.teleported'],
    ['without one of its fields', { fare: undefined }, 'fare'],
    ['with a field that is not declared', { name: 'Anna' }, 'not declared'],
    ['by another source', { source: 'tuntas.payments' }, 'is of tuntas.orders'],
    ['of another aggregate', { id: `${orderId}/RIDE/4` }, 'published as'],
    ['of another item', { id: 'TNT-20261121-0000043/ORDER/4' }, 'published as'],
    ['of another version', { id: `${orderId}/ORDER/5` }, 'published as'],
  ])('%s, and fails', (_, more, message) => {
    expect(() => mustBeDeclared({ ...event, ...more } as typeof event)).toThrow(message);
  });
});

describe('a line of the story is written again', () => {
  const line = { pk: 'ORDER#1', sk: 'EVENT#order#000002', type: 'order.finished', id: '1/ORDER/2' };

  it('for a copy of its event', () => {
    expect(() => mustKeepLine(undefined, toItem(line))).not.toThrow();
    expect(() => mustKeepLine(toItem(line), toItem(line))).not.toThrow();
  });

  it.each([{ type: 'order.paid' }, { id: '1/ORDER/2.2' }])('for another event, and fails: %j', (more) => {
    expect(() => mustKeepLine(toItem(line), toItem({ ...line, ...more }))).toThrow('EVENT#order#000002');
  });
});
