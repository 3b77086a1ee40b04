/** What must be true, whatever happened: money as the gateway and the drivers' hands know it against what our items say. */
import type { Transaction } from '../../local/gateway/transaction.ts';
import type { World } from './world.ts';

export type Breach = { readonly law: string; readonly item: string; readonly why: string };

type Stored<State> = { readonly pk: string; readonly sk: string; readonly state: State };
type RideState = { readonly status: string; readonly driverId?: string };
type OrderState = {
  readonly status: 'ACTIVE' | 'FINISHED' | 'PAID' | 'CANCELLED';
  readonly fare?: number;
  readonly driverId?: string;
  readonly paymentRef?: string;
};
type DriverState = { readonly driverId: string; readonly orderId?: string };
type Refund = { readonly key: string; readonly amount: number; readonly status: string };
type PaymentState = {
  readonly ref: string;
  readonly refunds: readonly Refund[];
  readonly standing: { readonly status: string };
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** What the gateway took, and what went back through it. */
export const moneyOf = ({ state, grossAmount }: Transaction): { readonly received: number; readonly back: number } => {
  switch (state.status) {
    case 'settlement':
    case 'capture':
      return { received: grossAmount, back: 0 };
    case 'refund':
    case 'partial_refund':
      return { received: grossAmount, back: sum(state.refunds.map(({ amount }) => amount)) };
    case 'chargeback':
    case 'partial_chargeback':
      return { received: grossAmount, back: state.amount };
    default:
      return { received: 0, back: 0 };
  }
};

const closedRides = new Set(['ACCEPTED', 'COMPLETED', 'DECLINED', 'CANCELLED', 'EXPIRED']);
const endedRides = new Set(['DECLINED', 'CANCELLED', 'EXPIRED']);
const onItsWay = new Set(['REQUESTED', 'MANUAL', 'ACCEPTED']);

export const stateOf = (world: World) => {
  const all = world.tables.truth.all(world.names.state) as unknown as readonly Stored<unknown>[];
  const of = <State>(sk: string) =>
    all.filter((item) => item.sk === sk && item.state !== undefined) as readonly Stored<State>[];
  const payments = all.filter(({ sk }) => sk.startsWith('PAYMENT#')) as readonly Stored<PaymentState>[];
  return {
    rides: of<RideState>('RIDE'),
    orders: of<OrderState>('ORDER'),
    drivers: of<DriverState>('DRIVER'),
    payments,
  };
};

/** After the faults have stopped and everyone had time: what does not hold then never will without a person. */
export const atRest = (world: World): readonly Breach[] => {
  const { rides, orders, drivers, payments } = stateOf(world);
  const found: Breach[] = [];
  const breach = (law: string, item: string, why: string): void => void found.push({ law, item, why });
  const rideOf = new Map(rides.map(({ pk, state }) => [pk, state]));
  const orderOf = new Map(orders.map(({ pk, state }) => [pk, state]));
  const transactions = Map.groupBy(world.gateway.transactions(), ({ orderId }) => orderId);

  for (const { pk, state } of rides)
    if (!closedRides.has(state.status)) breach('a ride ends', pk, `is ${state.status} still`);

  for (const { pk, state } of orders) {
    const ride = rideOf.get(pk);
    if (ride && endedRides.has(ride.status) && state.status !== 'CANCELLED')
      breach('an order ends with its ride', pk, `${state.status}, its ride ${ride.status}`);
    if (state.status === 'ACTIVE') breach('an order ends', pk, 'is ACTIVE still');
    const own = payments.filter((payment) => payment.pk === pk);
    const byHand = sum(
      own.flatMap(({ state: { refunds } }) =>
        refunds.filter(({ status }) => status === 'PAID_BACK').map(({ amount }) => amount),
      ),
    );
    const held = own.flatMap(({ state: { ref } }) => transactions.get(ref) ?? []).map(moneyOf);
    const cash = state.paymentRef?.endsWith('-cash') ? (state.fare ?? 0) : 0;
    const left = sum(held.map(({ received, back }) => received - back)) - byHand + cash;
    const open = sum(
      own.flatMap(({ state: { refunds } }) =>
        refunds.filter(({ status }) => onItsWay.has(status)).map(({ amount }) => amount),
      ),
    );
    if (left < 0) breach('no more goes back than came', pk, `${left} rupiah left`);
    if (state.status === 'PAID' && left < (state.fare ?? 0))
      breach('PAID means money', pk, `${left} of ${state.fare} rupiah`);
    if (state.status === 'FINISHED' && left >= (state.fare ?? 0) && left > 0)
      breach('money means PAID', pk, `FINISHED with ${left} of ${state.fare} rupiah`);
    const owed = state.status === 'CANCELLED' ? 0 : (state.fare ?? 0);
    if (left - open > owed) breach('surplus goes back', pk, `${left - open} rupiah held, ${owed} owed`);
  }

  for (const { state } of drivers) {
    const order = state.orderId === undefined ? undefined : orderOf.get(`ORDER#${state.orderId}`);
    if (state.orderId !== undefined && order?.status !== 'ACTIVE')
      breach(
        'a driver is free when the trip is over',
        state.driverId,
        `busy with an order that is ${order?.status ?? 'not there'}`,
      );
  }

  for (const [ref, all] of transactions) {
    const payment = payments.find(({ state }) => state.ref === ref);
    if (!payment)
      breach('the gateway charges nobody behind our back', ref, `${all.length} transactions without an item`);
  }
  for (const { plan, messages } of world.queues.all)
    if (messages.size > 0) breach('queues empty', plan.arn.replace(/^.*:/, ''), `${messages.size} messages`);
  // A post whose answer is lost may be repeated for a newer version of the ride: no one can know that it arrived.
  const { lostAnswer, crash } = world.faults.plan;
  for (const [offer, ids] of world.sockets.offers)
    if (ids.size > 1 && lostAnswer + crash === 0) breach('an offer is shown once', offer, [...ids].join(' and '));
  if (rides.length > 0 && world.sockets.offers.size === 0)
    breach('a ride that is asked for is offered', 'all', `${rides.length} rides, no offer shown`);
  const published = new Set(world.bus.published.map(({ id }) => id));
  const story = new Map(world.tables.truth.all(world.names.story).map(({ id, type }) => [id, type]));
  for (const { id, type } of world.guard.facts.values()) {
    if (!published.has(id)) breach('every fact is published', id, type);
    if (type !== 'dispatch.requested' && story.get(id) !== type)
      breach('every fact is in the story', id, `${type}, the story has ${String(story.get(id) ?? 'nothing')}`);
  }
  if (world.lost.length > 0) breach('no fact is lost', 'stream', `${world.lost.length} records given up`);
  return found;
};
