/** The rules of orders that others use in their own writes: an order changes together with its ride or payment. */
export {
  assignDriver,
  cancel,
  type Finish,
  finish,
  type OrderDecision,
  open,
  paymentsRead,
  pickUp,
  takePayment,
  takePayments,
  unassignDriver,
} from './order.decider.ts';
export {
  cashSurplusOf,
  chargeableFor,
  chargeableOf,
  endingOf,
  isPaymentDue,
  neededAgainOf,
  owedOf,
  returnsOf,
  surplusOf,
  unpaidFor,
  unpaidOf,
} from './order.money.ts';
export { amountTooHigh, fareTooHigh, refusals as orderRefusals } from './order.refusals.ts';
export {
  cashRef,
  type Order,
  type OrderFact,
  orderAt,
  orderRef,
  type Purpose,
  purposes,
  type Share,
  type Trip,
} from './order.ts';
export { openScanned, proposeFinish, watchTrip } from './trip-watch.decider.ts';
