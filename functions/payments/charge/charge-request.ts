/** The body of a charge, per method (docs/midtrans.md §2.2). */
import type { Rupiah } from '../../kernel/rupiah.ts';
import type { Method, PaymentRef } from '../payment.ts';

export type ChargeOrder = {
  readonly ref: PaymentRef;
  readonly method: Method;
  readonly amount: Rupiah;
  readonly cardToken?: string | undefined;
};

const bank = (name: string) => ({ payment_type: 'bank_transfer', bank_transfer: { bank: name } });

const channels: Readonly<Record<Exclude<Method, 'card'>, object>> = {
  bca_va: bank('bca'),
  bni_va: bank('bni'),
  bri_va: bank('bri'),
  cimb_va: bank('cimb'),
  permata_va: bank('permata'),
  mandiri_bill: { payment_type: 'echannel', echannel: { bill_info1: 'Payment:', bill_info2: 'Taxi ride' } },
  qris: { payment_type: 'qris', qris: { acquirer: 'gopay' } },
  gopay: { payment_type: 'gopay', gopay: { enable_callback: false } },
};
const channel = ({ method, cardToken }: ChargeOrder): object =>
  method === 'card'
    ? { payment_type: 'credit_card', credit_card: { token_id: cardToken, authentication: true } }
    : channels[method];

/** An imposed fee would make the gross amount larger than the fare (midtrans-php#118). */
export const chargeBody = (order: ChargeOrder): object => ({
  ...channel(order),
  transaction_details: { order_id: order.ref, gross_amount: order.amount },
  customer_imposed_payment_fee: { enable: false },
});

/** The gateway takes no idempotency key for Permata: its answer is only known from the status. */
export const isRepeatable = (method: Method): boolean => method !== 'permata_va';
