/** The worker of the orders queue: what rides, scans and payments mean for an order. Facts come in, commands go out. */
import { anyOf } from '../../events/event.ts';
import { ezpayConfirmed } from '../../events/ezpay.ts';
import { orderFinished } from '../../events/order.ts';
import { paymentReversed, paymentSettled } from '../../events/payment.ts';
import { rideAccepted, rideCancelled } from '../../events/ride.ts';
import { freeDriver } from '../dispatch/commands.ts';
import { log } from '../kernel/log.ts';
import { instant } from '../kernel/types.ts';
import { type PaymentsOf, readPayments } from '../payments/rules.ts';
import { type MessageOf, message } from '../platform/message.ts';
import { type OrdersDeps, openOrder } from './commands.ts';
import { cancel, type OrderDecision } from './order.decider.ts';
import { type Order, orderRef } from './order.ts';

export const eventMessage = message(
  anyOf(rideAccepted, rideCancelled, ezpayConfirmed, orderFinished, paymentSettled, paymentReversed),
);
type Event = MessageOf<typeof eventMessage>;

export const eventsWorker =
  (deps: OrdersDeps & { readonly paymentsOf: PaymentsOf }) =>
  async (event: Event): Promise<void> => {
    const { store } = deps;
    const orderId = 'orderId' in event ? event.orderId : event.rideId;
    const at = instant(Date.parse(event.at));
    const happened = (command: string): void => log.info('Decided', { orderId, command, outcome: 'happened' });
    const change = async (command: string, decide: (order: Order | undefined) => OrderDecision) => {
      const { decision, state } = await store.transition(orderRef(orderId), decide);
      const fields = { orderId, command, outcome: decision.outcome, status: state?.status };
      if (decision.outcome === 'refused')
        log.warn('Decided', { ...fields, code: decision.refusal.code }, { OrderFactRefused: 1 });
      else log.info('Decided', fields);
    };
    switch (event.type) {
      case 'ride.accepted':
      case 'ezpay.confirmed':
        // The event is published after its ride or scan was written: without one, it was cancelled meanwhile.
        await openOrder({ store }, orderId);
        return happened('open');
      case 'ride.cancelled':
        return change('cancel', (order) => cancel({ reason: event.reason, at }, order));
      case 'order.finished':
        if (!event.driverId) return;
        await freeDriver({ store }, event.driverId, orderId, at);
        return happened('free-driver');
      case 'payment.settled':
      case 'payment.reversed':
        await readPayments(deps, orderId, at);
        return happened('read-payments');
    }
  };
