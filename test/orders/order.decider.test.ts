/** The rules of an order, state by state: what happens, what is refused, what is done already. */
import { describe, expect, it } from 'vitest';
import type { Decision } from '../../functions/kernel/decision.ts';
import { rupiah } from '../../functions/kernel/rupiah.ts';
import { type CarId, type DriverId, instant } from '../../functions/kernel/types.ts';
import { cancel, finish, markPaid, markUnpaid, open } from '../../functions/orders/order.decider.ts';
import type { Order, Trip } from '../../functions/orders/order.ts';
import { start } from '../support/ports.ts';
import { car, orderId, paymentRef, rider } from './world.ts';

const at = instant(start + 60_000);
const driverId = 'driver-1' as DriverId;
const fare = rupiah(60_000);
const trip: Trip = { orderId, riderId: rider, driverId, serviceLine: 'BB', openedAt: start };
const finished = { ...trip, fare, finishedAt: at } as const;

const orders = {
  missing: undefined,
  active: { ...trip, status: 'ACTIVE' },
  cancelled: { ...trip, status: 'CANCELLED', reason: 'late', cancelledAt: at },
  finished: { ...finished, status: 'FINISHED' },
  paid: { ...finished, status: 'PAID', paymentRef, paidAt: at },
  inCash: { ...finished, status: 'PAID', paymentRef: `${orderId}-cash`, paidAt: at },
} as const satisfies Record<string, Order | undefined>;

const settled = { paymentRef, method: 'qris', amount: fare, at };
const commands = {
  open: (order) => open(trip, order),
  finish: (order) => finish({ fare, driverId, at }, order),
  'finish with another fare': (order) => finish({ fare: rupiah(60_001), driverId, at }, order),
  'finish in cash': (order) => finish({ fare, driverId, inCash: true, at }, order),
  'finish by another driver': (order) => finish({ fare, driverId: 'driver-2' as DriverId, at }, order),
  cancel: (order) => cancel({ reason: 'late', at }, order),
  'mark paid': (order) => markPaid(settled, order),
  'mark paid by another': (order) => markPaid({ ...settled, paymentRef: 'other' }, order),
  'mark paid with another amount': (order) => markPaid({ ...settled, amount: rupiah(59_999) }, order),
  'mark unpaid': (order) => markUnpaid({ paymentRef, at }, order),
  'mark unpaid by another': (order) => markUnpaid({ paymentRef: 'other', at }, order),
} satisfies Record<string, (order: Order | undefined) => Decision<Order>>;

/** The status and the facts of what happened, the code of a refusal, or nothing. */
const shown = (decision: Decision<Order>): string => {
  if (decision.outcome === 'refused') return decision.refusal.code;
  if (decision.outcome === 'nothing') return '-';
  return [decision.state.status, ...decision.facts.map(({ type }) => type.replace('order.', ''))].join(' ');
};

describe('each command on each state of an order', () => {
  const states = ['missing', 'active', 'cancelled', 'finished', 'paid', 'inCash'] as const;
  it.each<[keyof typeof commands, ...string[]]>([
    ['open', 'ACTIVE opened', '-', '-', '-', '-', '-'],
    ['finish', 'ORDER_NOT_FOUND', 'FINISHED finished', 'ORDER_CANCELLED', '-', '-', '-'],
    [
      'finish with another fare',
      'ORDER_NOT_FOUND',
      'FINISHED finished',
      'ORDER_CANCELLED',
      'ALREADY_FINISHED',
      'ALREADY_FINISHED',
      'ALREADY_FINISHED',
    ],
    ['finish in cash', 'ORDER_NOT_FOUND', 'PAID finished paid', 'ORDER_CANCELLED', 'PAID paid', 'ALREADY_PAID', '-'],
    [
      'finish by another driver',
      'ORDER_NOT_FOUND',
      'NOT_YOUR_ORDER',
      'NOT_YOUR_ORDER',
      'NOT_YOUR_ORDER',
      'NOT_YOUR_ORDER',
      'NOT_YOUR_ORDER',
    ],
    ['cancel', '-', 'CANCELLED cancelled', '-', 'ALREADY_FINISHED', 'ALREADY_FINISHED', 'ALREADY_FINISHED'],
    ['mark paid', 'ORDER_NOT_FOUND', 'NOT_FINISHED', 'NOT_FINISHED', 'PAID paid', '-', 'PAID_IN_CASH'],
    [
      'mark paid by another',
      'ORDER_NOT_FOUND',
      'NOT_FINISHED',
      'NOT_FINISHED',
      'PAID paid',
      'PAID_TWICE',
      'PAID_IN_CASH',
    ],
    [
      'mark paid with another amount',
      'ORDER_NOT_FOUND',
      'NOT_FINISHED',
      'NOT_FINISHED',
      'OTHER_AMOUNT',
      '-',
      'PAID_IN_CASH',
    ],
    ['mark unpaid', 'ORDER_NOT_FOUND', '-', '-', '-', 'FINISHED unpaid', '-'],
    ['mark unpaid by another', 'ORDER_NOT_FOUND', '-', '-', '-', '-', '-'],
  ])('%s', (command, ...expected) => {
    expect(states.map((state) => shown(commands[command](orders[state])))).toEqual(expected);
  });
});

describe('an order of a scanned car whose driver is not known', () => {
  const { driverId: _, ...hailed } = { ...orders.active, car };

  it('is finished by the driver of this car, and is theirs then', () => {
    const decision = finish({ fare, driverId, car, at }, hailed);
    expect(decision).toMatchObject({ outcome: 'happened', state: { driverId, finishedAt: at } });
  });

  it.each([undefined, 'BB9999' as CarId])('is not finished by a driver of %s', (other) => {
    expect(shown(finish({ fare, driverId, car: other, at }, hailed))).toBe('NOT_YOUR_ORDER');
  });

  it('is not finished by a driver without a car when it names no car either', () => {
    const { car: __, ...unknown } = hailed;
    expect(shown(finish({ fare, driverId, at }, unknown))).toBe('NOT_YOUR_ORDER');
  });

  it('is finished by an operator, and stays without a driver', () => {
    const decision = finish({ fare, at }, hailed);
    expect(decision).toMatchObject({ outcome: 'happened', facts: [{ type: 'order.finished' }] });
    expect(decision.outcome === 'happened' && decision.state.driverId).toBeUndefined();
  });
});
