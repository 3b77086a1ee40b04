/** A payment: one attempt to collect the fare of an order at the gateway, and what became of its money. One item. */
import type * as z from 'zod/mini';
import type { FactOf } from '../../events/event.ts';
import { type Aggregate, refOf } from '../kernel/aggregate.ts';
import { type Key, orderOf, orderPartition } from '../kernel/keys.ts';
import type { Rupiah } from '../kernel/rupiah.ts';
import { earlier, type Instant, type OrderId, type RiderId } from '../kernel/types.ts';
import type { Purpose } from '../orders/rules.ts';
import type { Ledger } from './payment.ledger.ts';
import { paymentShape, upgraded } from './payment.upgrade.ts';
import { isOpenRefund, type Refund, refundDueAt } from './refund/refund.ts';

/** How a customer can pay: the least and the most an acquirer takes, in rupiah (docs/midtrans.md §2.1). */
export const limits = {
  bca_va: [10_000, 20_000_000_000],
  bni_va: [1, 20_000_000_000],
  bri_va: [1, 20_000_000_000],
  permata_va: [1, 9_999_999_999],
  cimb_va: [1, 250_000_000],
  mandiri_bill: [1, 50_000_000_000],
  qris: [1, 10_000_000],
  gopay: [1, 20_000_000],
  card: [10_000, 999_999_999],
} as const satisfies Readonly<Record<string, readonly [number, number]>>;
export type Method = keyof typeof limits;
export const methods = Object.keys(limits) as readonly Method[];

/** `{orderId}-{unix seconds}`, the order id at the gateway: 31 characters, as its signature has no separators. */
export type PaymentRef = string & z.core.$brand<'PaymentRef'>;

export const paymentRefOf = (orderId: OrderId, seconds: number): PaymentRef => `${orderId}-${seconds}` as PaymentRef;
const form = /^(TNT-\d{8}-[0-9A-HJKMNP-TV-Z]{7})-(\d{10})$/;
export const isPaymentRef = (text: string): text is PaymentRef => form.test(text);
export const orderIdOf = (ref: PaymentRef): OrderId => ref.slice(0, ref.lastIndexOf('-')) as OrderId;
export const secondsOf = (ref: PaymentRef): number => Number(ref.slice(ref.lastIndexOf('-') + 1));

/** What the customer needs to pay. Which fields there are depends on the method and the bank. */
export type Instructions = {
  readonly bank?: string | undefined;
  readonly vaNumber?: string | undefined;
  readonly billerCode?: string | undefined;
  readonly billKey?: string | undefined;
  readonly qrString?: string | undefined;
  readonly redirectUrl?: string | undefined;
  readonly actions?: readonly { readonly name: string; readonly url: string }[] | undefined;
  readonly expiresAt?: Instant | undefined;
};

export type Intent = {
  readonly ref: PaymentRef;
  readonly orderId: OrderId;
  readonly riderId: RiderId;
  readonly method: Method;
  readonly amount: Rupiah;
  /** What of the order it pays; the fare unless given. */
  readonly purpose?: Purpose | undefined;
  /** The merchant the money must go to; not compared when the stage does not name one. */
  readonly merchantId?: string | undefined;
  /** The request that made it, so that its repetition finds it. */
  readonly request?: { readonly key: string; readonly fingerprint: string } | undefined;
  readonly requestedAt: Instant;
};

/** The transaction that brought money. `settled`: the acquirer confirmed it (cards: the day after the capture). */
type Transaction = { readonly transactionId: string; readonly paidAt: Instant; readonly settled: boolean };

export type Waiting =
  /** Written before the gateway is called; the card token only until the outcome is known. */
  | { readonly status: 'INTENDED'; readonly cardToken?: string | undefined }
  | { readonly status: 'UNKNOWN'; readonly reason: string; readonly cardToken?: string | undefined }
  | { readonly status: 'PENDING'; readonly transactionId: string; readonly instructions: Instructions }
  | { readonly status: 'AUTHORIZED'; readonly transactionId: string }
  | { readonly status: 'REVIEW'; readonly transactionId: string };
export const paidStatuses = [
  'PAID',
  'PARTIALLY_REFUNDED',
  'REFUNDED',
  'PARTIALLY_CHARGED_BACK',
  'CHARGED_BACK',
] as const;
/** The status of paid money is a view of the ledger. */
export type Paid = Transaction & { readonly status: (typeof paidStatuses)[number] };
export type Reversed = Transaction & { readonly status: 'REVERSED'; readonly reversedAt: Instant };
export const failedStatuses = ['DENIED', 'CANCELLED', 'EXPIRED', 'FAILED'] as const;
/** Without a transaction when the gateway refused the charge and made none. */
export type Failed = {
  readonly status: (typeof failedStatuses)[number];
  readonly transactionId?: string | undefined;
  readonly reason?: string | undefined;
};
export type Standing = Waiting | Paid | Reversed | Failed;

/** The money as it is stored. */
export type Stored = Pick<Payment, 'ledger' | 'refunds'>;

/** What the gateway answered that cannot be of this payment, or is incomplete. */
export type Hold = {
  readonly what: 'amount' | 'currency' | 'merchant' | 'chargeback-amount';
  readonly expected: string;
  readonly said: string;
  /** How much was charged back, as the notification has it. */
  readonly claimed?: Rupiah | undefined;
  readonly at: Instant;
};
/** `under` follows the gateway's reports; `before` and `published` are what was published before the hold. */
export type Held = {
  readonly status: 'HELD';
  readonly hold: Hold;
  readonly under: Standing;
  readonly before: Standing;
  readonly published: Stored;
};

export type Payment = Intent & {
  readonly standing: Standing | Held;
  /** Of the transaction that pays it; missing while it has brought no money. */
  readonly ledger?: Ledger | undefined;
  readonly refunds: readonly Refund[];
  /** Other transactions under the same reference that brought money, by their ids. */
  readonly others?: Readonly<Record<string, Ledger>> | undefined;
  /** When the last report that changed it was requested or received: an older answer never contradicts it. */
  readonly heardAt: Instant;
  /** When the status is read next, and how often it was read without news. In every standing that must be left. */
  readonly ask?: Poll | undefined;
  /** When the status is read because of an unconfirmed notification. No change of the standing puts it off. */
  readonly recheck?: Poll | undefined;
};
type Poll = { readonly at: Instant; readonly count: number };

export type Status = Payment['standing']['status'];

/** There is or was money. */
export const hasMoney = (standing: Standing): standing is Paid | Reversed => 'paidAt' in standing;
export const isPaid = (standing: Standing): standing is Paid => hasMoney(standing) && standing.status !== 'REVERSED';
export const isFailed = (standing: Standing): standing is Failed =>
  failedStatuses.some((one) => one === standing.status);
/** The gateway's own standing of it, held or not. */
export const underlying = ({ standing }: Pick<Payment, 'standing'>): Standing =>
  standing.status === 'HELD' ? standing.under : standing;
/** What the gateway's own answers have shown so far. */
export const instructionsOf = (payment: Pick<Payment, 'standing'>): Instructions => {
  const standing = underlying(payment);
  return standing.status === 'PENDING' ? standing.instructions : {};
};
export const transactionOf = (standing: Standing): string | undefined =>
  'transactionId' in standing ? standing.transactionId : undefined;

/** Bank transfers cannot be paid back through the gateway. */
export const isRefundable = (method: Method): boolean => method === 'card' || method === 'gopay' || method === 'qris';

export type PaymentFact = FactOf<typeof import('../../events/payment.ts')>;

/** Of the sort keys of payments. */
export const paymentPrefix = 'PAYMENT#';
/** The payment whose item has this key. */
export const paymentAt = ({ pk, sk }: Key): PaymentRef | undefined => {
  const ref = `${orderOf(pk)}-${sk.slice(paymentPrefix.length)}`;
  return sk.startsWith(paymentPrefix) && isPaymentRef(ref) ? ref : undefined;
};

export const paymentAggregate: Aggregate<Payment, PaymentFact, PaymentRef> = {
  name: 'PAYMENT',
  key: (id) => ({ pk: orderPartition(orderIdOf(id)), sk: `${paymentPrefix}${secondsOf(id)}` }),
  schema: paymentShape,
  upgrade: upgraded,
  dueAt: ({ ask, recheck, refunds }) =>
    [ask, recheck]
      .flatMap((poll) => (poll ? [poll.at] : []))
      .concat(refunds.filter(isOpenRefund).map(refundDueAt))
      .reduce<Instant | undefined>((first, due) => (first === undefined ? due : earlier(first, due)), undefined),
};

export const paymentRef = (ref: PaymentRef) => refOf(paymentAggregate, ref);
