/** The facts of the money: one per column that changed, so that all facts of a payment add up to what is left of it. */
import * as events from '../../events/payment.ts';
import { minus, type Rupiah } from '../kernel/rupiah.ts';
import { givenBack, left, type Money, smaller, unlisted } from './payment.ledger.ts';
import { ownMoney, type Shown } from './payment.money.ts';
import type { Payment, PaymentFact, Stored } from './payment.ts';
import { hasMoney } from './payment.ts';

export const idsOf = ({ ref, orderId, riderId, method, amount }: Payment) => ({
  paymentRef: ref,
  orderId,
  riderId,
  method,
  amount,
});

/** Another transaction has taken the place of one whose money was gone: it begins without money. */
const baseOf = (before: Shown | undefined, { standing, refunds }: Shown): Stored => {
  if (!before) return { refunds: [] };
  const { standing: was } = before;
  const isSame = !hasMoney(was) || ('transactionId' in standing && standing.transactionId === was.transactionId);
  return isSame ? before : { refunds: refunds.filter(({ of }) => of === was.transactionId) };
};

/** The ledger after each step: money that came before money that went. */
const steps = (was: Money, is: Money) => {
  const received: Money = {
    ...was,
    ledger: {
      ...was.ledger,
      received: is.ledger.received,
      reversed: smaller(was.ledger.reversed, is.ledger.reversed),
    },
  };
  const lowered = smaller(was.ledger.chargedBack, is.ledger.chargedBack);
  const returned: Money = { ...received, ledger: { ...received.ledger, chargedBack: lowered } };
  const refunded: Money = { refunds: is.refunds, ledger: { ...returned.ledger, counted: is.ledger.counted } };
  const chargedBack: Money = { ...refunded, ledger: { ...refunded.ledger, chargedBack: is.ledger.chargedBack } };
  return { received, returned, refunded, chargedBack };
};

/** Each fact has what its column changed of what is left. */
export const moneyFacts = (before: Shown | undefined, is: Shown, payment: Payment): readonly PaymentFact[] => {
  const base = baseOf(before, is);
  const [was, now] = [ownMoney(base), ownMoney(is)];
  const after = steps(was, now);
  const ids = idsOf(payment);
  const facts: PaymentFact[] = [];
  if (
    hasMoney(is.standing) &&
    (now.ledger.received > was.ledger.received || now.ledger.reversed < was.ledger.reversed)
  ) {
    const { transactionId, settled } = is.standing;
    const received = minus(left(after.received), left(was));
    const part = received === payment.amount ? {} : { received };
    facts.push(events.paymentSettled({ ...ids, transactionId, captured: !settled, ...part }));
  }
  const { chargedBack } = now.ledger;
  if (chargedBack < was.ledger.chargedBack) {
    const returned = minus(left(after.returned), left(after.received));
    facts.push(events.chargebackReturned({ ...ids, returned, chargedBackTotal: chargedBack }));
  }
  facts.push(...refundFacts(base, is, payment, minus(left(after.returned), left(after.refunded))));
  if (chargedBack > was.ledger.chargedBack) {
    const taken = minus(left(after.refunded), left(after.chargedBack));
    const full = chargedBack >= payment.amount;
    facts.push(events.chargebackRecorded({ ...ids, chargedBack: taken, chargedBackTotal: chargedBack, full }));
  }
  if (hasMoney(is.standing) && now.ledger.reversed > was.ledger.reversed) {
    const reversed = minus(left(after.chargedBack), left(now));
    facts.push(events.paymentReversed({ ...ids, transactionId: is.standing.transactionId, reversed }));
  }
  return facts;
};

/** What the gateway counts without listing it is shown like a refund. */
const unlistedRefund = (amount: Rupiah) =>
  ({ key: 'unlisted', status: 'ACCEPTED', amount, reason: 'not listed by the gateway' }) as const;

const refundFacts = (was: Stored, is: Stored, payment: Payment, refunded: Rupiah): readonly PaymentFact[] => {
  const known = new Map(was.refunds.map((refund) => [refund.key, refund]));
  const changed = is.refunds.filter(({ key, status, amount }) => {
    const one = known.get(key);
    return one?.status !== status || one.amount !== amount;
  });
  const rest = unlisted(ownMoney(is));
  const isCounted = rest !== unlisted(ownMoney(was));
  if (changed.length === 0 && !isCounted) return [];
  const refunds = changed.map(({ key, status, amount, reason, of }) => {
    return { key, status, amount, reason, ...(of ? { of } : {}) };
  });
  const refundedTotal = givenBack(ownMoney(is));
  return [
    events.refundChanged({
      ...idsOf(payment),
      refunds: isCounted ? [...refunds, unlistedRefund(rest)] : refunds,
      refunded,
      refundedTotal,
      full: refundedTotal >= payment.amount,
    }),
  ];
};
