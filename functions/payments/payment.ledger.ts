/** The money of one transaction as columns. A report is a reading of each column, never an increment. Pure. */
import { minus, none, type Rupiah, rupiah, sum } from '../kernel/rupiah.ts';
import type { Instant } from '../kernel/types.ts';
import type { Refund } from './refund/refund.ts';

export type Ledger = {
  readonly received: Rupiah;
  /** What the gateway counts as given back, listed or not. Cumulative: the larger reading wins. */
  readonly counted: Rupiah;
  /** Cumulative: the larger reading wins, until a dispute is won. */
  readonly chargedBack: Rupiah;
  /** When the answer was requested that showed it. */
  readonly chargedBackAt?: Instant | undefined;
  /** All that was received, when the bank or a void took the rest. */
  readonly reversed: Rupiah;
};
/** A transaction's ledger with the refunds of it. */
export type Money = { readonly ledger: Ledger; readonly refunds: readonly Refund[] };

export const emptyLedger: Ledger = { received: none, counted: none, chargedBack: none, reversed: none };

/** What a report says of each column. Without a word about a chargeback the column stays as it is. */
export type Reading = {
  readonly received: Rupiah;
  /** When it was requested. */
  readonly at: Instant;
  readonly counted?: Rupiah | undefined;
  readonly chargedBack?: Rupiah | undefined;
  /** The issuer has given back what it took. */
  readonly isWon?: boolean | undefined;
  readonly isReversed?: boolean | undefined;
};

export const larger = (a: Rupiah, b: Rupiah): Rupiah => (a > b ? a : b);
export const smaller = (a: Rupiah, b: Rupiah): Rupiah => (a < b ? a : b);

export const applyReading = (ledger: Ledger, reading: Reading): Ledger => {
  const received = larger(ledger.received, reading.received);
  const { chargedBack = none } = reading;
  const taken = chargedBack > ledger.chargedBack ? { chargedBack, chargedBackAt: reading.at } : {};
  return {
    ...ledger,
    received,
    counted: larger(ledger.counted, reading.counted ?? none),
    ...(reading.isWon ? { chargedBack: none, chargedBackAt: undefined } : taken),
    reversed: reading.isReversed ? received : none,
  };
};

const sumIn = (refunds: readonly Refund[], ...statuses: readonly Refund['status'][]): Rupiah =>
  sum(refunds.filter(({ status }) => statuses.includes(status)).map(({ amount }) => amount));
/** What the gateway has listed so far. */
export const listed = (refunds: readonly Refund[]): Rupiah => sumIn(refunds, 'ACCEPTED', 'CONFIRMED');

/** What the gateway counts and does not list. */
export const unlisted = ({ ledger, refunds }: Money): Rupiah => minus(ledger.counted, listed(refunds));
export const givenBackByGateway = ({ ledger, refunds }: Money): Rupiah => larger(ledger.counted, listed(refunds));
/** By the gateway, and by hand. */
export const givenBack = (money: Money): Rupiah => sum([givenBackByGateway(money), sumIn(money.refunds, 'PAID_BACK')]);
export const left = (money: Money): Rupiah =>
  minus(money.ledger.received, sum([givenBack(money), money.ledger.chargedBack, money.ledger.reversed]));
/** What went back and was not there any more: refunded and charged back too, or paid back by hand and reversed too. */
export const overdrawn = (money: Money): Rupiah => {
  const { received, chargedBack, reversed } = money.ledger;
  const byHand = sumIn(money.refunds, 'PAID_BACK');
  return reversed > 0 ? byHand : minus(sum([givenBack(money), chargedBack]), received);
};

export const statusOf = (money: Money) => {
  const { received, chargedBack, reversed } = money.ledger;
  const back = givenBack(money);
  if (reversed > 0) return 'REVERSED';
  if (chargedBack > 0) return chargedBack >= received ? 'CHARGED_BACK' : 'PARTIALLY_CHARGED_BACK';
  if (back > 0) return back >= received ? 'REFUNDED' : 'PARTIALLY_REFUNDED';
  return 'PAID';
};

/** Why a refund has nothing left to be paid from. */
const gone = ({ ledger }: Money): string => {
  if (ledger.reversed > 0) return 'the money was reversed';
  return ledger.chargedBack > 0 ? 'the money was charged back' : 'the money was given back already';
};

type Bounded = { readonly refunds: readonly Refund[]; readonly free: Rupiah };

/**
 * Open refunds within what is left, the oldest first; `free` is what they leave. One that is requested, and that the
 * gateway may count without listing it, has left already.
 */
export const bounded = (money: Money): Bounded => {
  const { ledger, refunds } = money;
  let free = left(money);
  let inFlight = none;
  const within = refunds.map((refund): Refund => {
    if (refund.status !== 'REQUESTED' && refund.status !== 'MANUAL') return refund;
    if (refund.status === 'REQUESTED') {
      const counted = minus(ledger.counted, larger(listed(refunds), refund.countedBefore ?? none));
      if (refund.amount <= minus(counted, inFlight)) {
        inFlight = rupiah(inFlight + refund.amount);
        return refund;
      }
    }
    const amount = smaller(refund.amount, free);
    free = minus(free, amount);
    if (amount === refund.amount) return refund;
    return amount > 0 ? { ...refund, amount, wanted: refund.wanted ?? refund.amount } : voided(refund, gone(money));
  });
  return { refunds: within, free };
};

const voided = ({ key, amount, reason, requestedAt, wanted, of }: Refund, why: string): Refund => ({
  ...{ key, amount, reason, requestedAt },
  ...(wanted ? { wanted } : {}),
  ...(of ? { of } : {}),
  status: 'VOIDED',
  why,
});
