/** An order as its rider, its driver and operators see it. */
import { none } from '../kernel/rupiah.ts';
import { iso } from '../kernel/types.ts';
import { cashTotal, heldTotal, owedOf, sharesOf, surplusOf, unpaidOf } from './order.money.ts';
import type { Order } from './order.ts';
import type { OrderView } from './orders.answers.ts';

type View<Part extends keyof OrderView> = Partial<Pick<OrderView, Part>>;

export const orderView = (order: Order, version: number): OrderView => ({
  orderId: order.orderId,
  status: order.status,
  version,
  riderId: order.riderId,
  ...(order.driverId ? { driverId: order.driverId } : {}),
  serviceLine: order.serviceLine,
  ...(order.car ? { car: order.car, paymentMethod: order.paymentMethod } : {}),
  openedAt: iso(order.openedAt),
  ...tripView(order),
  ...moneyView(order),
  ...cancellationView(order),
  ...('fare' in order ? { fare: order.fare, finishedAt: iso(order.finishedAt) } : {}),
  ...(order.status === 'PAID' ? { paymentRef: order.paymentRef, paidAt: iso(order.paidAt) } : {}),
});

const tripView = (order: Order): View<'pickedUpAt' | 'finishProposed'> => {
  const { pickedUpAt } = order;
  const proposal = order.status === 'ACTIVE' ? order.proposal : undefined;
  return {
    ...(pickedUpAt === undefined ? {} : { pickedUpAt: iso(pickedUpAt) }),
    ...(proposal
      ? {
          finishProposed: {
            at: iso(proposal.at),
            ...(proposal.fare === undefined ? {} : { fare: proposal.fare }),
            ...(proposal.owner ? { owner: proposal.owner } : {}),
          },
        }
      : {}),
  };
};

const moneyView = (order: Order): Pick<OrderView, 'owed' | 'paid' | 'cash' | 'toPay' | 'surplus' | 'payments'> => ({
  owed: order.owed,
  paid: heldTotal(order),
  cash: cashTotal(order),
  toPay: unpaidOf(order),
  surplus: surplusOf(order),
  payments: sharesOf(order).map(([paymentRef, { purpose, method, amount, left, isOpen }]) => ({
    paymentRef,
    purpose,
    method,
    amount,
    left,
    isOpen,
  })),
});

const cancellationView = (order: Order): View<'cancellation'> => {
  if (order.status !== 'CANCELLED') return {};
  const { reason, cancelledAt } = order;
  const fee = owedOf(order, 'cancellation');
  return { cancellation: { reason, at: iso(cancelledAt), fee, isPaid: unpaidOf(order) === none } };
};
