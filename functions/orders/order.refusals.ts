/** Why a command on an order is refused, and what to do instead. */
import type { Refusal } from '../kernel/decision.ts';
import type { Rupiah } from '../kernel/rupiah.ts';

const unknown = {
  code: 'ORDER_NOT_FOUND',
  message:
    'There is no order with this id that is yours. Check the id and the token. ' +
    'A ride becomes an order when a driver accepts it, a scan when it is confirmed.',
  status: 404,
} as const;

export const refusals = {
  unknown,
  notYours: { code: 'NOT_YOUR_ORDER', message: 'This order belongs to another user.', status: 403, shownAs: unknown },
  over: { code: 'ORDER_OVER', message: 'The trip is over or was cancelled. Load the order.' },
  finished: {
    code: 'ALREADY_FINISHED',
    message: 'The order is finished with another fare. Report it to the operators of the fleet.',
  },
  cancelled: { code: 'ORDER_CANCELLED', message: 'The ride was cancelled. There is no trip to finish.' },
  paid: { code: 'ALREADY_PAID', message: 'The order is paid with the app. Give the cash back.' },
  paidBefore: {
    code: 'PAID_BEFORE',
    message: 'The trip is paid with the app already. Give the cash back and finish it without `inCash`.',
  },
  nothingOwed: {
    code: 'NOTHING_OWED',
    message: 'The order owes nothing of this purpose. Load the order to see what is to be paid.',
  },
  noTip: {
    code: 'NOTHING_OWED',
    message: 'A tip can be paid when the trip is over and was not cancelled. Finish the trip first.',
  },
  notFinished: { code: 'NOT_FINISHED', message: 'The order has no fare yet. Finish the trip first.' },
} as const satisfies Record<string, Refusal>;

export const amountTooHigh = (unpaid: Rupiah): Refusal => ({
  code: 'AMOUNT_TOO_HIGH',
  message: `At most Rp ${unpaid} of this is to be paid. Send a lower amount, or none to pay all of it.`,
  status: 422,
});

export const fareTooHigh = (limit: Rupiah): Refusal => ({
  code: 'FARE_TOO_HIGH',
  message: `The fare is above Rp ${limit}, the limit of this service line. Check it; an operator can finish the trip.`,
  status: 422,
});
