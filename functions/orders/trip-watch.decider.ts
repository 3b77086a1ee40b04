/** The rules of a trip that should be over: its driver is asked to finish it, reminded once, then people end it. */
import { orderFinishOverdue, orderFinishProposed } from '../../events/order.ts';
import { happened, nothing } from '../kernel/decision.ts';
import type { Rupiah } from '../kernel/rupiah.ts';
import { after, type Instant, iso } from '../kernel/types.ts';
import { type OrderDecision, open } from './order.decider.ts';
import type { InStatus, Order, Trip } from './order.ts';

const minute = 60_000;
const hour = 60 * minute;
/** How long a scanned trip takes at most; as long its scan counts as ongoing. */
const longestTripMs = 3 * hour;
const reminderMs = 15 * minute;
/** How often people are reminded of a trip that nobody ends. */
const overdueMs = 24 * hour;

/** A confirmed scan is an order; no ride watches over it. */
export const openScanned = (trip: Trip, order: Order | undefined): OrderDecision => {
  const decision = open(trip, order);
  if (decision.outcome !== 'happened' || decision.state.status !== 'ACTIVE') return decision;
  return { ...decision, state: { ...decision.state, watchAt: after(trip.openedAt, longestTripMs) } };
};

type Stop = { readonly stoppedAt: Instant; readonly fare?: Rupiah | undefined; readonly at: Instant };

/** The argo of its car was stopped. */
export const proposeFinish = ({ stoppedAt, fare, at }: Stop, order: Order | undefined): OrderDecision => {
  if (order?.status !== 'ACTIVE') return nothing('not-active');
  if (!hasBegun(order, stoppedAt)) return nothing('not-begun');
  if (order.proposal && order.proposal.at >= stoppedAt) return nothing('proposed-already');
  const fact = orderFinishProposed({ ...idsOf(order), stoppedAt: iso(stoppedAt), fare, isReminder: false });
  const proposal = { at: stoppedAt, ...(fare === undefined ? {} : { fare }), reminders: 0 };
  return happened({ ...order, proposal, watchAt: after(at, reminderMs) }, at, fact);
};

/** A ride has begun when its rider was picked up; a customer scans inside the car. */
const hasBegun = ({ car, pickedUpAt }: InStatus<'ACTIVE'>, at: Instant): boolean =>
  car !== undefined || (pickedUpAt !== undefined && pickedUpAt < at);

/** The deadline of an order that is not finished. */
export const watchTrip = (at: Instant, order: Order | undefined): OrderDecision => {
  if (order?.status !== 'ACTIVE' || order.watchAt === undefined || at < order.watchAt) return nothing('not-due');
  const { proposal } = order;
  if (!proposal) {
    const fact = orderFinishProposed({ ...idsOf(order), isReminder: false });
    return happened({ ...order, proposal: { at, reminders: 0 }, watchAt: after(at, reminderMs) }, at, fact);
  }
  return proposal.reminders === 0 ? remind(order, at) : handOver(order, at);
};

const remind = (order: InStatus<'ACTIVE'>, at: Instant): OrderDecision => {
  const { proposal = { at, reminders: 0 } } = order;
  const fact = orderFinishProposed({ ...idsOf(order), fare: proposal.fare, isReminder: true });
  return happened({ ...order, proposal: { ...proposal, reminders: 1 }, watchAt: after(at, reminderMs) }, at, fact);
};

const handOver = (order: InStatus<'ACTIVE'>, at: Instant): OrderDecision => {
  const { proposal = { at, reminders: 1 } } = order;
  const owner = 'operations';
  const fact = orderFinishOverdue({ ...idsOf(order), owner, since: iso(proposal.at) });
  return happened({ ...order, proposal: { ...proposal, owner }, watchAt: after(at, overdueMs) }, at, fact);
};

const idsOf = ({ orderId, riderId, driverId }: Trip) => ({ orderId, riderId, driverId });
