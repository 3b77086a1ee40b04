/** What one ride writes and reads, step by step, next to the least it must. */
import { instant, type OrderId } from '../../functions/kernel/types.ts';
import { delivered } from '../../tools/deliveries.ts';
import type { Watch } from './calls.ts';
import { type Cost, costs } from './costs.ts';
import type { Database } from './database.ts';
import { answerOffer, bandung, finishTrip, pickUp, reportDriver, requestRide, rideWanted } from './requests.ts';
import { eventsIn, ordersIn, type System, storedRide, streamOf, succeeded } from './system.ts';

export type Bench = { readonly database: Database; readonly system: System; readonly seen: Watch };

export const idOf = (body: Readonly<Record<string, unknown>>): OrderId => body.rideId as OrderId;

export const onDuty = async ({ system }: Bench, drivers: readonly string[]): Promise<void> => {
  for (const driver of drivers) {
    succeeded(await system.rides(reportDriver(driver, bandung)));
    await system.people.opened(driver, `connection-${driver}`, instant(Date.now()));
  }
};

/**
 * The least: each item that must change written once and billed as 1 KB, twice in a transaction, plus each entry an
 * index must gain or lose; each item a decision needs read once.
 */
export const steps = {
  'request with key, 3 offers': { items: 2, written: 2 * 2 + 1, read: 0 },
  'story: ride.requested': { items: 1, written: 1, read: 0 },
  '3 offers shown': { items: 3, written: 3 * 2, read: 3 * 2 },
  accept: { items: 3, written: 3 * 2 + 4, read: 3 },
  'story: ride.accepted, order.opened': { items: 2, written: 2, read: 0 },
  'notices to the rider and 2 drivers': { items: 3, written: 3, read: 3 },
  'pick up': { items: 2, written: 2 * 2 + 2, read: 2 },
  'story: ride.picked-up': { items: 1, written: 1, read: 0 },
  'notice to the rider': { items: 1, written: 1, read: 1 },
  finish: { items: 3, written: 3 * 2 + 4, read: 3 },
  'story: order.finished, ride.completed': { items: 2, written: 2, read: 0 },
} as const;

/** @returns the cost of each step, and the order that is to be paid */
export const wholeRide = async (
  bench: Bench,
): Promise<{ readonly id: OrderId; readonly ride: Readonly<Record<keyof typeof steps, Cost>> }> => {
  const { system, database } = bench;
  const drivers = ['ride-driver-1', 'ride-driver-2', 'ride-driver-3'];
  await onDuty(bench, drivers);
  await system.people.opened('rider-1', 'connection-rider-1', instant(Date.now()));
  // The first request also leases a block of order numbers, the first offer reads the hold of the flag.
  await someRide(bench, ['warm-1']);
  const stream = await streamOf(database);
  await stream.news();

  let id = '' as OrderId;
  const request = await costs(bench, async () => {
    id = idOf(
      succeeded(
        await system.rides(requestRide(rideWanted({ candidates: drivers }), { sub: 'rider-1', key: 'whole-ride' })),
      ),
    );
  });
  const requested = await stream.news();
  const firstStory = await costs(bench, () => system.storyWriter({ Records: requested }));
  const orders = eventsIn(requested, (type) => type === 'dispatch.requested');
  const shown = await costs(bench, () => system.offers(delivered(orders)));
  const accept = await costs(bench, async () =>
    succeeded(await system.rides(answerOffer('accept', id, 'ride-driver-2'))),
  );
  const followed = async () => {
    const records = await stream.news();
    const story = await costs(bench, () => system.storyWriter({ Records: records }));
    const events = delivered(eventsIn(records, (type) => type.startsWith('ride.')));
    return { story, notices: await costs(bench, () => system.notices(events)) };
  };
  const accepted = await followed();
  const picked = await costs(bench, async () => succeeded(await system.rides(pickUp(id, 'ride-driver-2'))));
  const underWay = await followed();
  const finish = await costs(bench, async () =>
    succeeded(await system.orders(finishTrip(id, 'ride-driver-2', 87_000))),
  );
  const over = await followed();
  stream.stop();
  const ride = {
    'request with key, 3 offers': request,
    'story: ride.requested': firstStory,
    '3 offers shown': shown,
    accept,
    'story: ride.accepted, order.opened': accepted.story,
    'notices to the rider and 2 drivers': accepted.notices,
    'pick up': picked,
    'story: ride.picked-up': underWay.story,
    'notice to the rider': underWay.notices,
    finish,
    'story: order.finished, ride.completed': over.story,
  };
  return { id, ride };
};

/** A ride, and the messages that show it to its drivers; the first of them is delivered. */
export const someRide = async ({ system, database }: Bench, candidates: readonly string[], changes: object = {}) => {
  const id = idOf(
    succeeded(await system.rides(requestRide(rideWanted({ candidates, ...changes }), { sub: 'rider-2' }))),
  );
  const item = await storedRide(database, id);
  const orders = ordersIn(item);
  await system.offers(delivered(orders.slice(0, 1)));
  return { id, item, orders };
};
