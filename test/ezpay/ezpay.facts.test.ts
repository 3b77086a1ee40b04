/** What the events of an EzPay order say: the whole payload, as it is published. */
import { describe, expect, it } from 'vitest';
import { decide, type EzPayCommand } from '../../functions/ezpay/ezpay.decider.ts';
import type { EzPay } from '../../functions/ezpay/ezpay.ts';
import type { Prediction } from '../../functions/ezpay/predictor.ts';
import type { DriverId } from '../../functions/kernel/types.ts';
import {
  argoAfter,
  at,
  car,
  driver,
  noArgo,
  orderAfter,
  orderId,
  reports,
  scan,
  started,
  stopped,
} from '../support/ezpay.ts';

const evidence = { waited: 0, hour: 3, lags: [] };
const prediction: Prediction = { probability: 0.995, model: 'v1', sure: true, evidence };
const judgement = { probability: 0.995, model: 'v1', evidence };
const order = {
  orderId: orderId(1),
  riderId: 'customer-1',
  car,
  mode: 'async',
  scannedAt: '2026-11-20T20:44:00.000Z',
};
const driven = argoAfter(noArgo, { type: 'drive', driverId: driver, drives: true, at: at(-60) });
const start = started(-1, { sequence: 1, receivedAt: at(20) });
const stop = stopped(30, { sequence: 2 });
const running = argoAfter(driven, { type: 'report', event: start, at: at(20) });
const ended = argoAfter(running, { type: 'report', event: stop, at: at(30) });
/** The start of the argo turns out to be after the window of the scan. */
const elsewhere = reports(started(40, { sequence: 3 }));

const factOf = (command: EzPayCommand, state: EzPay) => {
  const decision = decide(command, state);
  if (decision.outcome !== 'happened') throw new Error(decision.outcome);
  expect(decision.facts).toHaveLength(1);
  const [{ type, source, data }] = decision.facts as [{ type: string; source: string; data: object }];
  expect(source).toBe('tuntas.ezpay');
  return { type, data };
};
const ofScan = ({ facts: [fact] }: ReturnType<typeof scan>) => ({ type: fact?.type, data: fact?.data });
const waiting = scan().state;
const asking = orderAfter(waiting, { type: 'deadline', at: at(5) });
const cancelled = orderAfter(asking, { type: 'deadline', at: at(15) });
const byPredictor = scan({}, noArgo, prediction).state;

describe('a scan is published', () => {
  it('[EZP-2] confirmed by the argo, without a judgement, with the driver of that time', () => {
    expect(ofScan(scan({}, running, prediction))).toEqual({
      type: 'ezpay.confirmed',
      data: { ...order, by: 'argo', paymentMethod: 'gopay', waitedMs: 0, drivenBy: driver },
    });
  });

  it('[EZP-3] confirmed by grace, with the recent order and the judgement', () => {
    const recent = { orderId: orderId(9), confirmed: true, proven: true, graceFrom: at(-1), at: at(-1) };
    const argo = argoAfter(noArgo, { type: 'record-outcome', ...recent });
    expect(ofScan(scan({}, argo, prediction))).toEqual({
      type: 'ezpay.confirmed',
      data: {
        ...order,
        ...judgement,
        by: 'grace',
        recentOrderId: orderId(9),
        paymentMethod: 'gopay',
        waitedMs: 0,
      },
    });
  });

  it('[EZP-11] confirmed by the predictor', () => {
    expect(ofScan(scan({}, driven, prediction))).toEqual({
      type: 'ezpay.confirmed',
      data: { ...order, ...judgement, by: 'predictor', paymentMethod: 'gopay', waitedMs: 0, drivenBy: driver },
    });
  });

  it('[EZP-7] waiting, with the order it replaces and the judgement', () => {
    expect(ofScan(scan({ supersedes: orderId(8) }, noArgo, { ...prediction, sure: false }))).toEqual({
      type: 'ezpay.waiting',
      data: { ...order, ...judgement, askAt: '2026-11-20T20:49:00.000Z', supersedes: orderId(8) },
    });
  });

  it('[EZP-6] refused, with the order it replaces', () => {
    expect(ofScan(scan({ mode: 'strict', supersedes: orderId(8) }))).toEqual({
      type: 'ezpay.refused',
      data: { ...order, mode: 'strict', reason: 'ARGO_NOT_STARTED', supersedes: orderId(8) },
    });
  });
});

describe('an open order is published', () => {
  it('[EZP-4] confirmed by a report, with the time it waited', () => {
    expect(factOf({ type: 'join', argo: running, at: at(20) }, asking)).toEqual({
      type: 'ezpay.confirmed',
      data: { ...order, by: 'argo', paymentMethod: 'gopay', waitedMs: 20 * 60_000, drivenBy: driver },
    });
  });

  it('[EZP-10] confirmed or denied by the driver who answers', () => {
    const answer = { type: 'answer', driverId: 'driver-2' as DriverId, at: at(7) } as const;
    expect(factOf({ ...answer, confirmed: true }, asking).data).toEqual({
      ...order,
      by: 'driver',
      driverId: 'driver-2',
      paymentMethod: 'gopay',
      waitedMs: 7 * 60_000,
      drivenBy: 'driver-2',
    });
    expect(factOf({ ...answer, confirmed: false }, asking)).toEqual({
      type: 'ezpay.cancelled',
      data: { ...order, legacyState: -2, reason: 'DRIVER_DENIED', drivenBy: 'driver-2' },
    });
  });

  it('[EZP-4] with the question to the driver, until when it can be answered', () => {
    expect(factOf({ type: 'deadline', at: at(5), drivenBy: driver }, waiting)).toEqual({
      type: 'ezpay.driver-asked',
      data: { ...order, legacyState: 1, cancelAt: '2026-11-20T20:59:00.000Z', drivenBy: driver },
    });
  });

  it('[EZP-4] cancelled without an answer, or for another car', () => {
    const data = { ...order, legacyState: -2, drivenBy: driver };
    expect(factOf({ type: 'deadline', at: at(15), drivenBy: driver }, asking).data).toEqual({
      ...data,
      reason: 'ARGO_NOT_STARTED',
    });
    expect(factOf({ type: 'supersede', by: orderId(2), at: at(1), drivenBy: driver }, waiting).data).toEqual({
      ...data,
      reason: 'SCANNED_OTHER_CAR',
    });
  });

  it('[EZP-11] judged again with new evidence', () => {
    const judged = { ...prediction, sure: false, probability: 0.4 };
    const moved = argoAfter(driven, { type: 'ping', position: { lat: -6.2, lng: 106.8 }, seenAt: at(2), at: at(2) });
    const open = scan({}, driven, { ...prediction, sure: false }).state;
    expect(factOf({ type: 'join', argo: moved, at: at(2), prediction: judged }, open)).toEqual({
      type: 'ezpay.judged',
      data: { ...order, legacyState: 1, ...judgement, probability: 0.4 },
    });
    expect(factOf({ type: 'join', argo: moved, at: at(2), prediction }, open)).toEqual({
      type: 'ezpay.confirmed',
      data: { ...order, ...judgement, by: 'predictor', paymentMethod: 'gopay', waitedMs: 120_000, drivenBy: driver },
    });
  });
});

describe('a late report is published', () => {
  const times = { startedAt: '2026-11-20T20:43:00.000Z', stoppedAt: '2026-11-20T21:14:00.000Z' };

  it('[EZP-12] of a failed order as wrongly failed, and taken back as rightly failed', () => {
    expect(factOf({ type: 'join', argo: ended, at: at(30) }, cancelled)).toEqual({
      type: 'ezpay.wrongly-failed',
      data: { ...order, legacyState: -2, ...times },
    });
    const wrong = orderAfter(cancelled, { type: 'join', argo: ended, at: at(30) });
    expect(factOf({ type: 'join', argo: elsewhere, at: at(45) }, wrong)).toEqual({
      type: 'ezpay.rightly-failed',
      data: { ...order, legacyState: -2 },
    });
  });

  it('[EZP-12] of a confirmed order as its proof, its end or a contradiction, by whom it was confirmed', () => {
    expect(factOf({ type: 'join', argo: running, at: at(20) }, byPredictor)).toEqual({
      type: 'ezpay.verified',
      data: { ...order, legacyState: 2, startedAt: times.startedAt, by: 'predictor' },
    });
    const verified = orderAfter(byPredictor, { type: 'join', argo: running, at: at(20) });
    expect(factOf({ type: 'join', argo: ended, at: at(30) }, verified)).toEqual({
      type: 'ezpay.trip-ended',
      data: { ...order, legacyState: 2, ...times },
    });
    expect(factOf({ type: 'join', argo: elsewhere, at: at(45) }, verified)).toEqual({
      type: 'ezpay.contradicted',
      data: { ...order, legacyState: 2, by: 'predictor' },
    });
  });

  it('[EZP-11] missing after two hours as unproven', () => {
    expect(factOf({ type: 'deadline', at: at(120) }, byPredictor)).toEqual({
      type: 'ezpay.unproven',
      data: { ...order, legacyState: 2, by: 'predictor', probability: 0.995, model: 'v1' },
    });
  });

  it('[EZP-12] that changes neither the proof nor the end is not published', () => {
    const wrong = orderAfter(cancelled, { type: 'join', argo: running, at: at(20) });
    expect(decide({ type: 'join', argo: ended, at: at(30) }, wrong)).toMatchObject({ outcome: 'happened', facts: [] });
    const verified = orderAfter(byPredictor, { type: 'join', argo: ended, at: at(30) });
    const earlier = reports(started(-2, { sequence: 0 }), stop);
    expect(decide({ type: 'join', argo: earlier, at: at(40) }, verified)).toMatchObject({
      outcome: 'happened',
      state: { trip: { startedAt: at(-2), stoppedAt: at(30) } },
      facts: [],
    });
  });

  it('[EZP-12] of an order cancelled for another car is not published', () => {
    const superseded = orderAfter(waiting, { type: 'supersede', by: orderId(2), at: at(1) });
    expect(decide({ type: 'join', argo: running, at: at(20) }, superseded)).toMatchObject({
      outcome: 'happened',
      facts: [],
    });
  });
});
