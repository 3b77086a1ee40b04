/** The money of an order: what is owed, what is held, what is too much, and how it is to become even. Pure. */
import { orderPaid, orderSurplus, orderSurplusReturned, orderUnpaid } from '../../events/order.ts';
import { minus, none, type Rupiah, rupiah, sum } from '../kernel/rupiah.ts';
import { after, type Instant } from '../kernel/types.ts';
import {
  type Amounts,
  type Ask,
  cashRef,
  type Money,
  type Order,
  type OrderFact,
  type Purpose,
  type Share,
} from './order.ts';

const totalOf = (amounts: Amounts): Rupiah => sum(Object.values(amounts));
/** The oldest first: a payment is named by its order and its second. */
export const sharesOf = ({ payments }: Money): readonly (readonly [string, Share])[] =>
  Object.entries(payments).sort(([a], [b]) => (a < b ? -1 : 1));
const sumOf = (money: Money, of: (share: Share) => Rupiah): Rupiah =>
  sum(sharesOf(money).map(([, share]) => of(share)));

/** A tip is owed as far as it is paid. */
const tipsOf = (money: Money): Rupiah => sumOf(money, ({ purpose, left }) => (purpose === 'tip' ? left : none));
export const owedTotal = (money: Money): Rupiah => sum([totalOf(money.owed), tipsOf(money)]);
export const cashTotal = ({ cash }: Money): Rupiah => totalOf(cash);
export const heldTotal = (money: Money): Rupiah => sum([cashTotal(money), sumOf(money, ({ left }) => left)]);

/** What is there beyond what is owed. */
export const surplusOf = (money: Money): Rupiah => minus(heldTotal(money), owedTotal(money));
/** What still has to be paid. */
export const unpaidOf = (money: Money): Rupiah => minus(owedTotal(money), heldTotal(money));
/** What an open payment would bring. A tip is owed once it is paid, so an open one is never too much. */
const openAmount = ({ isOpen, purpose, amount, left }: Share): Rupiah =>
  isOpen && purpose !== 'tip' ? minus(amount, left) : none;
/** What may still be charged: less what open payments would bring. */
export const chargeableOf = (money: Money): Rupiah => minus(unpaidOf(money), sumOf(money, openAmount));

const forPurpose =
  (purpose: Purpose, of: (share: Share) => Rupiah) =>
  (share: Share): Rupiah =>
    share.purpose === purpose ? of(share) : none;
export const owedOf = ({ owed }: Money, purpose: Purpose): Rupiah => owed[purpose] ?? none;
/** Of what still has to be paid, the part for one purpose. */
export const unpaidFor = (money: Money, purpose: Purpose): Rupiah => {
  const held = sum([
    money.cash[purpose] ?? none,
    sumOf(
      money,
      forPurpose(purpose, ({ left }) => left),
    ),
  ]);
  return rupiah(Math.min(unpaidOf(money), minus(owedOf(money, purpose), held)));
};
export const chargeableFor = (money: Money, purpose: Purpose): Rupiah =>
  rupiah(
    Math.min(chargeableOf(money), minus(unpaidFor(money, purpose), sumOf(money, forPurpose(purpose, openAmount)))),
  );

export type Return = { readonly ref: string; readonly amount: Rupiah };
/** The surplus that nobody has promised to return yet, from the newest money first. Cash is given back by hand. */
export const returnsOf = (money: Money): readonly Return[] => {
  let open = minus(
    surplusOf(money),
    sumOf(money, ({ purpose, returning }) => (purpose === 'tip' ? none : returning)),
  );
  return sharesOf(money)
    .filter(([, { purpose }]) => purpose !== 'tip')
    .toReversed()
    .flatMap(([ref, { left, returning }]) => {
      const amount = rupiah(Math.min(open, minus(left, returning)));
      open = minus(open, amount);
      return amount > 0 ? [{ ref, amount }] : [];
    });
};

/** Of what is to be paid back by hand because it was too much, what the order needs again. */
export const neededAgainOf = (money: Money): Rupiah =>
  minus(
    sumOf(money, ({ surplusByHand = none }) => surplusByHand),
    surplusOf(money),
  );

/** Ways to pay that must be ended: whatever they bring is not owed. The oldest goes first. */
export const endingOf = (money: Money): readonly string[] => {
  let beyond = minus(sumOf(money, openAmount), unpaidOf(money));
  return sharesOf(money).flatMap(([ref, share]) => {
    if (openAmount(share) === 0 || beyond === 0) return [];
    beyond = minus(beyond, openAmount(share));
    return [ref];
  });
};

const minute = 60_000;
const hour = 60 * minute;
const soon = [10_000, 30_000, 2 * minute, 10 * minute, hour, 6 * hour, 24 * hour];
/** Nobody has paid: its rider is reminded, then it belongs to a person, who is reminded each week. */
const unpaidGaps = [30 * minute, 23.5 * hour, 7 * 24 * hour];
const daily = [24 * hour];

/** Every way to pay must be ended or every surplus promised within so many reads; then people look at it. */
const readsAlone = 4;
const remindersSent = 2;

/** Of the surplus, what no payment can return: it was taken in cash. */
export const cashSurplusOf = (money: Money): Rupiah =>
  minus(
    surplusOf(money),
    sumOf(money, ({ left }) => left),
  );
/** The trip is over and nothing but its rider's payment is missing. */
export const isPaymentDue = (order: Order): boolean =>
  order.status !== 'ACTIVE' && unpaidOf(order) > 0 && endingOf(order).length === 0;
export const isReminded = (order: Order, count: number): boolean => isPaymentDue(order) && count < remindersSent;

const nth = (gaps: readonly number[], count: number): number => gaps[Math.min(count, gaps.length - 1)] as number;

/** `alone`: after so many reads it belongs to people. */
type Need = { readonly gaps: readonly number[]; readonly alone: number };
const needs = {
  'end-or-return': { gaps: soon, alone: readsAlone },
  'give-cash-back': { gaps: daily, alone: 0 },
  // What is promised to go back has its owner and its deadline in the payment.
  'see-it-returned': { gaps: daily, alone: Number.POSITIVE_INFINITY },
  'be-paid': { gaps: unpaidGaps, alone: remindersSent },
} as const satisfies Record<string, Need>;

/** What the order waits for. */
const needOf = (order: Order): keyof typeof needs | undefined => {
  if (endingOf(order).length > 0 || returnsOf(order).length > 0 || neededAgainOf(order) > 0) return 'end-or-return';
  if (cashSurplusOf(order) > 0) return 'give-cash-back';
  if (surplusOf(order) > 0) return 'see-it-returned';
  return isPaymentDue(order) ? 'be-paid' : undefined;
};

/** When the order reads its payments next, after `count` times without an end. */
export const askAfter = (order: Order, at: Instant, count = 0): Ask | undefined => {
  const need = needOf(order);
  if (!need) return undefined;
  const { gaps, alone } = needs[need];
  return { at: after(at, nth(gaps, count)), count, ...(count >= alone ? { owner: 'finance' } : {}) };
};

/** An attempt to pay puts no reminder off; a new way to pay or a new surplus is acted on soon. */
const nextAsk = (before: Order, order: Order, at: Instant): Ask | undefined => {
  const need = needOf(order);
  const isSame = need !== 'end-or-return' && need === needOf(before);
  return (isSame ? before.ask : undefined) ?? askAfter(order, at);
};

const idsOf = ({ orderId, riderId, driverId }: Order) => ({ orderId, riderId, driverId });

/** The payment that pays it: the one that did, while it holds money; else the oldest that does; else the cash. */
const counting = (order: Order): { readonly paymentRef: string; readonly method: string } => {
  const holding = sharesOf(order).filter(([, { left }]) => left > 0);
  const cash = { paymentRef: cashRef(order.orderId), method: 'cash' };
  const before = 'paymentRef' in order ? order.paymentRef : undefined;
  if (before === cash.paymentRef) return cash;
  const [paymentRef, { method }] = holding.find(([one]) => one === before) ?? holding[0] ?? [cash.paymentRef, cash];
  return { paymentRef, method };
};

/** The state that follows from the money, and its facts: PAID is a view of the sums. */
export const balanced = (before: Order, next: Order, at: Instant): readonly [Order, Instant, ...OrderFact[]] => {
  const facts: OrderFact[] = [];
  let order = next;
  if (next.status === 'FINISHED' || next.status === 'PAID') {
    const fare = totalOf(next.owed);
    if (unpaidOf(next) === 0) {
      const counts = counting(next);
      if (next.status === 'FINISHED') facts.push(orderPaid({ ...idsOf(next), fare, ...counts }));
      const paidAt = next.status === 'PAID' ? next.paidAt : at;
      order = { ...next, status: 'PAID', paymentRef: counts.paymentRef, paidAt };
    } else if (next.status === 'PAID') {
      const { paymentRef, paidAt: _, ...finished } = next;
      facts.push(orderUnpaid({ ...idsOf(next), fare, paymentRef }));
      order = { ...finished, status: 'FINISHED' };
    }
  }
  const [was, is] = [surplusOf(before), surplusOf(order)];
  if (is > 0 && is !== was) facts.push(orderSurplus({ ...idsOf(order), surplus: is }));
  if (is === 0 && was > 0) facts.push(orderSurplusReturned({ ...idsOf(order) }));
  return [{ ...order, ask: nextAsk(before, order, at) }, at, ...facts];
};

export const shareOf = (money: Money, ref: string): Share | undefined =>
  Object.hasOwn(money.payments, ref) ? money.payments[ref] : undefined;
