/** Training: the fit against values computed by hand, the figures of an evaluation, and what is held out. */
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../functions/ezpay/predictor.ts';
import {
  atLeast,
  auc,
  believedAt,
  brier,
  calibration,
  calibrationError,
  thresholdFor,
} from '../../../functions/ezpay/training/evaluate.ts';
import { fitted, type Row, scaled, scalesOf } from '../../../functions/ezpay/training/fit.ts';
import type { Example } from '../../../functions/ezpay/training/story.history.ts';
import { split, TooLittle, train } from '../../../functions/ezpay/training/train.ts';
import { type CarId, instant, type OrderId } from '../../../functions/kernel/types.ts';

const rows = (values: readonly number[], ran: number, not: number): readonly Row[] => [
  ...Array.from({ length: ran }, () => ({ values, is: true })),
  ...Array.from({ length: not }, () => ({ values, is: false })),
];

describe('the fit', () => {
  it('[EZP-11] of no feature is the logarithm of the odds', () => {
    // 30 to 10: ln 3.
    expect(fitted(rows([], 30, 10), 0).bias).toBeCloseTo(1.0986123, 6);
  });

  it('[EZP-11] of one yes-or-no feature is the logarithm of the odds in each group', () => {
    // Without it 20 to 10, with it 80 to 10: ln 2, and ln 8 - ln 2 = ln 4.
    const { bias, weights } = fitted([...rows([0], 20, 10), ...rows([1], 80, 10)], 0);
    expect(bias).toBeCloseTo(Math.LN2, 6);
    expect(weights[0]).toBeCloseTo(2 * Math.LN2, 6);
  });

  it('[EZP-11] stays finite where the examples alone would drive a weight without end', () => {
    // 1 and -1, each always the same: with a penalty of 1 the weight solves 20 / (1 + e^w) = w.
    // e^2.1280 = 8.3982, and 20 / 9.3982 = 2.1280.
    const { bias, weights } = fitted([...rows([1], 10, 0), ...rows([-1], 0, 10)], 1);
    expect(bias).toBeCloseTo(0, 8);
    expect(weights[0]).toBeCloseTo(2.128, 3);
  });

  it('[EZP-11] standardises by the mean and deviation of the rows; what never differs stays 0', () => {
    const two = [
      { values: [1, 7], is: true },
      { values: [3, 7], is: false },
    ];
    const scales = scalesOf(two, 2);
    expect(scales).toEqual([
      { mean: 2, deviation: 1 },
      { mean: 7, deviation: 1 },
    ]);
    expect(scaled(two, scales).map(({ values }) => values)).toEqual([
      [-1, 0],
      [1, 0],
    ]);
  });
});

const judged = (...pairs: readonly (readonly [number, boolean])[]) =>
  pairs.map(([probability, ran]) => ({ probability, ran }));

describe('an evaluation', () => {
  const four = judged([0.9, true], [0.8, false], [0.6, true], [0.2, false]);

  it('[EZP-11] counts in how many pairs the one that ran is ranked higher', () => {
    expect(auc(four)).toBe(0.75);
    expect(auc(judged([0.5, true], [0.5, false]))).toBe(0.5);
    expect(auc(judged([0.9, true], [0.1, false]))).toBe(1);
  });

  it('[EZP-11] squares what a probability was off by', () => {
    // (0.01 + 0.64 + 0.16 + 0.04) / 4
    expect(brier(four)).toBeCloseTo(0.2125, 10);
  });

  it('[EZP-11] compares predicted and observed bin by bin', () => {
    const table = calibration(judged([0.91, true], [0.95, false], [1, true], [0.2, false], [0.29, false]));
    expect(table.map(({ from, count }) => [from, count])).toEqual([
      [0.2, 2],
      [0.9, 3],
    ]);
    expect(table[1]?.predicted).toBeCloseTo(0.953333, 6);
    expect(table[1]?.observed).toBeCloseTo(0.666667, 6);
    // 2/5 of |0.245 - 0| and 3/5 of |0.953333 - 0.666667|
    expect(calibrationError(table)).toBeCloseTo(0.27, 6);
  });

  it('[EZP-11] is careful about few: of 50 out of 50 it believes 94.9 %', () => {
    expect(atLeast(50, 50)).toBeCloseTo(0.9487, 4);
    expect(atLeast(0, 0)).toBe(0);
  });
});

const example = (n: number, values: Partial<Example & { probability: number }> = {}) => ({
  orderId: `order-${n}` as OrderId,
  car: `car-${n % 50}` as CarId,
  scannedAt: instant(n * 60_000),
  at: instant(n * 60_000),
  evidence: { waited: 0, hour: 3, lags: [] } satisfies Evidence,
  ran: true,
  provedAt: instant((n + 4) * 60_000),
  probability: 0.9,
  ...values,
});

describe('believing a model', () => {
  it('[EZP-11] counts a scan once, at the first moment it is sure, and the minutes until the proof', () => {
    const twice = [
      example(1, { at: instant(180_000) }),
      example(1, { probability: 0.3 }),
      example(1, { at: instant(120_000) }),
      example(2, { ran: false }),
    ];
    expect(believedAt(twice, 0.8)).toEqual({
      scans: 2,
      right: 1,
      precision: 0.5,
      minutesSaved: { median: 3, mean: 3, p95: 3 },
    });
  });

  it('[EZP-11] takes the lowest threshold that keeps the promise, and none when none does', () => {
    const sure = Array.from({ length: 400 }, (_, n) => example(n, { probability: 0.95 }));
    const unsure = Array.from({ length: 400 }, (_, n) => example(400 + n, { probability: 0.7, ran: n % 10 > 0 }));
    expect(thresholdFor([...sure, ...unsure], 0.98)).toBe(0.701);
    expect(thresholdFor([...sure, ...unsure], 0.92)).toBe(0.5);
    expect(thresholdFor(unsure, 0.98)).toBeUndefined();
  });

  it('[EZP-11] holds out later scans of other cars, and no scan twice', () => {
    const all = Array.from({ length: 2_000 }, (_, n) => example(n));
    const { training, choosing, heldOut } = split(all);
    const cars = (part: readonly Example[]) => new Set(part.map(({ car }) => car));
    expect(
      cars(training).intersection(cars(heldOut)).size +
        cars(training).intersection(cars(choosing)).size +
        cars(choosing).intersection(cars(heldOut)).size,
    ).toBe(0);
    const times = (part: readonly Example[]) => part.map(({ scannedAt }) => scannedAt);
    expect(Math.max(...times(training))).toBeLessThan(Math.min(...times(choosing)));
    expect(Math.max(...times(choosing))).toBeLessThan(Math.min(...times(heldOut)));
    expect(Math.min(training.length, choosing.length, heldOut.length)).toBeGreaterThan(20);
  });
});

describe('a model', () => {
  /** Whether the argo ran depends on the movement of the car, with exceptions. */
  const history = Array.from({ length: 500 }, (_, n) => {
    const moving = n % 3 > 0;
    return example(n, {
      // By their hashes: one to train on, one to choose the threshold by, one held out.
      car: (n < 300 ? 'car-159' : n < 400 ? 'car-101' : 'car-17') as CarId,
      evidence: { waited: 0, hour: n % 24, lags: [(n % 7) * 1_000], sincePosition: 60_000, moving },
      ran: moving ? n % 97 > 0 : n % 5 === 0,
    });
  });

  it('[EZP-11] is the same from the same history, to the last digit, and names its origin', () => {
    const first = train(history, { source: 'stored', place: 'here' }, 0.9);
    expect(JSON.stringify(train(history, { source: 'stored', place: 'here' }, 0.9))).toBe(JSON.stringify(first));
    expect(first).toMatchObject({
      trainedOn: { place: 'here', from: '1970-01-01T00:00:00.000Z', to: '1970-01-01T08:19:00.000Z' },
      precisionWanted: 0.9,
    });
    expect(first.threshold).toBeLessThan(1);
    expect(first.heldOut.believed.precision).toBeGreaterThan(0.9);
  });

  it('[EZP-11] never confirms when no threshold reaches the precision', () => {
    expect(train(history, { source: 'stored' }, 0.9999).threshold).toBe(2);
  });

  it('[EZP-11] is not trained on too few scans, nor on scans that all end alike', () => {
    expect(() => train(history.slice(0, 300), { source: 'stored' }, 0.95)).toThrow(TooLittle);
    const alike = history.map((one) => ({ ...one, ran: true }));
    expect(() => train(alike, { source: 'stored' }, 0.95)).toThrow(TooLittle);
  });
});
