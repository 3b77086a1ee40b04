/** What other contexts may know of payments when they write their own items. */
export { readPayments } from './order-payments.ts';
export { shareOf } from './payment.share.ts';
export { type PaymentsOf, paymentsOf } from './payments.store.ts';
