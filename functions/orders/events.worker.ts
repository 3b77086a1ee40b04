/** The worker of the orders queue: what rides, scans and payments mean for an order. Facts come in, commands go out. */
import * as z from 'zod/mini';
import { ezpayConfirmed } from '../../events/ezpay.ts';
import { orderFinished } from '../../events/order.ts';
import { paymentReversed, paymentSettled } from '../../events/payment.ts';
import { rideAccepted, rideCancelled } from '../../events/ride.ts';
import { freeDriver } from '../dispatch/commands.ts';
import { Invalid, Unavailable } from '../kernel/errors.ts';
import { log, type Metrics } from '../kernel/log.ts';
import { rupiah } from '../kernel/rupiah.ts';
import { type DriverId, type Instant, instant, type OrderId } from '../kernel/types.ts';
import { isOrderId } from '../platform/order-number.ts';
import type { Outcome } from '../platform/store.ts';
import { cancelOrder, type Order, type OrdersDeps, openOrder, settle, unsettle } from './commands.ts';

export const orderFact = z.discriminatedUnion('type', [
  rideAccepted,
  rideCancelled,
  ezpayConfirmed,
  orderFinished,
  paymentSettled,
  paymentReversed,
]);
export type OrderFact = z.infer<typeof orderFact>;

export const orderFacts =
  (deps: OrdersDeps) =>
  async (event: OrderFact): Promise<void> => {
    const orderId = 'orderId' in event ? event.orderId : event.rideId;
    if (!isOrderId(orderId))
      throw new Invalid('not an order', [{ field: 'orderId', message: `${orderId} is not an order number` }]);
    await take(deps, orderId, event, instant(Date.parse(event.at)));
  };

const take = async (deps: OrdersDeps, orderId: OrderId, event: OrderFact, at: Instant): Promise<void> => {
  switch (event.type) {
    case 'ride.accepted':
    case 'ezpay.confirmed':
      // The event is published after the ride is written; without the ride it overtook nothing, the ride was cancelled meanwhile.
      await openOrder(deps, orderId);
      return log.info('Decided', { orderId, command: 'open', outcome: 'happened' });
    case 'ride.cancelled':
      return told('cancel', orderId, await cancelOrder(deps, orderId, { reason: event.reason, at }));
    case 'order.finished':
      if (!event.driverId) return;
      await freeDriver(deps, event.driverId as DriverId, orderId, at);
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
      return told('settle', orderId, outcome, { OrderPaid: 1 });
    }
    case 'payment.reversed':
      return told('unsettle', orderId, await unsettle(deps, orderId, { paymentRef: event.paymentRef, at }), {
        OrderUnpaid: 1,
      });
  }
};

const told = (command: string, orderId: OrderId, { decision, state }: Outcome<Order>, metrics?: Metrics): void => {
  const fields = { orderId, command, outcome: decision.outcome, status: state?.status };
  if (decision.outcome === 'refused')
    log.warn('Decided', { ...fields, code: decision.refusal.code }, { OrderFactRefused: 1 });
  else log.info('Decided', fields, decision.outcome === 'happened' ? metrics : undefined);
};
