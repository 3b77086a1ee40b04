/** The report on EzPay, counted by hand. */
import { describe, expect, it } from 'vitest';
import type { ScanEvent } from '../../functions/ezpay/commands.ts';
import { type Instant, instant } from '../../functions/kernel/types.ts';
import { ezpayReport } from '../../functions/ops/ezpay-report.decider.ts';

const start = Date.parse('2026-11-20T20:44:00.000Z');
const at = (seconds: number): Instant => instant(start + seconds * 1_000);

let orders = 0;
/** The events of one scan, at seconds after it. */
const scan = (
  riderId: string,
  car: string,
  ...events: readonly (readonly [type: string, seconds: number, more?: Partial<ScanEvent>])[]
) => {
  orders += 1;
  const orderId = `order-${orders}`;
  return events.map(([type, seconds, more], i) => ({
    type: `ezpay.${type}`,
    version: i + 1,
    at: at(seconds),
    scannedAt: at(0),
    orderId,
    riderId,
    car,
    ...more,
  }));
};
const refused = (rider: string, car: string) => scan(rider, car, ['refused', 0, { reason: 'ARGO_NOT_STARTED' }]);

describe('[EZP-9] the report on EzPay', () => {
  it('counts each scan once, by how it ended, whatever the order of its events', () => {
    const scans = [
      ...scan('a', 'B1', ['confirmed', 0, { by: 'argo' }]),
      ...scan(
        'b',
        'B1',
        ['waiting', 0],
        ['driver-asked', 300],
        ['confirmed', 360, { by: 'driver' }],
        ['verified', 3_120],
      ),
      ...scan('c', 'B2', ['waiting', 0], ['cancelled', 900, { reason: 'ARGO_NOT_STARTED' }], ['wrongly-failed', 3_120]),
      ...scan('d', 'B2', ['waiting', 0], ['cancelled', 60, { reason: 'SCANNED_OTHER_CAR' }]),
      ...scan('e', 'B3', ['waiting', 0]),
      ...scan('f', 'B3', ['confirmed', 0, { by: 'grace' }], ['verified', 10], ['contradicted', 20]),
    ];
    const report = ezpayReport({ scans: scans.toReversed(), argos: [] });
    expect(report).toMatchObject({
      scans: 6,
      awaited: 1,
      confirmed: { argo: 1, driver: 1, grace: 1 },
      failed: { ARGO_NOT_STARTED: 1 },
      givenUp: 1,
      successRate: 0.75,
      wronglyFailed: 1,
      contradicted: 1,
    });
  });

  it('drops what a correction took back', () => {
    const scans = [
      ...scan(
        'a',
        'B1',
        ['refused', 0, { reason: 'ARGO_NOT_STARTED' }],
        ['wrongly-failed', 60],
        ['rightly-failed', 90],
      ),
      ...scan('b', 'B1', ['confirmed', 0, { by: 'argo' }], ['contradicted', 60], ['verified', 90]),
    ];
    expect(ezpayReport({ scans, argos: [] })).toMatchObject({ wronglyFailed: 0, contradicted: 0 });
  });

  it('names customers who failed twice and cars of whose three or more scans half failed, the worst first', () => {
    const scans = [
      ...refused('again', 'B1'),
      ...refused('again', 'B2'),
      ...scan('again', 'B2', ['cancelled', 0, { reason: 'DRIVER_DENIED' }]),
      ...refused('twice', 'B1'),
      ...refused('twice', 'B1'),
      ...refused('once', 'B3'),
      ...scan('moved', 'B3', ['cancelled', 0, { reason: 'SCANNED_OTHER_CAR' }]),
      ...scan('moved', 'B3', ['cancelled', 0, { reason: 'SCANNED_OTHER_CAR' }]),
      ...scan('well', 'B1', ['confirmed', 0, { by: 'argo' }]),
    ];
    const { customers, cars } = ezpayReport({ scans, argos: [] });
    expect(customers).toEqual([
      { id: 'again', scans: 3, failed: 3, reasons: ['ARGO_NOT_STARTED', 'DRIVER_DENIED'] },
      { id: 'twice', scans: 2, failed: 2, reasons: ['ARGO_NOT_STARTED'] },
    ]);
    expect(cars).toEqual([{ id: 'B1', scans: 4, failed: 3, reasons: ['ARGO_NOT_STARTED'] }]);
  });

  it('measures both lags at P50, P95 and P99, without clocks that are not trusted', () => {
    const argos = Array.from({ length: 100 }, (_, i) => ({ car: 'B1', deviceTime: at(0), receivedAt: at(i + 1) }));
    const broken = { car: 'B1', deviceTime: at(-1e9), receivedAt: at(0), doubt: 'clock-unset' };
    const scans = [
      ...scan('a', 'B1', ['confirmed', 0, { by: 'argo' }]),
      ...scan('b', 'B1', ['confirmed', 0, { by: 'grace' }]),
      ...scan('c', 'B1', ['waiting', 0], ['cancelled', 900, { reason: 'ARGO_NOT_STARTED' }], ['wrongly-failed', 3_120]),
    ];
    const { argoLag, scanLag } = ezpayReport({ scans, argos: [...argos, broken] });
    expect(argoLag).toEqual({ p50: 50_000, p95: 95_000, p99: 99_000 });
    expect(scanLag).toEqual({ p50: 0, p95: 3_120_000, p99: 3_120_000 });
  });

  it('orders those who failed equally often by their id, and leaves scans that wait or were given up out', () => {
    const scans = [
      ...['c', 'c', 'a', 'a', 'b', 'b', 'b'].flatMap((rider) => refused(rider, 'B1')),
      ...scan('a', 'B1', ['waiting', 0]),
      ...scan('a', 'B1', ['cancelled', 0, { reason: 'SCANNED_OTHER_CAR' }]),
    ];
    const { customers } = ezpayReport({ scans, argos: [] });
    expect(customers.map(({ id, scans: all, failed }) => [id, all, failed])).toEqual([
      ['b', 3, 3],
      ['a', 2, 2],
      ['c', 2, 2],
    ]);
  });

  it.each([
    [3, 2, true],
    [2, 2, false],
    [4, 2, true],
    [5, 2, false],
  ])('names a car of %i scans of which %i failed: %s', (all, failed, named) => {
    const scans = Array.from({ length: all }, (_, i) =>
      i < failed ? refused(`r${i}`, 'B1') : scan(`r${i}`, 'B1', ['confirmed', 0, { by: 'argo' }]),
    ).flat();
    expect(ezpayReport({ scans, argos: [] }).cars).toHaveLength(named ? 1 : 0);
  });

  it('measures the success of those that ended, also when as many failed as succeeded', () => {
    const scans = [...refused('a', 'B1'), ...scan('b', 'B1', ['confirmed', 0, { by: 'grace' }])];
    expect(ezpayReport({ scans, argos: [] }).successRate).toBe(0.5);
  });

  it.each<[string, number, Partial<ScanEvent>, number | undefined]>([
    ['confirmed', 3, { by: 'argo' }, 3_000],
    ['confirmed', 3, { by: 'driver' }, undefined],
    ['refused', 3, { by: 'argo', reason: 'ARGO_NOT_STARTED' }, undefined],
    ['verified', 4, {}, 4_000],
    ['wrongly-failed', 5, {}, 5_000],
    ['contradicted', 6, {}, undefined],
  ])('measures the way from the scan to ezpay.%s after %i s (%j): %s', (type, seconds, more, lag) => {
    const { scanLag } = ezpayReport({ scans: scan('a', 'B1', [type, seconds, more]), argos: [] });
    expect(scanLag?.p50).toBe(lag);
  });

  it('puts the lags in order before it takes percentiles', () => {
    const argos = [30, 10, 20].map((seconds) => ({ car: 'B1', deviceTime: at(0), receivedAt: at(seconds) }));
    expect(ezpayReport({ scans: [], argos }).argoLag).toEqual({ p50: 20_000, p95: 30_000, p99: 30_000 });
  });

  it('is empty without a scan', () => {
    expect(ezpayReport({ scans: [], argos: [] })).toMatchObject({
      scans: 0,
      successRate: undefined,
      argoLag: undefined,
      scanLag: undefined,
      customers: [],
      cars: [],
    });
  });
});
