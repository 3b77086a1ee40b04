/** One change of a scan: what confirms it is written with its order and its driver in one transaction. */
import { driverRef } from '../dispatch/rules.ts';
import type { Loaded, Outcome } from '../kernel/aggregate.ts';
import { type Decision, nothing } from '../kernel/decision.ts';
import type { DriverId, OrderId } from '../kernel/types.ts';
import { type Order, type OrderDecision, orderRef } from '../orders/rules.ts';
import type { Store } from '../platform/store.ts';
import { type Confirmed, occupyDriver, openOrderOf } from './confirmed.ts';
import { type EzPay, type EzPayFact, ezpayRef } from './ezpay.ts';

type Change = {
  readonly orderId: OrderId;
  /** Who drives the car: the driver of the order, if this confirms it. */
  readonly drivenBy: DriverId | undefined;
  readonly decide: (scan: EzPay | undefined) => Decision<EzPay, EzPayFact>;
};

const confirms = 'confirms-the-scan';

export const changeScan = async (
  store: Store,
  change: Change,
  known?: Loaded<EzPay>,
): Promise<Outcome<EzPay, EzPayFact>> => {
  const alone = (scan: EzPay | undefined): Decision<EzPay, EzPayFact> => {
    const decision = change.decide(scan);
    return confirmedBy(decision, scan) ? nothing(confirms) : decision;
  };
  const outcome = await store.transition(ezpayRef(change.orderId), alone, known);
  const { decision } = outcome;
  return decision.outcome === 'nothing' && decision.reason === confirms ? confirmScan(store, change) : outcome;
};

const confirmedBy = (decision: Decision<EzPay, EzPayFact>, before: EzPay | undefined): Confirmed | undefined =>
  decision.outcome === 'happened' && decision.state.status === 'CONFIRMED' && before?.status !== 'CONFIRMED'
    ? decision.state
    : undefined;

const confirmScan = async (store: Store, { orderId, drivenBy, decide }: Change): Promise<Outcome<EzPay, EzPayFact>> => {
  const [scanRef, theirOrder] = [ezpayRef(orderId), orderRef(orderId)];
  const opened = (confirmed: Confirmed | undefined, order: Order | undefined): OrderDecision =>
    confirmed ? openOrderOf(confirmed, drivenBy, order) : nothing('not-confirmed');
  if (!drivenBy) {
    const [outcome] = await store.transitionAll([scanRef, theirOrder], ([scan, order]) => {
      const decision = decide(scan);
      return [decision, opened(confirmedBy(decision, scan), order)];
    });
    return outcome;
  }
  const [outcome] = await store.transitionAll([scanRef, theirOrder, driverRef(drivenBy)], ([scan, order, driver]) => {
    const decision = decide(scan);
    const confirmed = confirmedBy(decision, scan);
    const occupied = confirmed ? occupyDriver(confirmed, drivenBy, driver) : nothing('not-confirmed');
    return [decision, opened(confirmed, order), occupied];
  });
  return outcome;
};
