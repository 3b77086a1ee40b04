// What Midtrans allows for each payment method: amounts, lifetimes, refunds, reversal (midtrans.md §2.1, §5.2, §7.4).
import { DAY, HOUR, MINUTE } from './wib.ts';

export type Method =
  | 'bca_va'
  | 'bni_va'
  | 'bri_va'
  | 'cimb_va'
  | 'permata_va'
  | 'mandiri_bill'
  | 'qris'
  | 'gopay'
  | 'card';

export type MethodRules = {
  /** How the gateway calls it in answers and notifications. */
  readonly paymentType: 'bank_transfer' | 'echannel' | 'qris' | 'gopay' | 'credit_card';
  /** Whole rupiah. */
  readonly least: number;
  readonly most: number;
  readonly lifetime: number;
  /** The longest life custom_expiry can give. */
  readonly longest: number;
  /** How long after settlement a refund is possible; undefined = the gateway cannot refund it. */
  readonly refundable?: number;
  /** How long the bank takes to confirm a refund. */
  readonly refundConfirmed?: number;
  /** Whether settlement → deny is documented for it. */
  readonly reversible: boolean;
  /** Whether charges honour Idempotency-Key (§1.4). */
  readonly idempotent: boolean;
  readonly created: string;
};

const bank = {
  paymentType: 'bank_transfer',
  lifetime: DAY,
  longest: 180 * DAY,
  reversible: false,
  idempotent: true,
} as const;
const created = 'Success, Bank Transfer transaction is created';

export const METHODS: Readonly<Record<Method, MethodRules>> = {
  bca_va: { ...bank, least: 10_000, most: 20_000_000_000, created },
  bni_va: { ...bank, least: 1, most: Number.MAX_SAFE_INTEGER, created },
  bri_va: { ...bank, least: 1, most: 20_000_000_000, created },
  cimb_va: { ...bank, least: 1, most: 250_000_000, created },
  permata_va: {
    ...bank,
    least: 1,
    most: 9_999_999_999,
    reversible: true,
    idempotent: false,
    created: 'Success, PERMATA VA transaction is successful',
  },
  mandiri_bill: {
    ...bank,
    paymentType: 'echannel',
    least: 1,
    most: 50_000_000_000,
    reversible: true,
    created: 'OK, Mandiri Bill transaction is successful',
  },
  qris: {
    paymentType: 'qris',
    least: 1,
    most: 10_000_000,
    lifetime: 15 * MINUTE,
    longest: 180 * DAY,
    refundable: 45 * DAY,
    refundConfirmed: 2_000,
    reversible: false,
    idempotent: true,
    created: 'QRIS transaction is created',
  },
  gopay: {
    paymentType: 'gopay',
    least: 1,
    most: 20_000_000,
    lifetime: 15 * MINUTE,
    longest: 7 * DAY,
    refundable: 45 * DAY,
    refundConfirmed: 2_000,
    reversible: false,
    idempotent: true,
    created: 'GoPay transaction is created',
  },
  card: {
    paymentType: 'credit_card',
    least: 10_000,
    most: 999_999_999,
    lifetime: 10 * MINUTE,
    longest: 10 * MINUTE,
    refundable: 180 * DAY,
    refundConfirmed: 2 * HOUR,
    reversible: false,
    idempotent: true,
    created: 'Success, Credit Card transaction is successful',
  },
};

/** QRIS paid with another company's wallet can be refunded for a week only. */
export const OFF_US_REFUNDABLE = 7 * DAY;
/** QRIS by way of ShopeePay lives five days at most. */
export const AIRPAY_LONGEST = 5 * DAY;
/** How long a card authorization holds. */
export const AUTHORIZATION_LIFETIME = 8 * DAY;
