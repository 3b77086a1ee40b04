/** Plays a set of reports and scans in every order of arrival, and compares what comes out. */
import { decide as decideArgo } from '../../functions/ezpay/argo.decider.ts';
import { runAt, timelineOf } from '../../functions/ezpay/argo.timeline.ts';
import type { Argo, MeterEvent } from '../../functions/ezpay/argo.ts';
import { decide } from '../../functions/ezpay/ezpay.decider.ts';
import { type EzPay, isWronglyFailed, type Mode, type Scan } from '../../functions/ezpay/ezpay.ts';
import { scan as scanned } from '../../functions/ezpay/scan.decider.ts';
import { instant, type RiderId } from '../../functions/kernel/types.ts';
import { at, noArgo, orderId, scanOf } from '../support/ezpay.ts';
import type { Random } from '../support/random.ts';

export type Arrival = { readonly event: MeterEvent } | { readonly scan: Scan };
type World = { readonly argo: Argo; readonly orders: readonly EzPay[]; readonly lastNews: ReadonlyMap<string, string> };
export type Found = { readonly orders: number; readonly steps: number; readonly violations: readonly string[] };

const minute = 60_000;
const lateness = [0, 0, 0.05, 5, 20, 52, 400];

/** Reports of one or two devices with every fault, copies of them, and scans of three modes around them. */
export const anySet = (random: Random, size: number): readonly Arrival[] => {
  const set: Arrival[] = [];
  const events: MeterEvent[] = [];
  for (let n = 0; n < size; n += 1) {
    if (random.chance(0.3)) {
      const mode: Mode = random.pick(['async', 'async', 'strict', 'grace']);
      set.push({
        scan: scanOf({
          orderId: orderId(n),
          customerId: `customer-${n}` as RiderId,
          mode,
          scannedAt: at(random.below(60) + random.below(2) / 2),
        }),
      });
      continue;
    }
    const event = events.length > 0 && random.chance(0.2) ? copyOf(random.pick(events), random) : anyEvent(random);
    events.push(event);
    set.push({ event });
  }
  return set;
};

const copyOf = (event: MeterEvent, random: Random): MeterEvent => ({
  ...event,
  receivedAt: instant(event.receivedAt + (random.below(5) - 2) * minute),
});

const anyEvent = (random: Random): MeterEvent => {
  const happenedAt = at(random.below(60));
  const receivedAt = instant(happenedAt + random.pick(lateness) * minute);
  const clock = random.below(12);
  const deviceTime =
    clock === 0
      ? instant(random.below(3) * 1_000)
      : clock === 1
        ? instant(Date.parse('2099-01-01T00:00:00Z'))
        : clock === 2
          ? instant(receivedAt + (3 + random.below(90)) * minute)
          : clock === 3
            ? instant(happenedAt - random.below(30) * minute)
            : happenedAt;
  return {
    device: random.chance(0.1) ? 'device-2' : 'device-1',
    ...(random.chance(0.2) ? { boot: 1 + random.below(2) } : {}),
    sequence: random.chance(0.1) ? 1_000 + random.below(5) : random.below(8),
    kind: random.chance(0.5) ? 'STARTED' : 'STOPPED',
    deviceTime,
    receivedAt,
  };
};

const arrive = (world: World, arrival: Arrival): World => {
  if ('scan' in arrival) {
    const { state } = scanned({ type: 'scan', scan: arrival.scan, argo: world.argo, graceMs: 2 * minute });
    return { ...world, orders: [...world.orders, state] };
  }
  const decision = decideArgo(
    { type: 'report', event: arrival.event, at: arrival.event.receivedAt },
    world.argo.car,
    world.argo,
  );
  if (decision.outcome !== 'happened') return world;
  const lastNews = new Map(world.lastNews);
  const orders = world.orders.map((order) => {
    const joined = decide({ type: 'join', argo: decision.state, at: arrival.event.receivedAt }, order);
    if (joined.outcome !== 'happened') return order;
    for (const { type } of joined.facts) lastNews.set(order.orderId, type);
    return joined.state;
  });
  return { argo: decision.state, orders, lastNews };
};

/** What the set decides, without what depends on when we looked. */
const resultOf = ({ argo, orders }: World): string => {
  const { placed, runs } = timelineOf(argo.events);
  const trips = orders.toSorted((a, b) => (a.orderId < b.orderId ? -1 : 1)).map(({ orderId, trip }) => [orderId, trip]);
  return JSON.stringify([placed, runs, trips]);
};

/** What holds for every order at every moment: its outcome fits the argo, or the difference was published. */
const wrongWith = (order: EzPay, { argo, lastNews }: World): string | undefined => {
  const trip = runAt(timelineOf(argo.events).runs, order.scannedAt, order.windowMs);
  if (JSON.stringify(trip) !== JSON.stringify(order.trip)) return 'does not know its trip';
  const news = lastNews.get(order.orderId);
  switch (order.status) {
    case 'CONFIRMED':
      if (!trip && order.witness.by === 'argo' && news !== 'ezpay.contradicted')
        return 'is confirmed against the argo, unreported';
      return undefined;
    case 'WAITING':
    case 'ASKING':
      return trip ? 'waits although the argo ran' : undefined;
    case 'REFUSED':
    case 'CANCELLED':
      return isWronglyFailed(order) === (news === 'ezpay.wrongly-failed') ? undefined : 'failed wrongly, unreported';
  }
};

export const everyArrival = (set: readonly Arrival[]): Found => {
  let first: string | undefined;
  const found = { orders: 0, steps: 0, violations: [] as string[] };
  const complain = (what: string): void => void found.violations.push(`${what}: ${JSON.stringify(set)}`);
  const play = (world: World, left: readonly Arrival[]): void => {
    if (left.length === 0) {
      found.orders += 1;
      const result = resultOf(world);
      first ??= result;
      if (result !== first) complain(`another result: ${result} instead of ${first}`);
      return;
    }
    for (const arrival of left) {
      const next = arrive(world, arrival);
      found.steps += 1;
      for (const order of next.orders) {
        const wrong = wrongWith(order, next);
        if (wrong) complain(`${order.orderId} ${wrong}`);
      }
      play(
        next,
        left.filter((one) => one !== arrival),
      );
    }
  };
  play({ argo: noArgo, orders: [], lastNews: new Map() }, set);
  return found;
};
