/** The rules of orders that other contexts use in their own writes: an order changes together with its ride or payment. */
export {
  assignDriver,
  cancel,
  type Finish,
  finish,
  type OrderDecision,
  open,
  pickUp,
  takePayment,
  unassignDriver,
} from './order.decider.ts';
export { chargeableOf, endingOf, owedOf, returnsOf, surplusOf, unpaidOf } from './order.money.ts';
export { fareTooHigh, refusals as orderRefusals } from './order.refusals.ts';
export { cashRef, type Order, orderAt, orderRef, type Purpose, purposes, type Share, type Trip } from './order.ts';
export { openScanned, proposeFinish, watchTrip } from './trip-watch.decider.ts';
