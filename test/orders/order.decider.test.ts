/** The rules of an order, state by state: what happens, what is refused, what is done already. */
import { describe, expect, it } from 'vitest';
import type { Decision } from '../../functions/kernel/decision.ts';
import { none, rupiah } from '../../functions/kernel/rupiah.ts';
import { type CarId, type DriverId, instant } from '../../functions/kernel/types.ts';
import {
  assignDriver,
  cancel,
  finish,
  open,
  pickUp,
  takePayment,
  unassignDriver,
} from '../../functions/orders/order.decider.ts';
import type { InStatus, Order, Share, Trip } from '../../functions/orders/order.ts';
import { start } from '../support/ports.ts';
import { car, orderId, paymentRef, rider } from './world.ts';

const at = instant(start + 60_000);
const driverId = 'driver-1' as DriverId;
const fare = rupiah(60_000);
const trip: Trip = { orderId, riderId: rider, driverId, serviceLine: 'BB', openedAt: start };
const unpaid = { cash: {}, payments: {} };
const finished = { ...trip, ...unpaid, fare, finishedAt: at, owed: { base: fare } } as const;
const share = (fields: Partial<Share> = {}): Share => ({
  purpose: 'base',
  method: 'qris',
  amount: fare,
  version: 3,
  left: fare,
  returning: none,
  isOpen: false,
  ...fields,
});
const paidBy = { paymentRef, paidAt: at } as const;

const orders = {
  missing: undefined,
  active: { ...trip, ...unpaid, status: 'ACTIVE', owed: {} },
  cancelled: { ...trip, ...unpaid, status: 'CANCELLED', reason: 'late', cancelledAt: at, owed: {} },
  finished: { ...finished, status: 'FINISHED' },
  paid: { ...finished, status: 'PAID', ...paidBy, payments: { [paymentRef]: share() } },
  inCash: { ...finished, status: 'PAID', ...paidBy, paymentRef: `${orderId}-cash`, cash: { base: fare } },
} as const satisfies Record<string, Order | undefined>;

const take =
  (fields: Partial<Share> = {}, ref = paymentRef) =>
  (order: Order | undefined) =>
    takePayment(ref, share(fields), at, order);
const commands = {
  open: (order) => open(trip, order),
  'assign another driver': (order) => assignDriver('driver-2' as DriverId, at, order),
  'assign its driver': (order) => assignDriver(driverId, at, order),
  'take its driver away': (order) => unassignDriver(at, order),
  'pick up': (order) => pickUp(at, order),
  finish: (order) => finish({ fare, driverId, at }, order),
  'finish with another fare': (order) => finish({ fare: rupiah(60_001), driverId, at }, order),
  'finish in cash': (order) => finish({ fare, driverId, inCash: true, at }, order),
  'finish by another driver': (order) => finish({ fare, driverId: 'driver-2' as DriverId, at }, order),
  cancel: (order) => cancel({ reason: 'late', at }, order),
  'cancel with a fee': (order) => cancel({ reason: 'late', fee: rupiah(9_000), at }, order),
  'a payment that waits': take({ left: none, isOpen: true, version: 2 }),
  'its payment, settled': take(),
  'its payment, settled, once more newer': take({ version: 4 }),
  'its payment, reversed': take({ version: 4, left: none }),
  'a part': take({ left: rupiah(59_999) }),
  'too much': take({ left: rupiah(60_001) }),
  'another payment, settled': take({}, `${orderId}-1795232999`),
} satisfies Record<string, (order: Order | undefined) => Decision<Order>>;

/** The status and the facts of what happened, the code of a refusal, or nothing. */
const shown = (decision: Decision<Order>): string => {
  if (decision.outcome === 'refused') return decision.refusal.code;
  if (decision.outcome === 'nothing') return '-';
  return [decision.state.status, ...decision.facts.map(({ type }) => type.replace('order.', ''))].join(' ');
};
const six = (code: string, first = code): readonly string[] => [first, code, code, code, code, code];

describe('each command on each state of an order', () => {
  const states = ['missing', 'active', 'cancelled', 'finished', 'paid', 'inCash'] as const;
  it.each<[keyof typeof commands, readonly string[]]>([
    ['open', ['ACTIVE opened', '-', '-', '-', '-', '-']],
    ['assign another driver', ['ORDER_NOT_FOUND', 'ACTIVE', 'ORDER_OVER', 'ORDER_OVER', 'ORDER_OVER', 'ORDER_OVER']],
    ['assign its driver', ['ORDER_NOT_FOUND', '-', 'ORDER_OVER', 'ORDER_OVER', 'ORDER_OVER', 'ORDER_OVER']],
    ['take its driver away', ['-', 'ACTIVE', '-', '-', '-', '-']],
    ['pick up', ['ORDER_NOT_FOUND', 'ACTIVE', 'ORDER_OVER', 'ORDER_OVER', 'ORDER_OVER', 'ORDER_OVER']],
    ['finish', ['ORDER_NOT_FOUND', 'FINISHED finished', 'ORDER_CANCELLED', '-', '-', '-']],
    [
      'finish with another fare',
      [
        'ORDER_NOT_FOUND',
        'FINISHED finished',
        'ORDER_CANCELLED',
        'ALREADY_FINISHED',
        'ALREADY_FINISHED',
        'ALREADY_FINISHED',
      ],
    ],
    ['finish in cash', ['ORDER_NOT_FOUND', 'PAID finished paid', 'ORDER_CANCELLED', 'PAID paid', 'ALREADY_PAID', '-']],
    ['finish by another driver', six('NOT_YOUR_ORDER', 'ORDER_NOT_FOUND')],
    ['cancel', ['-', 'CANCELLED cancelled', '-', 'ALREADY_FINISHED', 'ALREADY_FINISHED', 'ALREADY_FINISHED']],
    [
      'cancel with a fee',
      ['-', 'CANCELLED cancelled', '-', 'ALREADY_FINISHED', 'ALREADY_FINISHED', 'ALREADY_FINISHED'],
    ],
    ['a payment that waits', ['ORDER_NOT_FOUND', 'ACTIVE', 'CANCELLED', 'FINISHED', '-', 'PAID']],
    [
      'its payment, settled',
      ['ORDER_NOT_FOUND', 'ACTIVE surplus', 'CANCELLED surplus', 'PAID paid', '-', 'PAID surplus'],
    ],
    [
      'its payment, settled, once more newer',
      ['ORDER_NOT_FOUND', 'ACTIVE surplus', 'CANCELLED surplus', 'PAID paid', 'PAID', 'PAID surplus'],
    ],
    ['its payment, reversed', ['ORDER_NOT_FOUND', 'ACTIVE', 'CANCELLED', 'FINISHED', 'FINISHED unpaid', 'PAID']],
    ['a part', ['ORDER_NOT_FOUND', 'ACTIVE surplus', 'CANCELLED surplus', 'FINISHED', '-', 'PAID surplus']],
    ['too much', ['ORDER_NOT_FOUND', 'ACTIVE surplus', 'CANCELLED surplus', 'PAID paid surplus', '-', 'PAID surplus']],
    [
      'another payment, settled',
      ['ORDER_NOT_FOUND', 'ACTIVE surplus', 'CANCELLED surplus', 'PAID paid', 'PAID surplus', 'PAID surplus'],
    ],
  ])('%s', (command, expected) => {
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

describe('an order before its trip', () => {
  const stateOf = (decision: Decision<Order>): Order | undefined =>
    decision.outcome === 'happened' ? decision.state : undefined;

  it('is picked up once, and keeps its time', () => {
    const first = stateOf(pickUp(at, orders.active));
    expect(first).toMatchObject({ status: 'ACTIVE', pickedUpAt: at });
    expect(pickUp(instant(at + 1), first).outcome).toBe('nothing');
  });

  it('has a driver or none', () => {
    const waiting = stateOf(unassignDriver(at, orders.active));
    expect(waiting?.driverId).toBeUndefined();
    expect(unassignDriver(at, waiting).outcome).toBe('nothing');
    expect(stateOf(assignDriver(driverId, at, waiting))?.driverId).toBe(driverId);
  });
});

describe('[ORD-13] what an order owes', () => {
  const prepaid: InStatus<'ACTIVE'> = { ...orders.active, owed: { base: rupiah(50_000) } };
  const stateOf = (decision: Decision<Order>): Order => {
    if (decision.outcome !== 'happened') throw new Error(`it is ${decision.outcome}`);
    return decision.state;
  };
  const paidBefore = stateOf(take({ amount: rupiah(50_000), left: rupiah(50_000) })(prepaid));

  it('is its quote from the opening on', () => {
    expect(stateOf(open(trip, undefined, rupiah(50_000)))).toMatchObject({ status: 'ACTIVE', owed: { base: 50_000 } });
    expect(stateOf(open(trip, undefined)).owed).toStrictEqual({});
  });

  it('is the fare, the overtime and the extra of the finished trip', () => {
    const command = { fare, overtime: rupiah(5_000), extra: rupiah(2_000), driverId, at };
    expect(stateOf(finish(command, orders.active)).owed).toEqual({ base: 60_000, overtime: 5_000, extra: 2_000 });
  });

  it.each([
    ['overtime', { overtime: rupiah(5_001), extra: rupiah(2_000) }],
    ['extra', { overtime: rupiah(5_000), extra: rupiah(2_001) }],
  ])('stays as it was finished: another %s is refused', (_, other) => {
    const command = { fare, overtime: rupiah(5_000), extra: rupiah(2_000), driverId, at };
    const ended = stateOf(finish(command, orders.active));
    expect([shown(finish(command, ended)), shown(finish({ ...command, ...other }, ended))]).toEqual([
      '-',
      'ALREADY_FINISHED',
    ]);
  });

  it('is the rest of the fare after a quote that was paid', () => {
    expect(shown(finish({ fare, driverId, at }, paidBefore))).toBe('FINISHED finished');
    expect(stateOf(finish({ fare, driverId, inCash: true, at }, paidBefore))).toMatchObject({
      status: 'PAID',
      paymentRef,
      cash: { base: 10_000 },
    });
  });

  it('is nothing more, and a surplus, when the fare is below what was paid', () => {
    expect(shown(finish({ fare: rupiah(40_000), driverId, at }, paidBefore))).toBe('PAID finished paid surplus');
    expect(shown(finish({ fare: rupiah(40_000), driverId, inCash: true, at }, paidBefore))).toBe('PAID_BEFORE');
  });

  it('is the fee of a cancelled order; what was paid before is a surplus without one', () => {
    const fee = rupiah(9_000);
    expect(stateOf(cancel({ reason: 'late', fee, at }, orders.active)).owed).toEqual({ cancellation: 9_000 });
    expect(stateOf(cancel({ reason: 'late', fee: none, at }, orders.active)).owed).toEqual({});
    expect(shown(cancel({ reason: 'late', at }, paidBefore))).toBe('CANCELLED cancelled surplus');
    expect(shown(cancel({ reason: 'late', fee: rupiah(50_000), at }, paidBefore))).toBe('CANCELLED cancelled');
  });

  it('is paid in cash once more when a part that was paid with the app is gone', () => {
    const both = stateOf(finish({ fare, driverId, inCash: true, at }, paidBefore));
    const reversed = stateOf(take({ amount: rupiah(50_000), left: none, version: 4 })(both));
    expect(reversed.status).toBe('FINISHED');
    const again = finish({ fare, driverId, inCash: true, at }, reversed);
    expect(again).toMatchObject({ state: { status: 'PAID', cash: { base: 60_000 } } });
    expect(shown(finish({ fare, driverId, inCash: true, at }, stateOf(again)))).toBe('-');
  });

  it('is published when it is paid: the fare with overtime and extra', () => {
    const command = { fare, overtime: rupiah(5_000), driverId, inCash: true, at };
    expect(finish(command, orders.active)).toMatchObject({
      facts: [
        { type: 'order.finished', data: { fare: 60_000 } },
        { type: 'order.paid', data: { fare: 65_000 } },
      ],
    });
  });

  it('is a tip as far as it is paid', () => {
    const tipped = take({ purpose: 'tip', amount: rupiah(5_000), left: rupiah(5_000) }, 'tip')(orders.paid);
    expect(shown(tipped)).toBe('PAID');
  });
});
