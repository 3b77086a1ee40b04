/** [ORD-5][ORD-6] The money of an order: any order of what its payments say gives the same order. */
import { describe, expect, it } from 'vitest';
import { minus, none, type Rupiah, rupiah, sum } from '../../functions/kernel/rupiah.ts';
import { type Instant, instant } from '../../functions/kernel/types.ts';
import { finish, paymentsRead, takePayment } from '../../functions/orders/order.decider.ts';
import {
  askAfter,
  endingOf,
  heldTotal,
  isPaymentDue,
  owedTotal,
  returnsOf,
  surplusOf,
  unpaidOf,
} from '../../functions/orders/order.money.ts';
import { type Order, type Purpose, purposes, type Share } from '../../functions/orders/order.ts';
import { finishedOrder } from '../support/payments.ts';
import { start } from '../support/ports.ts';
import { type Random, seeded } from '../support/random.ts';

const inMs = (from: Instant, ms: number): Instant => instant(from + ms);
const at = inMs(start, 60_000);
const share = (fields: Partial<Share> = {}): Share => ({
  purpose: 'base',
  method: 'qris',
  amount: rupiah(120_000),
  version: 1,
  left: rupiah(120_000),
  returning: none,
  isOpen: false,
  ...fields,
});
const waits = share({ left: none, isOpen: true });
const withShares = (payments: Order['payments'], order: Order = finishedOrder()): Order =>
  Object.entries(payments).reduce((now, [ref, one]) => {
    const decision = takePayment(ref, one, at, now);
    return decision.outcome === 'happened' ? decision.state : now;
  }, order);

type News = { readonly ref: string; readonly share: Share };

/** What three payments say in their lives: each version once, in its order. */
const livesOf = (random: Random): readonly News[] =>
  ['a', 'b', 'c'].flatMap((ref) => {
    const amount = rupiah(20_000 * (1 + random.below(6)));
    const purpose = purposes[random.below(purposes.length)] as Purpose;
    return Array.from({ length: 1 + random.below(5) }, (_, i) => {
      const left = random.below(2) === 0 ? none : rupiah(Math.floor(amount / (1 + random.below(2))));
      const returning = random.below(3) === 0 ? left : none;
      const isOpen = left === 0 && random.below(2) === 0;
      return { ref, share: share({ purpose, amount, version: i + 1, left, returning, isOpen }) };
    });
  });

const shuffled = (random: Random, news: readonly News[]): readonly News[] =>
  [...news, ...news]
    .map((one) => [random.below(1_000_000), one] as const)
    .sort(([a], [b]) => a - b)
    .map(([, one]) => one);

/** Without what depends on when it was said. */
const settledState = (order: Order): object => {
  const { paidAt: _, ask: __, ...rest } = order as Order & { readonly paidAt?: unknown };
  return { ...rest, paymentRef: undefined };
};

describe('what the payments of an order say', () => {
  it('twice, late and in any order gives the same order', () => {
    for (let seed = 1; seed <= 500; seed += 1) {
      const random = seeded(seed);
      const news = livesOf(random);
      const inOrder = news.reduce(
        (order, one) => withShares({ [one.ref]: one.share }, order),
        finishedOrder() as Order,
      );
      const mixed = shuffled(random, news).reduce(
        (order, one) => withShares({ [one.ref]: one.share }, order),
        finishedOrder() as Order,
      );
      expect(settledState(mixed), `seed ${seed}`).toEqual(settledState(inOrder));
    }
  });

  it('adds up after each: PAID covers what is owed, and what is too much is named', () => {
    for (let seed = 1; seed <= 500; seed += 1) {
      const random = seeded(seed);
      shuffled(random, livesOf(random)).reduce((before, one) => {
        const order = withShares({ [one.ref]: one.share }, before);
        const [held, owed] = [heldTotal(order), owedTotal(order)];
        expect(order.status === 'PAID', `seed ${seed}`).toBe(held >= owed);
        expect([surplusOf(order), unpaidOf(order)]).toEqual([minus(held, owed), minus(owed, held)]);
        const returned = sum(returnsOf(order).map(({ amount }) => amount));
        const promised = sum(Object.values(order.payments).map(({ returning }) => returning));
        expect(returned).toBe(minus(surplusOf(order), promised));
        for (const { ref, amount } of returnsOf(order)) {
          const { left, returning } = order.payments[ref] as Share;
          expect(amount + returning).toBeLessThanOrEqual(left);
        }
        const isOver = surplusOf(order) > 0 || endingOf(order).length > 0 || unpaidOf(order) > 0;
        expect(order.ask !== undefined, `seed ${seed}: it has a deadline`).toBe(isOver);
        return order;
      }, finishedOrder() as Order);
    }
  });
});

describe('[ORD-6] what goes back', () => {
  const returned = (payments: Order['payments'], order?: Order) =>
    returnsOf(withShares(payments, order)).map(({ ref, amount }) => [ref, amount]);

  it.each<[string, Order['payments'], readonly (readonly [string, number])[]]>([
    ['nothing of one payment', { a: share() }, []],
    ['the newer of two', { a: share(), b: share() }, [['b', 120_000]]],
    ['the rest of what is promised', { a: share(), b: share({ returning: rupiah(50_000) }) }, [['b', 70_000]]],
    ['a part of the newest', { a: share({ left: rupiah(100_000) }), b: share() }, [['b', 100_000]]],
    [
      'two when the newest is not enough',
      { a: share(), b: share(), c: share({ amount: rupiah(30_000), left: rupiah(30_000) }) },
      [
        ['c', 30_000],
        ['b', 120_000],
      ],
    ],
    ['no tip', { a: share(), b: share({ purpose: 'tip', left: rupiah(5_000) }) }, []],
    [
      'the older money, not a tip after it',
      { a: share({ left: rupiah(130_000) }), b: share({ purpose: 'tip', left: rupiah(5_000) }) },
      [['a', 10_000]],
    ],
  ])('%s', (_, payments, expected) => {
    expect(returned(payments)).toEqual(expected);
  });

  it('is everything of an order that was paid in cash', () => {
    expect(returned({ a: share() }, finishedOrder({ cash: { base: rupiah(120_000) } }))).toEqual([['a', 120_000]]);
  });
});

describe('[ORD-7] ways to pay that are ended', () => {
  const waiting = (amount: number): Share => share({ amount: rupiah(amount), left: none, isOpen: true });

  it.each<[string, Order['payments'], readonly string[]]>([
    ['none that is owed', { a: waits }, []],
    ['the one that waits when another has paid', { a: waits, b: share() }, ['a']],
    ['none that has paid', { a: share(), b: waits }, ['b']],
    ['none of two parts', { a: waiting(50_000), b: waiting(70_000) }, []],
    ['the older of two that do not fit together', { a: waiting(60_000), b: waiting(70_000) }, ['a']],
    ['no tip', { a: share(), b: share({ purpose: 'tip', left: none, isOpen: true }) }, []],
  ])('%s', (_, payments, expected) => {
    expect(endingOf(withShares(payments))).toEqual(expected);
  });

  it('each when the fare was paid in cash', () => {
    const decision = finish({ fare: rupiah(120_000), inCash: true, at }, withShares({ a: waits }));
    expect(decision).toMatchObject({
      outcome: 'happened',
      state: { status: 'PAID', cash: { base: 120_000 }, ask: { at: inMs(at, 10_000), count: 0 } },
    });
    expect(decision.outcome === 'happened' && endingOf(decision.state)).toEqual(['a']);
  });
});

describe('[ORD-8] the deadline of the money of an order', () => {
  const minutes = (count: number): number => count * 60_000;
  const asks = (order: Order, counts: readonly number[]) =>
    counts.map((count) => {
      const ask = askAfter(order, at, count);
      return ask && [(ask.at - at) / 60_000, ask.owner];
    });

  it.each<[string, Order, readonly unknown[]]>([
    ['paid: none', withShares({ a: share() }), [undefined]],
    [
      'nobody has paid',
      finishedOrder(),
      [
        [30, undefined],
        [1_410, undefined],
        [10_080, 'finance'],
        [10_080, 'finance'],
      ],
    ],
    [
      'more is there than is owed',
      withShares({ a: share(), b: share() }),
      [
        [1 / 6, undefined],
        [0.5, undefined],
        [2, undefined],
        [10, undefined],
        [60, 'finance'],
        [360, 'finance'],
        [1_440, 'finance'],
      ],
    ],
    [
      'all of it is promised',
      withShares({ a: share(), b: share({ returning: rupiah(120_000) }) }),
      [[1_440, undefined]],
    ],
    ['a way to pay must be ended', withShares({ a: waits, b: share() }), [[1 / 6, undefined]]],
    ['too much cash', finishedOrder({ cash: { base: rupiah(130_000) } }), [[1_440, 'finance']]],
  ])('when %s', (_, order, expected) => {
    expect(
      asks(
        order,
        expected.map((__, i) => i),
      ),
    ).toEqual(expected);
  });

  const due = (count: number): Order => finishedOrder({ ask: { at, count } });
  const facts = (order: Order): readonly unknown[] => {
    const decision = paymentsRead(at, true, order);
    return decision.outcome === 'happened'
      ? decision.facts.map(({ type, data }) => [type, 'reminder' in data && data.reminder])
      : [];
  };

  it('reminds the rider twice', () => {
    expect([0, 1, 2, 3].map((count) => facts(due(count)))).toEqual([
      [['order.payment-due', 1]],
      [['order.payment-due', 2]],
      [],
      [],
    ]);
    expect(paymentsRead(at, false, due(0))).toMatchObject({ state: { ask: undefined }, facts: [] });
    expect(paymentsRead(at, true, due(0))).toMatchObject({
      state: { ask: { at: inMs(at, minutes(1_410)), count: 1 } },
    });
  });

  it('is not put off by an attempt to pay', () => {
    const [first] = asks(finishedOrder(), [0]);
    const order = withShares({ a: waits }, due(1));
    expect([first, order.ask]).toEqual([[30, undefined], { at, count: 1 }]);
  });

  it('reminds nobody while a way to pay must be ended, or of an order that is even', () => {
    const ending = withShares({ a: share({ amount: rupiah(130_000), left: none, isOpen: true }) });
    expect(facts({ ...ending, ask: { at, count: 0 } })).toEqual([]);
    expect(facts({ ...withShares({ a: share() }), ask: { at, count: 0 } })).toEqual([]);
  });

  it('does not wait for the payment of a quote while the trip is under way', () => {
    const { fare: _, finishedAt: __, ...trip } = finishedOrder();
    const before: Order = { ...trip, status: 'ACTIVE' };
    expect([isPaymentDue(before), isPaymentDue(finishedOrder())]).toEqual([false, true]);
    expect(withShares({ a: waits }, before).ask).toBeUndefined();
  });

  it('has not come before its time, or for an order that is not there', () => {
    expect(paymentsRead(at, true, finishedOrder({ ask: { at: inMs(at, 1), count: 0 } })).outcome).toBe('nothing');
    expect([paymentsRead(at, true, finishedOrder()).outcome, paymentsRead(at, true, undefined).outcome]).toEqual([
      'nothing',
      'nothing',
    ]);
  });
});

describe('the sums of an order', () => {
  const total = (amounts: readonly Rupiah[]): Rupiah => sum(amounts);
  it('[ORD-13] owe a tip as far as it is there', () => {
    const order = withShares({ a: share(), b: share({ purpose: 'tip', amount: rupiah(9_000), left: rupiah(5_000) }) });
    expect([owedTotal(order), heldTotal(order)]).toEqual([total([rupiah(125_000)]), rupiah(125_000)]);
  });
});
