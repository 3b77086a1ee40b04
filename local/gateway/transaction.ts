/** A transaction as the gateway knows it: the facts of the charge, and a state that holds only what is true in it. */
import type { Json } from '../json.ts';
import type { Method } from './methods.ts';

/** Epoch ms. */
export type Instant = number;
/** Whole rupiah. */
export type Rupiah = number;

export type Refund = {
  readonly key: string;
  readonly amount: Rupiah;
  readonly reason: string;
  readonly at: Instant;
  /** A number on the wire, kept as its digits: it can exceed 2^53. */
  readonly chargebackId: string;
  readonly chargebackUuid?: string;
  readonly bankConfirmedAt?: Instant;
};

/** How the bank or the wallet answered a card or a charge. */
export type ChannelResponse = { readonly code: string; readonly message: string };

export type State =
  | { readonly status: 'pending' }
  | { readonly status: 'authorize' }
  | { readonly status: 'capture'; readonly fraud: 'accept' | 'challenge'; readonly at: Instant }
  | { readonly status: 'settlement'; readonly settledAt: Instant }
  | { readonly status: 'deny'; readonly fraud: 'accept' | 'deny'; readonly response?: ChannelResponse }
  | { readonly status: 'cancel'; readonly from: 'pending' | 'authorize' | 'capture' }
  | { readonly status: 'expire' }
  | { readonly status: 'failure' }
  | { readonly status: 'refund' | 'partial_refund'; readonly settledAt: Instant; readonly refunds: readonly Refund[] }
  | { readonly status: 'chargeback' | 'partial_chargeback'; readonly settledAt: Instant; readonly amount: Rupiah };

export type Status = State['status'];

/** Where the customer has to pay. */
export type Instructions =
  | { readonly kind: 'va'; readonly bank: 'bca' | 'bni' | 'bri' | 'cimb'; readonly number: string }
  | { readonly kind: 'permata'; readonly number: string }
  | { readonly kind: 'bill'; readonly billerCode: string; readonly billKey: string; readonly info: readonly string[] }
  | { readonly kind: 'qris'; readonly acquirer: 'gopay' | 'airpay shopee'; readonly qrString: string }
  | { readonly kind: 'gopay'; readonly callbackUrl?: string }
  | { readonly kind: 'card'; readonly card: CardFacts };

/** How the bank answers a test card. */
export type CardBehaviour = 'accept' | 'deny' | 'fraud' | 'challenge' | 'slow';

export type CardFacts = {
  readonly masked: string;
  readonly bank: string;
  readonly threeDs: boolean;
  readonly preAuthorization: boolean;
  readonly approvalCode: string;
  readonly behaviour: CardBehaviour;
};

/** What is known of the payer once a QR or wallet payment was made. */
export type Payer = {
  readonly issuer: string;
  readonly offUs: boolean;
  readonly crossReferenceId: string;
  /** A GoPay charge paid by scanning is reported as QRIS (§2.2). */
  readonly scanned: boolean;
};

export type Transaction = {
  readonly transactionId: string;
  readonly orderId: string;
  readonly merchantId: string;
  readonly method: Method;
  readonly grossAmount: Rupiah;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  readonly instructions: Instructions;
  readonly payer?: Payer;
  /** custom_field1..3 and metadata, given back in notifications. */
  readonly echo: Json;
  /** The notification URLs of this transaction. */
  readonly destinations: readonly string[];
  readonly state: State;
};
