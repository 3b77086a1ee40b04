/** [ORD-3] The columns of a transaction: readings of the gateway, what is left, and the status that follows. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rupiah } from '../../functions/kernel/rupiah.ts';
import {
  applyReading,
  bounded,
  emptyLedger,
  type Ledger,
  left,
  type Money,
  overdrawn,
  type Reading,
  statusOf,
  unlisted,
} from '../../functions/payments/payment.ledger.ts';
import type { Refund } from '../../functions/payments/refund/refund.ts';
import { at } from '../support/payments.ts';

const ledger = (fields: Partial<Record<keyof Ledger, number>> = {}): Ledger =>
  ({ ...emptyLedger, received: 120_000, ...fields }) as Ledger;
const one = (key: string, status: Refund['status'], amount: number, fields: object = {}): Refund =>
  ({ key, status, amount: rupiah(amount), reason: 'x', requestedAt: at(0), ...fields }) as Refund;
const money = (fields: Partial<Record<keyof Ledger, number>>, ...refunds: readonly Refund[]): Money => ({
  ledger: ledger(fields),
  refunds,
});
const reading = (fields: object = {}): Reading => ({ received: rupiah(120_000), at: at(60), ...fields });

describe('a reading', () => {
  it.each<[string, Ledger, Reading, Ledger]>([
    ['of money brings it once', ledger(), reading(), ledger()],
    [
      'of a refund is the total, not an addition',
      ledger({ counted: 20_000 }),
      reading({ counted: 50_000 }),
      ledger({ counted: 50_000 }),
    ],
    [
      'with less given back than the one before is older',
      ledger({ counted: 50_000 }),
      reading({ counted: 20_000 }),
      ledger({ counted: 50_000 }),
    ],
    [
      'of a second partial chargeback is the total',
      ledger({ chargedBack: 30_000 }),
      reading({ chargedBack: 70_000 }),
      ledger({ chargedBack: 70_000 }),
    ],
    [
      'of a smaller chargeback is older',
      ledger({ chargedBack: 70_000 }),
      reading({ chargedBack: 30_000 }),
      ledger({ chargedBack: 70_000 }),
    ],
    ['of a won dispute gives back', ledger({ chargedBack: 120_000 }), reading({ isWon: true }), ledger()],
    [
      'of a reversal takes all',
      ledger({ counted: 20_000 }),
      reading({ isReversed: true }),
      ledger({ counted: 20_000, reversed: 120_000 }),
    ],
    ['of money after a reversal brings it again', ledger({ reversed: 120_000 }), reading(), ledger()],
  ])('%s', (_, before, now, after) => {
    expect(applyReading(before, now)).toMatchObject(after);
  });

  it('comes twice, late or in another order: the columns are the same', () => {
    const amount = fc.integer({ min: 0, max: 120_000 }).map(rupiah);
    const readings = fc.array(
      fc.record({
        received: fc.constant(rupiah(120_000)),
        at: fc.constant(at(60)),
        counted: amount,
        chargedBack: amount,
      }),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    const applied = (all: readonly Reading[]): Ledger => all.reduce(applyReading, emptyLedger);
    fc.assert(
      fc.property(readings, fc.infiniteStream(fc.nat()), (all, chance) => {
        const shuffled = [...all, ...all]
          .map((value) => ({ value, by: Number(chance.next().value) }))
          .sort((a, b) => a.by - b.by)
          .map(({ value }) => value);
        expect(applied(shuffled)).toEqual(applied(all));
      }),
    );
  });
});

describe('what is left', () => {
  it.each<[string, Money, number]>([
    ['all, at first', money({}), 120_000],
    ['less what the gateway lists', money({ counted: 20_000 }, one('a', 'ACCEPTED', 20_000)), 100_000],
    ['less what it counts without listing it', money({ counted: 50_000 }, one('a', 'ACCEPTED', 20_000)), 70_000],
    ['less what a person paid back as well', money({ counted: 20_000 }, one('a', 'PAID_BACK', 30_000)), 70_000],
    [
      'nothing less for what is only promised',
      money({}, one('a', 'REQUESTED', 20_000), one('b', 'MANUAL', 5)),
      120_000,
    ],
    ['less what was charged back', money({ chargedBack: 30_000 }), 90_000],
    ['nothing after a reversal', money({ reversed: 120_000 }), 0],
    ['never below nothing', money({ counted: 120_000, chargedBack: 120_000 }), 0],
  ])('is %s', (_, now, expected) => {
    expect(left(now)).toBe(expected);
  });

  it('below nothing is shown apart', () => {
    expect(overdrawn(money({ counted: 120_000, chargedBack: 30_000 }))).toBe(30_000);
    expect(overdrawn(money({ counted: 20_000, reversed: 120_000 }))).toBe(0);
    expect(overdrawn(money({ reversed: 120_000 }, one('a', 'PAID_BACK', 50_000)))).toBe(50_000);
  });

  it('knows what is not listed until it is', () => {
    expect(unlisted(money({ counted: 50_000 }, one('a', 'CONFIRMED', 20_000)))).toBe(30_000);
    expect(unlisted(money({ counted: 50_000 }, one('a', 'CONFIRMED', 20_000), one('b', 'ACCEPTED', 30_000)))).toBe(0);
  });
});

describe('the status', () => {
  it.each<[string, Money]>([
    ['PAID', money({}, one('a', 'REQUESTED', 20_000))],
    ['PARTIALLY_REFUNDED', money({ counted: 20_000 })],
    ['REFUNDED', money({ counted: 50_000 }, one('a', 'PAID_BACK', 70_000))],
    ['PARTIALLY_CHARGED_BACK', money({ chargedBack: 30_000, counted: 90_000 })],
    ['CHARGED_BACK', money({ chargedBack: 120_000 })],
    ['REVERSED', money({ reversed: 120_000, chargedBack: 30_000 })],
  ])('is %s', (status, now) => {
    expect(statusOf(now)).toBe(status);
  });
});

describe('[ORD-4] open refunds', () => {
  const open = (now: Money) => bounded(now).refunds.map(({ status, amount }) => [status, amount]);

  it('are within what is left, the oldest first', () => {
    const now = money({ chargedBack: 70_000 }, one('a', 'MANUAL', 40_000), one('b', 'REQUESTED', 40_000));
    expect(open(now)).toEqual([
      ['MANUAL', 40_000],
      ['REQUESTED', 10_000],
    ]);
    expect(bounded(now)).toMatchObject({ refunds: [{}, { wanted: 40_000 }], free: 0 });
  });

  it.each([
    ['the money was charged back', { chargedBack: 120_000 }],
    ['the money was reversed', { reversed: 120_000, chargedBack: 5 }],
    ['the money was given back already', { counted: 120_000 }],
  ])('are voided with the reason: %s', (why, fields) => {
    expect(bounded(money(fields, one('a', 'MANUAL', 40_000))).refunds).toEqual([
      { key: 'a', amount: 40_000, reason: 'x', requestedAt: at(0), status: 'VOIDED', why },
    ]);
  });

  it('that the gateway may count already wait for its list, and promise nothing more', () => {
    const now = money({ counted: 80_000 }, one('a', 'REQUESTED', 40_000), one('b', 'ACCEPTED', 40_000));
    expect(bounded(now)).toMatchObject({ refunds: [{ status: 'REQUESTED', amount: 40_000 }, {}], free: 40_000 });
  });

  it('of which the gateway counts one are one: the other is still promised', () => {
    const now = money({ counted: 40_000 }, one('a', 'REQUESTED', 40_000), one('b', 'REQUESTED', 40_000));
    expect(bounded(now).free).toBe(40_000);
  });

  it('that were requested after it was counted are not what it counts', () => {
    const later = one('a', 'REQUESTED', 40_000, { countedBefore: 40_000 });
    expect(bounded(money({ counted: 40_000 }, later)).free).toBe(40_000);
    expect(bounded(money({ counted: 80_000 }, later)).free).toBe(40_000);
    expect(bounded(money({ counted: 40_000 }, one('a', 'REQUESTED', 40_000))).free).toBe(80_000);
  });
});
