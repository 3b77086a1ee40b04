/** [ORD-5][ORD-6][ORD-13] What an order says of its money, and what is owed for each purpose. */
import { describe, expect, it } from 'vitest';
import { none, rupiah } from '../../functions/kernel/rupiah.ts';
import { instant } from '../../functions/kernel/types.ts';
import { takePayment } from '../../functions/orders/order.decider.ts';
import { chargeableFor, endingOf, returnsOf, unpaidFor } from '../../functions/orders/order.money.ts';
import type { Amounts, Order, Purpose, Share } from '../../functions/orders/order.ts';
import { finishedOrder, orderId } from '../support/payments.ts';
import { start } from '../support/ports.ts';

const at = (seconds: number) => instant(start + seconds * 1_000);
const share = (left: number, fields: Partial<Share> = {}): Share => ({
  purpose: 'base',
  method: 'qris',
  amount: rupiah(120_000),
  version: 1,
  left: rupiah(left),
  returning: none,
  isOpen: false,
  ...fields,
});
const whole = share(120_000);
const waiting = (amount: number, fields: Partial<Share> = {}): Share =>
  share(0, { amount: rupiah(amount), isOpen: true, ...fields });

type Step = readonly [ref: string, share: Share];
/** @returns the facts of the last step, and the order after it */
const take = (order: Order, ...steps: readonly Step[]) => {
  let facts: readonly (readonly [string, unknown])[] = [];
  const state = steps.reduce((now, [ref, one], i) => {
    const decision = takePayment(ref, one, at(i), now);
    if (decision.outcome !== 'happened') throw new Error(decision.outcome);
    facts = decision.facts.map(({ type, data }) => [type, 'surplus' in data ? data.surplus : undefined]);
    return decision.state;
  }, order);
  return { state, facts };
};
const cash = (amount: number): Order => ({
  ...finishedOrder({ cash: { base: rupiah(amount) } }),
  status: 'PAID',
  paymentRef: `${orderId}-cash`,
  paidAt: start,
});

describe('a surplus', () => {
  it.each<[string, readonly Step[], readonly unknown[]]>([
    [
      'appears',
      [
        ['a', whole],
        ['b', whole],
      ],
      [['order.surplus', 120_000]],
    ],
    [
      'grows',
      [
        ['a', whole],
        ['b', whole],
        ['c', whole],
      ],
      [['order.surplus', 240_000]],
    ],
    [
      'shrinks',
      [
        ['a', whole],
        ['b', whole],
        ['b', share(50_000, { version: 2 })],
      ],
      [['order.surplus', 50_000]],
    ],
    [
      'is gone',
      [
        ['a', whole],
        ['b', whole],
        ['b', share(0, { version: 2 })],
      ],
      [['order.surplus-returned', undefined]],
    ],
    [
      'is promised to go back',
      [
        ['a', whole],
        ['b', whole],
        ['b', { ...whole, version: 2, returning: whole.left }],
      ],
      [],
    ],
    ['never was', [['a', whole]], [['order.paid', undefined]]],
    ['never was of an order that stays unpaid', [['a', waiting(120_000)]], []],
  ])('that %s', (_, steps, facts) => {
    expect(take(finishedOrder(), ...steps).facts).toEqual(facts);
  });
});

describe('the payment that counts', () => {
  const countedIn = (order: Order, ...steps: readonly Step[]) => {
    const { state } = take(order, ...steps);
    return state.status === 'PAID' ? [state.paymentRef, (state.paidAt - start) / 1_000] : state.status;
  };

  it.each<[string, Order, readonly Step[], unknown]>([
    [
      'is the oldest of those that pay it together',
      finishedOrder(),
      [
        ['b', share(60_000)],
        ['a', share(60_000)],
      ],
      ['a', 1],
    ],
    [
      'stays the first that paid it, whatever comes later',
      finishedOrder(),
      [
        ['b', whole],
        ['a', whole],
      ],
      ['b', 0],
    ],
    [
      'is the next that holds money when the first is gone, and the order stays paid since then',
      finishedOrder(),
      [
        ['a', whole],
        ['b', whole],
        ['a', share(0, { version: 2 })],
      ],
      ['b', 0],
    ],
    ['stays the cash', cash(120_000), [['a', whole]], [`${orderId}-cash`, 0]],
    [
      'is missing when nothing is left',
      finishedOrder(),
      [
        ['a', whole],
        ['a', share(0, { version: 2 })],
      ],
      'FINISHED',
    ],
  ])('%s', (_, order, steps, expected) => {
    expect(countedIn(order, ...steps)).toEqual(expected);
  });

  it('is the cash of an order whose payment is gone and that the cash made up for', () => {
    const order = finishedOrder({ cash: { base: rupiah(60_000) } });
    expect(countedIn(order, ['a', share(60_000)])).toEqual(['a', 0]);
    expect(countedIn(cash(120_000), ['a', whole], ['a', share(0, { version: 2 })])).toEqual([`${orderId}-cash`, 0]);
  });

  it('is named with its method', () => {
    const decision = takePayment('a', { ...whole, method: 'gopay' }, at(0), finishedOrder());
    expect(decision).toMatchObject({ facts: [{ type: 'order.paid', data: { paymentRef: 'a', method: 'gopay' } }] });
  });
});

describe('the age of payments', () => {
  it('is read from their names, not from the order in which they came', () => {
    const { state } = take(finishedOrder(), ['c', whole], ['b', whole], ['a', whole]);
    expect(returnsOf(state).map(({ ref }) => ref)).toEqual(['c', 'b']);
    const open = take(finishedOrder(), ['b', waiting(70_000)], ['a', waiting(60_000)]);
    expect(endingOf(open.state)).toEqual(['a']);
  });
});

describe('the deadline of an order', () => {
  const asks = (...steps: readonly Step[]) => {
    const { state } = take(finishedOrder({ ask: { at: at(99), count: 1 } }), ...steps);
    return state.ask && [(state.ask.at - start) / 1_000, state.ask.count];
  };

  it.each<[string, readonly Step[], unknown]>([
    ['stays while nobody has paid', [['a', waiting(120_000)]], [99, 1]],
    ['ends when it is paid', [['a', whole]], undefined],
    [
      'starts again when there is a surplus',
      [
        ['a', whole],
        ['b', whole],
      ],
      [1 + 10, 0],
    ],
    [
      'starts again when the surplus grows',
      [
        ['a', whole],
        ['b', whole],
        ['c', whole],
      ],
      [2 + 10, 0],
    ],
    [
      'is far when the surplus is promised, and is not put off by what follows',
      [
        ['a', whole],
        ['b', whole],
        ['b', { ...whole, version: 2, returning: whole.left }],
        ['c', waiting(5_000, { purpose: 'tip' })],
      ],
      [2 + 86_400, 0],
    ],
    [
      'starts again when a promised surplus has become a shortage',
      [
        ['a', whole],
        ['a', share(0, { version: 2 })],
      ],
      [1 + 1_800, 0],
    ],
  ])('%s', (_, steps, expected) => {
    expect(asks(...steps)).toEqual(expected);
  });
});

describe('what is to be paid for a purpose', () => {
  const both: Amounts = { base: rupiah(100_000), overtime: rupiah(20_000) };
  const rows: readonly [string, Amounts, readonly Step[], Purpose, number, number][] = [
    ['nothing is paid', both, [], 'base', 100_000, 100_000],
    ['the other is paid', both, [['a', share(100_000)]], 'overtime', 20_000, 20_000],
    ['it is paid', both, [['a', share(100_000)]], 'base', 0, 0],
    ['it waits', both, [['a', waiting(100_000)]], 'base', 100_000, 0],
    ['the other waits', both, [['a', waiting(100_000)]], 'overtime', 20_000, 20_000],
    ['a part of it waits', both, [['a', waiting(30_000)]], 'base', 100_000, 70_000],
    ['the other was paid too high', both, [['a', share(110_000)]], 'overtime', 10_000, 10_000],
    ['another waits for too much', both, [['a', waiting(110_000)]], 'overtime', 20_000, 10_000],
    ['a tip waits', both, [['a', waiting(50_000, { purpose: 'tip' })]], 'base', 100_000, 100_000],
    ['it is not owed', both, [], 'extra', 0, 0],
  ];

  it.each(rows)('when %s', (_, owed, steps, purpose, unpaid, chargeable) => {
    const { state } = take(finishedOrder({ owed }), ...steps);
    expect([unpaidFor(state, purpose), chargeableFor(state, purpose)]).toEqual([unpaid, chargeable]);
  });

  it('is less what was taken in cash', () => {
    const order = finishedOrder({ owed: both, cash: { base: rupiah(90_000) } });
    expect([unpaidFor(order, 'base'), unpaidFor(order, 'overtime')]).toEqual([10_000, 20_000]);
  });
});
