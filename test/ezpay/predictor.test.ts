/** The predictor: the evidence of a car, its features, the probability, and when it may confirm. */
import { describe, expect, it } from 'vitest';
import { flaggedPredictor } from '../../functions/ezpay/predictor.flag.ts';
import shipped from '../../functions/ezpay/predictor.json' with { type: 'json' };
import {
  type Evidence,
  evidenceOf,
  featureNames,
  featuresOf,
  predict,
  probabilityOf,
} from '../../functions/ezpay/predictor.ts';
import type { OrderId } from '../../functions/kernel/types.ts';
import {
  argoAfter,
  at,
  driver,
  historyBefore,
  noArgo,
  orderId,
  reports,
  start,
  started,
  stopped,
} from '../support/ezpay.ts';

const minute = 60_000;
const plain: Evidence = { waited: 0, hour: 3, lags: [] };
const feature = (name: string, evidence: Evidence, fleetLag = 1): number | undefined =>
  featuresOf(evidence, fleetLag)[featureNames.indexOf(name)];
const on = (evidence: Evidence): readonly string[] =>
  featureNames.filter((name, i) => / ago$| unknown$/.test(name) && featuresOf(evidence, 1)[i] === 1);

describe('the evidence of a scan', () => {
  const known = argoAfter(
    reports(started(-40, { sequence: 1, receivedAt: at(-38) }), stopped(-10, { sequence: 2 })),
    { type: 'ping', position: { lat: -6.2, lng: 106.8 }, seenAt: at(-4), at: at(-4) },
    { type: 'ping', position: { lat: -6.21, lng: 106.8 }, seenAt: at(-3), at: at(-3) },
    { type: 'drive', driverId: driver, drives: true, at: at(-120) },
    { type: 'record-outcome', orderId: orderId(1), confirmed: true, proven: true, at: at(-30) },
    { type: 'record-outcome', orderId: orderId(2), confirmed: false, proven: false, at: at(-20) },
  );

  it('[EZP-11] is what the item of the car holds at that moment', () => {
    expect(evidenceOf(known, start, at(1))).toEqual({
      waited: minute,
      hour: 3,
      sinceReport: 11 * minute,
      lags: [2 * minute, 0],
      sincePosition: 4 * minute,
      moving: true,
      sinceOrder: 31 * minute,
      record: { scans: 1.98, unproven: 1 },
      sinceDuty: 121 * minute,
    });
  });

  it('[EZP-11] leaves out what is not known', () => {
    expect(evidenceOf(noArgo, start, start)).toEqual({ waited: 0, hour: 3, lags: [] });
  });

  it('[EZP-11] takes no lag from a doubtful clock', () => {
    const clocks = reports(
      started(-10, { sequence: 1, receivedAt: at(-100) }),
      stopped(-5, { sequence: 2, receivedAt: at(-4) }),
    );
    expect(evidenceOf(clocks, start, start).lags).toEqual([minute]);
  });
});

describe('the time of the evidence', () => {
  const known = argoAfter(noArgo, {
    type: 'ping',
    position: { lat: -6.2, lng: 106.8 },
    seenAt: at(4),
    at: at(4),
  });

  it('[EZP-11] is never before the scan, and what is newer than it is not in the future', () => {
    expect(predict(shipped, true)(known, start, at(-5)).evidence).toMatchObject({ waited: 0, sincePosition: 0 });
    expect(predict(shipped, true)(known, start, at(9))).toMatchObject({
      model: shipped.version,
      evidence: { waited: 9 * minute, sincePosition: 5 * minute },
    });
  });
});

describe('its features', () => {
  it('[EZP-11] mark the unknown, which no value does', () => {
    expect(on(plain)).toEqual([
      'report unknown',
      'moving unknown',
      'standing unknown',
      'order unknown',
      'scan unknown',
      'record unknown',
    ]);
    expect(on({ ...plain, sinceReport: 0, sincePosition: 0, moving: false, sinceOrder: 0 })).toEqual([
      'report 0 to 1 min ago',
      'moving unknown',
      'standing 0 to 2 min ago',
      'order 0 to 3 min ago',
      'scan unknown',
      'record unknown',
    ]);
  });

  it('[EZP-11] fall into the span that begins with their age', () => {
    expect(on({ ...plain, sinceReport: 3 * minute })).toContain('report 3 to 6 min ago');
    expect(on({ ...plain, sinceReport: 3 * minute - 1 })).toContain('report 1 to 3 min ago');
    expect(on({ ...plain, sinceReport: 600 * minute })).toContain('report 60 to Infinity min ago');
  });

  it('[EZP-11] draw the lag of a car to that of the fleet while its reports are few', () => {
    // ln(1 + e - 1) = 1 second-logarithm per report; the fleet's 4 weighs as four reports.
    const one = (Math.E - 1) * 1_000;
    expect(feature('lag', { ...plain, lags: [] }, 4)).toBeCloseTo(4, 10);
    expect(feature('lag', { ...plain, lags: [one] }, 4)).toBeCloseTo(17 / 5, 10);
  });

  it('[EZP-11] take what every report is late by for the clock of the device', () => {
    const behind = {
      ...plain,
      lags: [30, 31, 30, 35].map((lag) => lag * minute),
      sinceReport: 40 * minute,
      sincePosition: 31 * minute,
      moving: true,
    };
    expect(on(behind)).toEqual(expect.arrayContaining(['report 10 to 20 min ago', 'moving 0.75 to 1.5 min ago']));
    expect(feature('worst lag', behind)).toBeCloseTo(Math.log(6), 10);
    expect(feature('clock behind', behind)).toBeCloseTo(Math.log(31), 10);
  });

  it('[EZP-11] separate movement since the scan from movement before it', () => {
    const moves = { ...plain, waited: 2 * minute, moving: true };
    expect(feature('moved since the scan', { ...moves, sincePosition: minute })).toBe(1);
    expect(feature('moved since the scan', { ...moves, sincePosition: 3 * minute })).toBe(0);
    expect(feature('stood since the scan', { ...moves, moving: false, sincePosition: minute })).toBe(1);
    expect(feature('moved since the scan', { ...moves, moving: false, sincePosition: minute })).toBe(0);
    expect(feature('stood since the scan', { ...moves, sincePosition: minute })).toBe(0);
    expect(feature('moved since the scan', { ...moves, sincePosition: 2 * minute })).toBe(0);
  });

  it('[EZP-11] tell whether the car moved after its last report', () => {
    const moved = (sincePosition?: number, sinceReport?: number) =>
      feature('moved since the report', { ...plain, moving: true, sincePosition, sinceReport });
    expect([moved(minute, 2 * minute), moved(2 * minute, minute), moved(minute, minute)]).toEqual([1, 0, 0]);
    expect([moved(undefined, minute), moved(minute)]).toEqual([0, 0]);
  });

  it('[EZP-11] tell a moving car from a standing one, and how long the scan waits', () => {
    expect(
      on({ ...plain, waited: 2 * minute, sincePosition: 2 * minute, moving: true, sinceOrder: 7 * minute }),
    ).toEqual([
      'report unknown',
      'moving 1.5 to 2.5 min ago',
      'standing unknown',
      'order 6 to 10 min ago',
      'scan 2 to 4 min ago',
      'record unknown',
    ]);
  });

  it('[EZP-11] take the share of unproven scans as a logarithm, 0 when it is unknown', () => {
    // ln ((1.5 + 0.5) / (10 + 10)) = ln 0.1
    const known = { ...plain, record: { scans: 10, unproven: 1.5 } };
    expect(feature('record', known)).toBeCloseTo(-Math.LN10, 10);
    expect([feature('record unknown', known), feature('record', plain)]).toEqual([0, 0]);
  });

  it('[EZP-11] tell whether the driver is known', () => {
    expect([feature('driver known', plain), feature('driver known', { ...plain, sinceDuty: 0 })]).toEqual([0, 1]);
  });

  it('[EZP-11] take the clock to be right while the reports are fewer than four', () => {
    const lags = [30, 30, 30].map((lag) => lag * minute);
    expect(feature('clock behind', { ...plain, lags })).toBe(0);
    expect(feature('worst lag', { ...plain, lags })).toBeCloseTo(Math.log(31), 10);
    expect(feature('worst lag', plain)).toBe(0);
  });

  it('[EZP-11] turn with the day', () => {
    expect(feature('night', { ...plain, hour: 0 })).toBe(1);
    expect(feature('night', { ...plain, hour: 12 })).toBeCloseTo(-1, 10);
    expect(feature('morning', { ...plain, hour: 6 })).toBeCloseTo(1, 10);
    expect(feature('morning', { ...plain, hour: 18 })).toBeCloseTo(-1, 10);
  });
});

describe('a model', () => {
  const tiny = {
    version: 'tiny',
    fleetLag: 1,
    threshold: 0.9,
    bias: 1,
    features: [
      { name: 'a', mean: 2, deviation: 0.5, weight: 1 },
      { name: 'b', mean: 0, deviation: 1, weight: -2 },
    ],
  };

  it('[EZP-11] gives the probability that can be computed by hand', () => {
    // 1 + 1 * (3 - 2) / 0.5 - 2 * 1 = 1, and 1 / (1 + e^-1) = 0.731059.
    expect(probabilityOf(tiny, [3, 1])).toBeCloseTo(0.731059, 6);
    expect(probabilityOf(tiny, [2, 0.5])).toBe(0.5);
  });

  it('[EZP-11] is sure from its threshold on, where it may shorten the wait', () => {
    const half = (threshold: number, mayShorten = true) =>
      predict({ ...tiny, bias: 0, features: [], threshold }, mayShorten)(noArgo, start, start);
    expect([half(0.5).sure, half(0.51).sure, half(0.5, false).sure]).toEqual([true, false, false]);
    expect(half(0.5)).toMatchObject({ probability: 0.5, model: 'tiny' });
  });

  it('[EZP-11] that ships names its features, its threshold and its figures as the code has them', () => {
    expect(shipped.features.map(({ name }) => name)).toEqual(featureNames);
    expect(shipped.trainedOn.source).toBe('simulated');
    expect(shipped.heldOut.believed.precision).toBeGreaterThanOrEqual(shipped.precisionWanted);
    expect(shipped.heldOut.calibrationError).toBeLessThan(0.02);
    expect(shipped.heldOut.auc).toBeGreaterThan(0.85);
  });

  it('[EZP-11] that ships is not sure of an unknown car', () => {
    expect(predict(shipped, true)(noArgo, start, start).sure).toBe(false);
  });
});

describe('the flag of the predictor', () => {
  const sureOfAll = (percent: number, held: boolean) => {
    const read: string[] = [];
    const predictor = flaggedPredictor({
      flags: async () => ({ 'idempotent-dispatch': { percent: 0 }, 'ezpay-predictor': { percent } }),
      isHeld: async (flag) => {
        read.push(flag);
        return held;
      },
    });
    return { read, predictor };
  };
  /** 14:00; the last trip ended a quarter of an hour ago, the car drove up and is standing. */
  const now = at(616);
  const ago = (minutes: number) => at(616 - minutes);
  const pings = [ago(2), ago(0.9)].map(
    (seenAt, n) => ({ type: 'ping', position: { lat: -6.2 - n / 100, lng: 106.8 }, seenAt, at: seenAt }) as const,
  );
  const good = argoAfter(noArgo, ...historyBefore(616), ...pings);

  it('[EZP-11] on and not held, it is sure from its threshold on', async () => {
    const { predictor, read } = sureOfAll(100, false);
    const { sure, probability } = (await predictor('TNT-20261121-0000001' as OrderId))(good, now, now);
    expect(probability).toBeGreaterThanOrEqual(shipped.threshold);
    expect(sure).toBe(true);
    expect(read).toEqual(['ezpay-predictor']);
  });

  it('[EZP-11] held, it judges and is never sure', async () => {
    const { predictor } = sureOfAll(100, true);
    expect((await predictor('TNT-20261121-0000001' as OrderId))(good, now, now)).toMatchObject({
      sure: false,
      model: shipped.version,
    });
  });

  it('[EZP-11] off, nothing is read for it', async () => {
    const { predictor, read } = sureOfAll(0, false);
    expect((await predictor('TNT-20261121-0000001' as OrderId))(good, now, now).sure).toBe(false);
    expect(read).toEqual([]);
  });
});
