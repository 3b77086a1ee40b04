/** The limits of each payment method: amounts, lifetimes, numbers, refunds, reversal (midtrans.md §2, §5.2, §7.4). */
import { day, hour, minute } from './wib.ts';

export type MethodRules = {
  /** How the gateway names it in answers and notifications. */
  readonly paymentType: 'bank_transfer' | 'echannel' | 'qris' | 'gopay' | 'credit_card';
  /** Whole rupiah. */
  readonly least: number;
  readonly most: number;
  readonly lifetime: number;
  /** The longest life custom_expiry can give. */
  readonly longest: number;
  /** Digits of the gateway's own numbers, and of the longest a merchant may choose. */
  readonly digits?: { readonly own: number; readonly chosen: number };
  /** How long after settlement a refund is possible; undefined = the gateway cannot refund it. */
  readonly refundable?: number;
  /** How long the bank takes to confirm a refund. */
  readonly refundConfirmed?: number;
  /** Settlement → deny is documented for it. */
  readonly reversible?: boolean;
  /** Charges ignore Idempotency-Key (§1.4). */
  readonly ignoresIdempotencyKey?: boolean;
  readonly created: string;
};

const bank = {
  paymentType: 'bank_transfer',
  least: 1,
  lifetime: day,
  longest: 180 * day,
  created: 'Success, Bank Transfer transaction is created',
} as const;
const wallet = { least: 1, lifetime: 15 * minute, refundable: 45 * day, refundConfirmed: 2_000 } as const;

const rules = {
  bca_va: { ...bank, least: 10_000, most: 20_000_000_000, digits: { own: 11, chosen: 11 } },
  bni_va: { ...bank, most: Number.MAX_SAFE_INTEGER, digits: { own: 16, chosen: 8 } },
  bri_va: { ...bank, most: 20_000_000_000, digits: { own: 18, chosen: 13 } },
  cimb_va: { ...bank, most: 250_000_000, digits: { own: 16, chosen: 12 } },
  permata_va: {
    ...bank,
    most: 9_999_999_999,
    digits: { own: 16, chosen: 10 },
    reversible: true,
    ignoresIdempotencyKey: true,
    created: 'Success, PERMATA VA transaction is successful',
  },
  mandiri_bill: {
    ...bank,
    paymentType: 'echannel',
    most: 50_000_000_000,
    digits: { own: 12, chosen: 12 },
    reversible: true,
    created: 'OK, Mandiri Bill transaction is successful',
  },
  qris: {
    ...wallet,
    paymentType: 'qris',
    most: 10_000_000,
    longest: 180 * day,
    created: 'QRIS transaction is created',
  },
  gopay: {
    ...wallet,
    paymentType: 'gopay',
    most: 20_000_000,
    longest: 7 * day,
    created: 'GoPay transaction is created',
  },
  card: {
    paymentType: 'credit_card',
    least: 10_000,
    most: 999_999_999,
    lifetime: 10 * minute,
    longest: 10 * minute,
    refundable: 180 * day,
    refundConfirmed: 2 * hour,
    created: 'Success, Credit Card transaction is successful',
  },
} as const satisfies Readonly<Record<string, MethodRules>>;

export type Method = keyof typeof rules;
export const methods: Readonly<Record<Method, MethodRules>> = rules;

/** QRIS paid with another company's wallet can be refunded for a week only. */
export const offUsRefundable = 7 * day;
/** QRIS through ShopeePay lives five days at most. */
export const airpayLongest = 5 * day;
/** How long a card authorization holds. */
export const authorizationLifetime = 8 * day;
