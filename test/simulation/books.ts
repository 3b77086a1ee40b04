/** The books that the facts make: what each payment has left, and what people paid back by hand. */
type Refund = { readonly key: string; readonly status: string; readonly amount: number; readonly of?: string };
export type Fact = {
  readonly id: string;
  readonly type: string;
  readonly paymentRef?: string;
  readonly amount?: number;
  readonly reversed?: number;
  readonly refunded?: number;
  readonly chargedBack?: number;
  readonly returned?: number;
  readonly refunds?: readonly Refund[];
};

/** What a fact adds to a payment's money. */
const movement = (fact: Fact): number => {
  switch (fact.type) {
    case 'payment.settled':
      return fact.amount ?? 0;
    case 'payment.reversed':
      return -(fact.reversed ?? 0);
    case 'refund.changed':
      return -(fact.refunded ?? 0);
    case 'chargeback.recorded':
      return -(fact.chargedBack ?? 0);
    case 'chargeback.returned':
      return fact.returned ?? 0;
    default:
      return 0;
  }
};

export const books = () => {
  const lefts = new Map<string, number>();
  const byHand = new Map<string, Map<string, number>>();
  return {
    /** Each fact once. */
    enter: (fact: Fact): void => {
      const ref = fact.paymentRef;
      if (ref === undefined) return;
      lefts.set(ref, (lefts.get(ref) ?? 0) + movement(fact));
      for (const { key, status, amount } of fact.refunds ?? [])
        if (status === 'PAID_BACK') byHand.set(ref, (byHand.get(ref) ?? new Map()).set(key, amount));
    },
    left: (ref: string): number => lefts.get(ref) ?? 0,
    /** What people paid back of a payment, whichever transaction it was. */
    paidBack: (ref: string): number => [...(byHand.get(ref)?.values() ?? [])].reduce((sum, one) => sum + one, 0),
  };
};
export type Books = ReturnType<typeof books>;
