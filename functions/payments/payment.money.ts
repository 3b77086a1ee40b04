/** The money of a payment: its standing by the ledger, its open refunds within what is left, what it has published. */
import type { Rupiah } from '../kernel/rupiah.ts';
import type { Instant } from '../kernel/types.ts';
import { bounded, emptyLedger, type Money, statusOf } from './payment.ledger.ts';
import { hasMoney, type Payment, type Standing, type Stored, underlying } from './payment.ts';
import type { Refund } from './refund/refund.ts';

const ofTransaction = (refunds: readonly Refund[], of?: string): readonly Refund[] =>
  refunds.filter((refund) => refund.of === of);

/** Of the transaction that pays it. */
export const ownMoney = ({ ledger = emptyLedger, refunds }: Stored): Money => ({
  ledger,
  refunds: ofTransaction(refunds),
});
/** Of another transaction under the same reference. */
export const otherMoney = ({ others, refunds }: Pick<Payment, 'others' | 'refunds'>, of: string): Money => ({
  ledger: (others && Object.hasOwn(others, of) ? others[of] : undefined) ?? emptyLedger,
  refunds: ofTransaction(refunds, of),
});

/** What of it is neither given back nor promised. */
export const freeOf = (payment: Stored): Rupiah => bounded(ownMoney(payment)).free;

type Changed = Pick<Payment, 'standing' | 'ledger' | 'refunds' | 'others'>;

const viewed = (standing: Standing, money: Money, at: Instant): Standing => {
  if (!hasMoney(standing)) return standing;
  const { transactionId, paidAt, settled } = standing;
  const status = statusOf(money);
  if (status !== 'REVERSED') return { status, transactionId, paidAt, settled };
  const reversedAt = standing.status === 'REVERSED' ? standing.reversedAt : at;
  return { status, transactionId, paidAt, settled, reversedAt };
};

/** What follows from the columns: every change of a payment ends with it. */
export const adjusted = <P extends Changed>(payment: P, at: Instant): P => {
  const { standing, refunds } = payment;
  const others = [...new Set(refunds.flatMap(({ of }) => of ?? []))].map((of) => otherMoney(payment, of));
  const within = new Map(
    [ownMoney(payment), ...others].flatMap((money) => {
      const now = bounded(money).refunds;
      return money.refunds.map((refund, i) => [refund, now[i] ?? refund] as const);
    }),
  );
  const under = viewed(underlying(payment), ownMoney(payment), at);
  return {
    ...payment,
    standing: standing.status === 'HELD' ? { ...standing, under } : under,
    refunds: refunds.map((refund) => within.get(refund) ?? refund),
  };
};

export type Shown = Stored & { readonly standing: Standing };

/** What is published of a payment: of a held one, what was before the hold. */
export const shownOf = ({ standing, ledger, refunds }: Payment): Shown =>
  standing.status === 'HELD' ? { standing: standing.before, ...standing.published } : { standing, ledger, refunds };
