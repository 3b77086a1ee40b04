/** The outcome of a scan: by the argo, by grace, by waiting, by the driver; and what a late report shows. */
import { describe, expect, it } from 'vitest';
import { decide } from '../../functions/ezpay/ezpay.decider.ts';
import { isOngoing, isWronglyFailed, legacyState } from '../../functions/ezpay/ezpay.ts';
import type { Prediction } from '../../functions/ezpay/predictor.ts';
import type { Decision } from '../../functions/kernel/decision.ts';
import type { DriverId } from '../../functions/kernel/types.ts';
import {
  argoAfter,
  at,
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
const prediction = (values: Partial<Prediction> = {}): Prediction => ({
  probability: 0.9,
  model: 'v1',
  sure: false,
  evidence,
  ...values,
});
const facts = (decision: Decision<unknown>) =>
  decision.outcome === 'happened' ? decision.facts.map(({ type }) => type) : [];
const running = reports(started(-1, { sequence: 1 }));
describe('a customer scans', () => {
  it.each(['strict', 'grace', 'async'] as const)('[EZP-2] %s: the argo runs, so the scan passes at once', (mode) => {
    expect(scan({ mode }, running).state).toMatchObject({ status: 'CONFIRMED', witness: { by: 'argo' } });
  });

  it('[EZP-4] async: without a witness of the trip the order waits', () => {
    expect(scan().state).toMatchObject({ status: 'WAITING', askAt: at(5) });
  });

  it('[EZP-11] the predictor shortens the wait when it is sure, and never refuses', () => {
    expect(scan({}, noArgo, prediction({ sure: true })).state).toMatchObject({
      status: 'CONFIRMED',
      witness: { by: 'predictor', probability: 0.9, model: 'v1' },
      proofBy: at(120),
    });
    expect(scan({}, noArgo, prediction({ probability: 0.01 })).state).toMatchObject({
      status: 'WAITING',
      askAt: at(5),
    });
  });

  it.each(['strict', 'grace'] as const)(
    '[EZP-11] %s: the predictor does not confirm, but its judgement is kept',
    (mode) => {
      const { state, facts } = scan({ mode }, noArgo, prediction({ sure: true }));
      expect(state.status).toBe('REFUSED');
      expect(facts).toMatchObject([{ type: 'ezpay.refused', data: { probability: 0.9, model: 'v1', evidence } }]);
    },
  );

  it('[EZP-8] older clients see 2 and -2', () => {
    expect(legacyState(scan({}, running).state)).toBe(2);
    expect(legacyState(scan({ mode: 'strict' }).state)).toBe(-2);
  });
});

describe('an order waits', () => {
  const waiting = scan().state;
  const asking = orderAfter(waiting, { type: 'deadline', at: at(5) });

  it('[EZP-4] a matching report confirms it', () => {
    const decision = decide(
      { type: 'join', argo: reports(started(0, { sequence: 1, receivedAt: at(4) })), at: at(4) },
      waiting,
    );
    expect(facts(decision)).toEqual(['ezpay.confirmed']);
  });

  it('[EZP-13] a start within the window after the scan confirms it, a later one or a past trip does not', () => {
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
    expect(cancelled).toMatchObject({
      outcome: 'happened',
      state: { status: 'CANCELLED', reason: 'ARGO_NOT_STARTED' },
    });
    expect(facts(cancelled)).toEqual(['ezpay.cancelled']);
  });

  it('[EZP-10] the driver confirms it, or denies it', () => {
    expect(orderAfter(asking, { type: 'answer', driverId: driver, confirmed: true, at: at(6) })).toMatchObject({
      status: 'CONFIRMED',
      witness: { by: 'driver', driverId: driver },
    });
    expect(orderAfter(asking, { type: 'answer', driverId: driver, confirmed: false, at: at(6) })).toMatchObject({
      reason: 'DRIVER_DENIED',
    });
  });

  it('the same answer twice changes nothing; an answer to a closed order is refused', () => {
    const answer = { type: 'answer', driverId: 'driver-2' as DriverId, confirmed: true, at: at(20) } as const;
    const confirmed = orderAfter(asking, answer);
    expect(decide(answer, confirmed)).toEqual({ outcome: 'nothing', reason: 'already-confirmed' });
    expect(decide(answer, orderAfter(asking, { type: 'deadline', at: at(15) }))).toMatchObject({
      refusal: { code: 'EZPAY_CLOSED' },
    });
  });

  it('a denial counts once; of an order that ended otherwise it is refused', () => {
    const deny = { type: 'answer', driverId: driver, confirmed: false, at: at(20) } as const;
    const denied = orderAfter(asking, deny);
    expect(decide(deny, denied)).toEqual({ outcome: 'nothing', reason: 'already-denied' });
    expect(decide({ ...deny, confirmed: true }, denied)).toMatchObject({ refusal: { code: 'EZPAY_CLOSED' } });
    const unanswered = orderAfter(asking, { type: 'deadline', at: at(15) });
    expect(decide(deny, unanswered)).toMatchObject({ refusal: { code: 'EZPAY_CLOSED' } });
    expect(decide(deny, scan({}, running).state)).toMatchObject({ refusal: { code: 'EZPAY_CONFIRMED' } });
  });

  it('[EZP-7] keeps the orders it replaces and the other ongoing ones in every status', () => {
    const others = { supersedes: orderId(7), beside: [orderId(8)] };
    const asked = orderAfter(scan(others).state, { type: 'deadline', at: at(5) });
    expect(asked).toMatchObject({ status: 'ASKING', ...others });
    expect(orderAfter(asked, { type: 'deadline', at: at(15) })).toMatchObject({ status: 'CANCELLED', ...others });
  });

  it('a scan in another car cancels it, a confirmed one stays', () => {
    expect(orderAfter(waiting, { type: 'supersede', by: orderId(2), at: at(1) })).toMatchObject({
      reason: 'SCANNED_OTHER_CAR',
    });
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
    expect(facts(decide({ type: 'join', argo: late, at: at(52) }, scan({ mode: 'strict' }).state))).toEqual([
      'ezpay.wrongly-failed',
    ]);
  });

  it('[EZP-13] a confirmed order whose argo was off after all is reported as contradicted', () => {
    const before = reports(started(-60, { sequence: 1 }));
    const confirmed = scan({}, before).state;
    const after = argoAfter(before, {
      type: 'report',
      event: stopped(-20, { sequence: 2, receivedAt: at(32) }),
      at: at(32),
    });
    expect(facts(decide({ type: 'join', argo: after, at: at(32) }, confirmed))).toEqual(['ezpay.contradicted']);
  });

  it('a confirmed order learns when its trip ended, and is over for the next scan then', () => {
    const confirmed = scan({}, running).state;
    const ended = orderAfter(confirmed, {
      type: 'join',
      argo: reports(started(-1, { sequence: 1 }), stopped(20, { sequence: 2 })),
      at: at(20),
    });
    expect([isOngoing(confirmed, at(10)), isOngoing(ended, at(19.9)), isOngoing(ended, at(20))]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe('the predictor judges an order that waits', () => {
  const waiting = scan({}, noArgo, prediction()).state;
  const moved = argoAfter(
    noArgo,
    { type: 'ping', position: { lat: -6.2, lng: 106.8 }, seenAt: at(1), at: at(1) },
    { type: 'ping', position: { lat: -6.21, lng: 106.8 }, seenAt: at(2), at: at(2) },
  );
  const joined = (order: typeof waiting, sure: boolean) =>
    decide({ type: 'join', argo: moved, at: at(2), prediction: prediction({ sure }) }, order);

  it('[EZP-11] new evidence makes it sure, and the order is confirmed', () => {
    const decision = joined(waiting, true);
    expect(decision).toMatchObject({
      outcome: 'happened',
      state: { status: 'CONFIRMED', witness: { by: 'predictor' }, proofBy: at(122) },
      facts: [
        {
          type: 'ezpay.confirmed',
          data: { by: 'predictor', probability: 0.9, model: 'v1', evidence, waitedMs: 120_000 },
        },
      ],
    });
  });

  it('[EZP-11] new evidence that leaves it unsure is kept once, and does not prolong the wait', () => {
    const decision = joined(waiting, false);
    expect(facts(decision)).toEqual(['ezpay.judged']);
    const judged = decision.outcome === 'happened' ? decision.state : waiting;
    expect(judged).toMatchObject({ status: 'WAITING', askAt: at(5) });
    expect(joined(judged, true)).toMatchObject({ outcome: 'nothing', reason: 'no-trip-yet' });
    const asking = orderAfter(judged, { type: 'deadline', at: at(5) });
    expect(asking).toMatchObject({ status: 'ASKING', cancelAt: at(15) });
    expect(joined(asking, true)).toMatchObject({ outcome: 'nothing', reason: 'no-trip-yet' });
  });

  it('[EZP-11] it never ends an order that is closed', () => {
    const cancelled = orderAfter(waiting, { type: 'deadline', at: at(5) }, { type: 'deadline', at: at(15) });
    expect(joined(cancelled, true)).toMatchObject({ outcome: 'nothing', reason: 'same-trip' });
  });
});

describe('an order is confirmed by the predictor alone', () => {
  const early = scan({}, noArgo, prediction({ sure: true })).state;
  const trip = reports(started(-3, { sequence: 1, receivedAt: at(52) }));

  it('[EZP-11] is proven by the report that comes later, and nothing is left to wait for', () => {
    const decision = decide({ type: 'join', argo: trip, at: at(52) }, early);
    expect(decision).toMatchObject({
      outcome: 'happened',
      facts: [{ type: 'ezpay.verified', data: { by: 'predictor' } }],
    });
    const proven = decision.outcome === 'happened' ? decision.state : early;
    expect(decide({ type: 'deadline', at: at(120) }, proven)).toMatchObject({ outcome: 'nothing', reason: 'not-open' });
  });

  it('[EZP-11] is published as unproven after two hours, once, and stays confirmed', () => {
    expect(decide({ type: 'deadline', at: at(119) }, early)).toMatchObject({
      outcome: 'nothing',
      reason: 'too-early',
    });
    const decision = decide({ type: 'deadline', at: at(120) }, early);
    expect(decision).toMatchObject({
      outcome: 'happened',
      state: { status: 'CONFIRMED' },
      facts: [{ type: 'ezpay.unproven', data: { by: 'predictor', probability: 0.9, model: 'v1' } }],
    });
    const unproven = decision.outcome === 'happened' ? decision.state : early;
    expect(decide({ type: 'deadline', at: at(121) }, unproven)).toMatchObject({
      outcome: 'nothing',
      reason: 'not-open',
    });
    expect(facts(decide({ type: 'join', argo: trip, at: at(130) }, unproven))).toEqual(['ezpay.verified']);
  });
});

describe('the reports of a trip are forgotten', () => {
  const twoTripsAnHour = Array.from({ length: 12 }, (_, n) =>
    n % 2 === 0 ? started(60 + 30 * n, { sequence: 3 + n }) : stopped(60 + 30 * n, { sequence: 3 + n }),
  );

  it('[EZP-13] and the order keeps the trip they reported: it is neither contradicted nor confirmed again', () => {
    const order = scan({}, reports(started(-3, { sequence: 1 }))).state;
    const ended = orderAfter(order, {
      type: 'join',
      argo: reports(started(-3, { sequence: 1 }), stopped(12, { sequence: 2 })),
      at: at(12),
    });
    const later = reports(started(-3, { sequence: 1 }), stopped(12, { sequence: 2 }), ...twoTripsAnHour);
    expect(later.events).toHaveLength(12);
    expect(decide({ type: 'join', argo: later, at: at(400) }, ended)).toMatchObject({
      outcome: 'nothing',
      reason: 'forgotten',
    });
    expect(ended).toMatchObject({ trip: { startedAt: at(-3), stoppedAt: at(12) } });
  });

  it('[EZP-13] and while one of them is left, its trip can still end', () => {
    const order = scan({ scannedAt: at(61) }, reports(started(60, { sequence: 3 }))).state;
    const decision = decide({ type: 'join', argo: reports(...twoTripsAnHour), at: at(400) }, order);
    expect(facts(decision)).toEqual(['ezpay.trip-ended']);
  });
});
