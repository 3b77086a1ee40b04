/** The worker of the orders queue: what rides, scans and payments mean for an order. Facts come in, commands go out. */
import { anyOf } from '../../events/event.ts';
import { ezpayConfirmed } from '../../events/ezpay.ts';
import { orderFinished } from '../../events/order.ts';
import { paymentReversed, paymentSettled } from '../../events/payment.ts';
import { rideAccepted, rideCancelled } from '../../events/ride.ts';
import { freeDriver } from '../dispatch/commands.ts';
import type { Outcome } from '../kernel/aggregate.ts';
import { Unavailable } from '../kernel/errors.ts';
import { log } from '../kernel/log.ts';
import type { Metrics } from '../kernel/metrics.ts';
import { rupiah } from '../kernel/rupiah.ts';
import { type Instant, instant, type OrderId } from '../kernel/types.ts';
import { type MessageOf, message } from '../platform/message.ts';
import { cancelOrder, type Order, type OrderFact, type OrdersDeps, openOrder, settle, unsettle } from './commands.ts';

export const eventMessage = message(
  anyOf(rideAccepted, rideCancelled, ezpayConfirmed, orderFinished, paymentSettled, paymentReversed),
);
type Event = MessageOf<typeof eventMessage>;

export const eventsWorker =
  (deps: OrdersDeps) =>
  async (event: Event): Promise<void> =>
    take(deps, 'orderId' in event ? event.orderId : event.rideId, event, instant(Date.parse(event.at)));

const take = async (deps: OrdersDeps, orderId: OrderId, event: Event, at: Instant): Promise<void> => {
  switch (event.type) {
    case 'ride.accepted':
    case 'ezpay.confirmed':
      // The event is published after the ride is written; without the ride it overtook nothing, the ride was cancelled meanwhile.
      await openOrder(deps, orderId);
      return log.info('Decided', { orderId, command: 'open', outcome: 'happened' });
    case 'ride.cancelled':
      return decided('cancel', orderId, await cancelOrder(deps, orderId, { reason: event.reason, at }));
    case 'order.finished':
      if (!event.driverId) return;
      await freeDriver(deps, event.driverId, orderId, at);
      return log.info('Decided', { orderId, command: 'free-driver', outcome: 'happened' });
    case 'payment.settled': {
      const outcome = await settle(deps, orderId, {
        paymentRef: event.paymentRef,
        method: event.method,
        amount: rupiah(event.amount),
        at,
      });
      if (outcome.decision.outcome === 'refused' && outcome.decision.refusal.code === 'ORDER_NOT_FOUND')
        throw new Unavailable(`the payment ${event.paymentRef} came before its order`);
      return decided('settle', orderId, outcome, { OrderPaid: 1 });
    }
    case 'payment.reversed':
      return decided('unsettle', orderId, await unsettle(deps, orderId, { paymentRef: event.paymentRef, at }), {
        OrderUnpaid: 1,
      });
  }
};

const decided = (
  command: string,
  orderId: OrderId,
  { decision, state }: Outcome<Order, OrderFact>,
  metrics?: Metrics,
): void => {
  const fields = { orderId, command, outcome: decision.outcome, status: state?.status };
  if (decision.outcome === 'refused')
    log.warn('Decided', { ...fields, code: decision.refusal.code }, { OrderFactRefused: 1 });
  else log.info('Decided', fields, decision.outcome === 'happened' ? metrics : undefined);
};
