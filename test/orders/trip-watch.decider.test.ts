/** A trip that should be over: its driver is asked to finish it, reminded once, then it belongs to operations. */
import { describe, expect, it } from 'vitest';
import type { Decision } from '../../functions/kernel/decision.ts';
import { rupiah } from '../../functions/kernel/rupiah.ts';
import {
  type CarId,
  type DriverId,
  type Instant,
  instant,
  type OrderId,
  type RiderId,
} from '../../functions/kernel/types.ts';
import { cancel, finish, open, pickUp } from '../../functions/orders/order.decider.ts';
import { type Order, orderRef, type Trip } from '../../functions/orders/order.ts';
import { openScanned, proposeFinish, watchTrip } from '../../functions/orders/trip-watch.decider.ts';

const start = Date.parse('2026-11-21T03:44:00.000Z');
/** Minutes after 03:44 UTC. */
const at = (minutes: number): Instant => instant(start + minutes * 60_000);
const orderId = 'TNT-20261121-0000042' as OrderId;
const driverId = 'driver-1' as DriverId;
const trip: Trip = { orderId, riderId: 'rider-1' as RiderId, driverId, serviceLine: 'BB', openedAt: at(0) };
const ids = { orderId, riderId: 'rider-1', driverId };

const stateOf = (decision: Decision<Order>): Order => {
  if (decision.outcome !== 'happened') throw new Error(`it did not happen: ${JSON.stringify(decision)}`);
  return decision.state;
};
const dueAt = (order: Order) => orderRef(orderId).aggregate.dueAt(order);
const factsOf = (decision: Decision<Order>) =>
  decision.outcome === 'happened' ? decision.facts.map(({ type, data }) => ({ type, ...data })) : [];

const scanned = stateOf(openScanned({ ...trip, car: 'B1234XYZ' as CarId }, undefined));
const accepted = stateOf(open(trip, undefined));
const pickedUp = stateOf(pickUp(at(10), accepted));
const stop = { stoppedAt: at(30), fare: rupiah(62_500), at: at(31) };
const proposed = stateOf(proposeFinish(stop, scanned));

describe('the argo stopped', () => {
  it.each([
    ['a scanned trip', scanned],
    ['a ride whose rider was picked up', pickedUp],
  ])('[ORD-12] the driver of %s is asked to finish it within 15 minutes', (_, order) => {
    const decision = proposeFinish(stop, order);
    expect(stateOf(decision)).toMatchObject({
      status: 'ACTIVE',
      proposal: { at: at(30), fare: 62_500, reminders: 0 },
      watchAt: at(46),
    });
    expect(dueAt(stateOf(decision))).toBe(at(46));
    expect(factsOf(decision)).toEqual([
      {
        type: 'order.finish-proposed',
        ...ids,
        stoppedAt: '2026-11-21T04:14:00.000Z',
        fare: 62_500,
        isReminder: false,
      },
    ]);
  });

  it('[ORD-12] a later stop is asked about again, an earlier or the same one is not', () => {
    const later = proposeFinish({ stoppedAt: at(40), at: at(41) }, proposed);
    expect(stateOf(later)).toMatchObject({ proposal: { at: at(40), reminders: 0 }, watchAt: at(56) });
    expect(stateOf(later)).not.toHaveProperty('proposal.fare');
    for (const stoppedAt of [at(30), at(20)])
      expect(proposeFinish({ stoppedAt, at: at(41) }, proposed)).toMatchObject({ outcome: 'nothing' });
  });

  it.each<[string, Order | undefined]>([
    ['a ride whose rider waits', accepted],
    ['a ride whose rider was picked up after it', stateOf(pickUp(at(30), accepted))],
    ['a finished order', stateOf(finish({ fare: rupiah(50_000), at: at(30) }, pickedUp))],
    ['a cancelled order', stateOf(cancel({ reason: 'changed plans', at: at(5) }, accepted))],
    ['no order', undefined],
  ])('[ORD-12] nothing is asked about %s', (_, order) => {
    expect(proposeFinish(stop, order)).toMatchObject({ outcome: 'nothing' });
  });
});

describe('the driver does not finish the trip', () => {
  it('[ORD-12] they are reminded once after 15 minutes, then it belongs to operations, who see it each day', () => {
    const reminder = watchTrip(at(46), proposed);
    const reminded = stateOf(reminder);
    expect(reminded).toMatchObject({ proposal: { at: at(30), fare: 62_500, reminders: 1 }, watchAt: at(61) });
    expect(factsOf(reminder)).toEqual([
      { type: 'order.finish-proposed', ...ids, fare: 62_500, isReminder: true, stoppedAt: undefined },
    ]);
    const overdue = watchTrip(at(61), reminded);
    expect(stateOf(overdue)).toMatchObject({
      status: 'ACTIVE',
      proposal: { at: at(30), fare: 62_500, reminders: 1, owner: 'operations' },
      watchAt: at(61 + 24 * 60),
    });
    const fact = { type: 'order.finish-overdue', ...ids, owner: 'operations', since: '2026-11-21T04:14:00.000Z' };
    expect(factsOf(overdue)).toEqual([fact]);
    const nextDay = watchTrip(at(61 + 24 * 60), stateOf(overdue));
    expect(factsOf(nextDay)).toEqual([fact]);
    expect(dueAt(stateOf(nextDay))).toBe(at(61 + 48 * 60));
  });

  it('[ORD-12] no fare is invented: the trip stays open', () => {
    expect(stateOf(watchTrip(at(61), stateOf(watchTrip(at(46), proposed))))).not.toHaveProperty('fare');
  });

  it('[ORD-12, ORD-8] a scanned trip without a stop is asked about after three hours', () => {
    expect(dueAt(scanned)).toBe(at(180));
    const decision = watchTrip(at(180), scanned);
    expect(stateOf(decision)).toMatchObject({ proposal: { at: at(180), reminders: 0 }, watchAt: at(195) });
    expect(factsOf(decision)).toEqual([
      { type: 'order.finish-proposed', ...ids, stoppedAt: undefined, fare: undefined, isReminder: false },
    ]);
  });

  it('[ORD-12] a scanned trip is watched from its opening on, and opened once', () => {
    const scannedTrip: Trip = { ...trip, car: 'B1234XYZ' as CarId };
    const opening = openScanned(scannedTrip, undefined);
    expect(stateOf(opening)).toMatchObject({ status: 'ACTIVE', watchAt: at(180) });
    expect(factsOf(opening)).toMatchObject([{ type: 'order.opened' }]);
    expect(openScanned(scannedTrip, accepted)).toEqual({ outcome: 'nothing', reason: 'already-open' });
  });

  it.each<[string, Instant, Order | undefined]>([
    ['it is early', at(45.9), proposed],
    ['nothing watches over it', at(600), accepted],
    ['it is finished', at(600), stateOf(finish({ fare: rupiah(50_000), at: at(40) }, proposed))],
    ['it is cancelled', at(600), stateOf(cancel({ reason: 'no trip', at: at(40) }, proposed))],
    ['there is no order', at(600), undefined],
  ])('nothing happens when %s', (_, now, order) => {
    expect(watchTrip(now, order)).toMatchObject({ outcome: 'nothing' });
  });

  it('[ORD-12] what was proposed is over with the trip', () => {
    const finished = stateOf(finish({ fare: rupiah(62_500), driverId, at: at(32) }, proposed));
    expect(finished).toMatchObject({ status: 'FINISHED', fare: 62_500 });
    for (const name of ['proposal', 'watchAt']) expect(finished).not.toHaveProperty(name);
  });
});
