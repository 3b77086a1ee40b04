/** Payments stored before their money was a ledger: carried over when they are read. */
import { none, type Rupiah, rupiah } from '../kernel/rupiah.ts';
import { emptyLedger, type Ledger, larger, listed } from './payment.ledger.ts';
import type { Payment, Standing, Stored } from './payment.ts';
import type { Refund } from './refund/refund.ts';

export const paymentShape = 2;

type FormerStanding = Standing & { readonly chargedBack?: Rupiah };
type FormerHeld = {
  readonly status: 'HELD';
  readonly under: FormerStanding;
  readonly before: FormerStanding;
  readonly published: readonly Refund[];
};
type Former = Omit<Payment, 'standing' | 'ledger'> & { readonly standing: FormerStanding | FormerHeld };

/** What the gateway counted without listing it stood among the refunds, named by the total it counted. */
const isUnlisted = ({ key }: Refund): boolean => /^unlisted-\d+$/.test(key);
const totalIn = ({ key }: Refund): Rupiah => rupiah(Number(key.slice('unlisted-'.length)));

const moneyOf = (amount: Rupiah, standing: FormerStanding, refunds: readonly Refund[]): Stored => {
  const kept = refunds.filter((refund) => !isUnlisted(refund));
  if (!('paidAt' in standing)) return { refunds: kept };
  const { status, chargedBack = none } = standing;
  const own = kept.filter(({ of }) => of === undefined);
  const counted = refunds.filter(isUnlisted).map(totalIn).reduce(larger, listed(own));
  const ledger: Ledger = {
    received: amount,
    counted,
    chargedBack: status === 'CHARGED_BACK' ? amount : chargedBack,
    reversed: status === 'REVERSED' ? amount : none,
  };
  return { ledger, refunds: kept };
};

const withoutColumn = ({ chargedBack: _, ...standing }: FormerStanding): Standing => standing as Standing;

/** A second transaction was entered with all of its amount. */
const othersOf = ({ amount, refunds }: Former): Pick<Payment, 'others'> => {
  const ids = refunds.flatMap(({ of }) => of ?? []);
  if (ids.length === 0) return {};
  return { others: Object.fromEntries(ids.map((id) => [id, { ...emptyLedger, received: amount }])) };
};

export const upgraded = (stored: unknown): Payment => {
  const payment = stored as Former;
  const { standing, amount } = payment;
  const others = othersOf(payment);
  if (standing.status !== 'HELD')
    return { ...payment, ...moneyOf(amount, standing, payment.refunds), ...others, standing: withoutColumn(standing) };
  const { under, before, published } = standing;
  const held = {
    ...standing,
    under: withoutColumn(under),
    before: withoutColumn(before),
    published: moneyOf(amount, before, published),
  };
  return { ...payment, ...moneyOf(amount, under, payment.refunds), ...others, standing: held as Payment['standing'] };
};
