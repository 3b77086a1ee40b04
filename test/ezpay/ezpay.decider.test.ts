/** What becomes of a scan: by the argo, by grace, by waiting, by the driver; and what a late report says of it. */
import { describe, expect, it } from 'vitest';
import { decide } from '../../functions/ezpay/ezpay.decider.ts';
import { isWronglyFailed, legacyState, stillGoes } from '../../functions/ezpay/ezpay.ts';
import type { Decision } from '../../functions/platform/decision.ts';
import type { DriverId } from '../../functions/platform/types.ts';
import { argoAfter, at, driver, noArgo, orderAfter, orderId, reports, scan, started, stopped } from '../support/ezpay.ts';

const facts = (decision: Decision<unknown>) => (decision.outcome === 'happened' ? decision.facts.map(({ type }) => type) : []);
const running = reports(started(-1, { sequence: 1 }));
const recent = (minutes: number) => argoAfter(noArgo, { type: 'settle', confirmed: true, orderId: orderId(9), at: at(minutes) });

describe('a customer scans', () => {
  it.each(['strict', 'grace', 'async'] as const)('[EZP-2] %s: the argo runs, so the scan passes at once', (mode) => {
    expect(scan({ mode }, running).state).toMatchObject({ status: 'CONFIRMED', witness: { by: 'argo' } });
  });

  it('[EZP-3] a successful order less than 2 minutes ago lets it pass; one of 2 minutes does not', () => {
    expect(scan({ mode: 'grace' }, recent(-1.9)).state).toMatchObject({
      status: 'CONFIRMED',
      witness: { by: 'grace', orderId: orderId(9) },
    });
    expect(scan({ mode: 'grace' }, recent(-2)).state).toMatchObject({ status: 'REFUSED' });
    expect(scan({ mode: 'strict' }, recent(-1)).state).toMatchObject({ status: 'REFUSED' });
  });

  it('[EZP-4] async: nothing speaks for the trip yet, so the order waits in sight', () => {
    expect(scan().state).toMatchObject({ status: 'WAITING', askAt: at(5) });
  });

  it('[EZP-11] the predictor shortens the wait when it is sure, and refuses nobody', () => {
    const predicted = (probability: number) => scan({}, noArgo, { probability, model: 'v1' }).state;
    expect(predicted(0.99)).toMatchObject({ status: 'CONFIRMED', witness: { by: 'predictor' } });
    expect(predicted(0.01)).toMatchObject({ status: 'WAITING', askAt: at(5) });
  });

  it('[EZP-8] older clients see 2 and -2', () => {
    expect(legacyState(scan({}, running).state)).toBe(2);
    expect(legacyState(scan({ mode: 'strict' }).state)).toBe(-2);
  });
});

describe('an order waits', () => {
  const waiting = scan().state;
  const asking = orderAfter(waiting, { type: 'deadline', at: at(5) });

  it('[EZP-4] a matching report confirms it', () => {
    const decision = decide({ type: 'join', argo: reports(started(0, { sequence: 1, receivedAt: at(4) })), at: at(4) }, waiting);
    expect(facts(decision)).toEqual(['ezpay.confirmed']);
  });

  it('[EZP-13] a start within the window after the scan confirms it, a later one does not, nor a trip that was over', () => {
    const joined = (argo: typeof running) => orderAfter(waiting, { type: 'join', argo, at: at(20) }).status;
    expect(joined(reports(started(5, { sequence: 1 })))).toBe('CONFIRMED');
    expect(joined(reports(started(5.1, { sequence: 1 })))).toBe('WAITING');
    expect(joined(reports(started(-30, { sequence: 1 }), stopped(-1, { sequence: 2 })))).toBe('WAITING');
    expect(joined(reports(stopped(12, { sequence: 2 })))).toBe('CONFIRMED');
  });

  it('[EZP-4] after 5 minutes the driver is asked, after 10 more it is cancelled with the reason', () => {
    expect(asking).toMatchObject({ status: 'ASKING', cancelAt: at(15) });
    expect(decide({ type: 'deadline', at: at(14.9) }, asking).outcome).toBe('nothing');
    const cancelled = decide({ type: 'deadline', at: at(15) }, asking);
    expect(cancelled).toMatchObject({ outcome: 'happened', state: { status: 'CANCELLED', reason: 'ARGO_NOT_STARTED' } });
    expect(facts(cancelled)).toEqual(['ezpay.cancelled']);
  });

  it('[EZP-10] the driver’s word confirms it, or ends it', () => {
    expect(orderAfter(asking, { type: 'answer', driverId: driver, confirmed: true, at: at(6) })).toMatchObject({
      status: 'CONFIRMED',
      witness: { by: 'driver', driverId: driver },
    });
    expect(orderAfter(asking, { type: 'answer', driverId: driver, confirmed: false, at: at(6) })).toMatchObject({
      reason: 'DRIVER_DENIED',
    });
  });

  it('the same answer twice changes nothing; an answer to a closed order is refused', () => {
    const said = { type: 'answer', driverId: 'driver-2' as DriverId, confirmed: true, at: at(20) } as const;
    const confirmed = orderAfter(asking, said);
    expect(decide(said, confirmed)).toEqual({ outcome: 'nothing', reason: 'already-confirmed' });
    expect(decide(said, orderAfter(asking, { type: 'deadline', at: at(15) }))).toMatchObject({ refusal: { code: 'EZPAY_CLOSED' } });
  });

  it('a scan in another car gives it up, a confirmed one stays', () => {
    expect(orderAfter(waiting, { type: 'supersede', by: orderId(2), at: at(1) })).toMatchObject({ reason: 'SCANNED_OTHER_CAR' });
    expect(decide({ type: 'supersede', by: orderId(2), at: at(1) }, scan({}, running).state).outcome).toBe('nothing');
  });
});

describe('a report comes after the decision', () => {
  const late = reports(started(-1, { sequence: 1, receivedAt: at(52) }));

  it('[EZP-12] a cancelled order that was a real trip is reported as wrongly failed', () => {
    const cancelled = orderAfter(scan().state, { type: 'deadline', at: at(5) }, { type: 'deadline', at: at(15) });
    const decision = decide({ type: 'join', argo: late, at: at(52) }, cancelled);
    expect(facts(decision)).toEqual(['ezpay.wrongly-failed']);
    expect(decision.outcome === 'happened' && isWronglyFailed(decision.state)).toBe(true);
  });

  it('[EZP-12] so is one that was refused at once', () => {
    expect(facts(decide({ type: 'join', argo: late, at: at(52) }, scan({ mode: 'strict' }).state))).toEqual(['ezpay.wrongly-failed']);
  });

  it('[EZP-13] a confirmed order whose argo was off after all is reported as contradicted', () => {
    const before = reports(started(-60, { sequence: 1 }));
    const confirmed = scan({}, before).state;
    const after = argoAfter(before, { type: 'report', event: stopped(-20, { sequence: 2, receivedAt: at(32) }), at: at(32) });
    expect(facts(decide({ type: 'join', argo: after, at: at(32) }, confirmed))).toEqual(['ezpay.contradicted']);
  });

  it('a confirmed order learns when its trip ended, and is over for the next scan then', () => {
    const confirmed = scan({}, running).state;
    const ended = orderAfter(confirmed, {
      type: 'join',
      argo: reports(started(-1, { sequence: 1 }), stopped(20, { sequence: 2 })),
      at: at(20),
    });
    expect([stillGoes(confirmed, at(10)), stillGoes(ended, at(10)), stillGoes(ended, at(21))]).toEqual([true, true, false]);
  });
});
