/** The figures of an evaluation, the parts of a history and what a model learns, by hand. */
import { describe, expect, it } from 'vitest';
import { believedAt, calibration, evaluate } from '../../../functions/ezpay/training/evaluate.ts';
import { fitted, type Row } from '../../../functions/ezpay/training/fit.ts';
import type { Example } from '../../../functions/ezpay/training/story.history.ts';
import { split, TooLittle, train } from '../../../functions/ezpay/training/train.ts';
import { type CarId, instant, type OrderId } from '../../../functions/kernel/types.ts';

const minute = 60_000;
const example = (n: number, values: Partial<Example & { probability: number }> = {}) => ({
  orderId: `order-${n}` as OrderId,
  car: 'car-159' as CarId,
  scannedAt: instant(n * minute),
  at: instant(n * minute),
  evidence: { waited: 0, hour: 3, lags: [] } as Example['evidence'],
  ran: true,
  provedAt: instant((n + 4) * minute),
  probability: 0.9,
  ...values,
});

describe('the figures', () => {
  const half = { version: 'half', fleetLag: 1, threshold: 0.5, bias: 0, features: [] };

  it('[EZP-11] of a model that always says one half', () => {
    const four = [example(1), example(1, { at: instant(2 * minute) }), example(3), example(4, { ran: false })];
    expect(evaluate(half, four)).toEqual({
      examples: 4,
      scans: 3,
      ran: 0.75,
      auc: 0.5,
      brier: 0.25,
      brierOfShare: 0.1875,
      calibrationError: 0.25,
      calibration: [{ from: 0.5, to: 0.6, count: 4, predicted: 0.5, observed: 0.75 }],
      believed: { scans: 3, right: 2, precision: 2 / 3, minutesSaved: { median: 4, mean: 4, p95: 4 } },
    });
  });

  it('[EZP-11] have a bin for certainty: the last', () => {
    expect(calibration([{ probability: 1, ran: true }])).toEqual([
      { from: 0.9, to: 1, count: 1, predicted: 1, observed: 1 },
    ]);
  });

  it('[EZP-11] of the minutes saved: sorted, and at most fifteen', () => {
    const saved = (n: number, minutes: number) => example(n, { provedAt: instant((n + minutes) * minute) });
    const scans = [saved(1, 9), saved(2, 40), saved(3, 2), example(4, { provedAt: undefined })];
    // 2, 9, 15, 15
    expect(believedAt(scans, 0.9).minutesSaved).toEqual({ median: 15, mean: 10.25, p95: 15 });
    expect(believedAt([saved(1, 9), saved(2, 5), saved(3, 2)], 0.9).minutesSaved.median).toBe(5);
  });

  it('[EZP-11] of no right confirmation are 0', () => {
    expect(believedAt([example(1, { ran: false })], 0.9).minutesSaved).toEqual({ median: 0, mean: 0, p95: 0 });
  });
});

// By the hash of its number a car has a group from 0 to 99: from 60 on it chooses, from 80 on it is held out.
const [first, lastTraining, firstChoosing, lastChoosing, firstHeldOut, last] = [
  'car-159', // 0
  'car-298', // 59
  'car-101', // 60
  'car-63', // 79
  'car-17', // 80
  'car-6', // 99
] as CarId[];

describe('the parts of a history', () => {
  const parts = (car: CarId | undefined) => {
    const ten = Array.from({ length: 10 }, (_, n) => example(n, { car: car as CarId }));
    return Object.values(split(ten.toReversed())).map((part) => part.map(({ scannedAt }) => scannedAt / minute));
  };

  it('[EZP-11] begin and end with the sixth and eighth tenth of the scans and of the cars', () => {
    for (const car of [first, lastTraining]) expect(parts(car)).toEqual([[5, 4, 3, 2, 1, 0], [], []]);
    for (const car of [firstChoosing, lastChoosing]) expect(parts(car)).toEqual([[], [7, 6], []]);
    for (const car of [firstHeldOut, last]) expect(parts(car)).toEqual([[], [], [9, 8]]);
  });
});

describe('the least history', () => {
  /** 150 scans to train on, 50 to choose the threshold by, 50 held out; every second ran. */
  const least = Array.from({ length: 250 }, (_, n) =>
    example(n, {
      car: (n < 150 ? first : n < 200 ? firstChoosing : firstHeldOut) as CarId,
      evidence: { waited: 0, hour: 3, lags: [(Math.E - 1) * 1_000] },
      ran: n % 2 === 0,
    }),
  );

  it('[EZP-11] is learnt from in whatever order it is', () => {
    const model = train(least.toReversed(), { source: 'stored' }, 0.9);
    expect(model.trainedOn).toEqual({
      source: 'stored',
      examples: 150,
      from: '1970-01-01T00:00:00.000Z',
      to: '1970-01-01T04:09:00.000Z',
    });
    // Every report came e - 1 seconds late: ln e = 1. Half of the scans ran and nothing tells them apart.
    expect([model.fleetLag, model.bias]).toEqual([1, 0]);
    expect(model.features.find(({ name }) => name === 'lag')).toEqual({
      name: 'lag',
      mean: 1,
      deviation: 1,
      weight: 0,
    });
    expect(model.version).toMatch(/^[0-9a-f]{8}$/);
    expect(model.threshold).toBe(2);
    expect(model.heldOut).toMatchObject({ examples: 50, ran: 0.5 });
  });

  it('[EZP-11] has a fleet without reports', () => {
    const silent = least.map((one) => ({ ...one, evidence: { ...one.evidence, lags: [] } }));
    expect(train(silent, { source: 'stored' }, 0.9).fleetLag).toBe(0);
  });

  it('[EZP-11] has fifty scans of both kinds in each part', () => {
    expect(() => train(least.slice(0, -1), { source: 'stored' }, 0.9)).toThrow(TooLittle);
    for (const ran of [true, false])
      for (const [from, to] of [
        [0, 150],
        [150, 200],
        [200, 250],
      ] as const) {
        const alike = least.map((one, n) => (n >= from && n < to ? { ...one, ran } : one));
        expect(() => train(alike, { source: 'stored' }, 0.9)).toThrow(TooLittle);
      }
  });
});

describe('the fit', () => {
  const rows = (values: readonly number[], ran: number, not: number): readonly Row[] => [
    ...Array.from({ length: ran }, () => ({ values, is: true })),
    ...Array.from({ length: not }, () => ({ values, is: false })),
  ];

  it('[EZP-11] leaves the bias free of the penalty', () => {
    // 30 to 10: ln 3.
    expect(fitted(rows([], 30, 10), 1).bias).toBeCloseTo(1.0986123, 6);
  });

  it('[EZP-11] of two yes-or-no features adds up the logarithms of the odds', () => {
    // Odds 2 with neither, 8 with the first, 6 with the second, 24 with both: ln 2, ln 4 and ln 3.
    const all = [...rows([0, 0], 20, 10), ...rows([1, 0], 80, 10), ...rows([0, 1], 60, 10), ...rows([1, 1], 240, 10)];
    const { bias, weights } = fitted(all, 0);
    expect(bias).toBeCloseTo(Math.LN2, 6);
    expect(weights[0]).toBeCloseTo(1.3862944, 6);
    expect(weights[1]).toBeCloseTo(1.0986123, 6);
  });
});
