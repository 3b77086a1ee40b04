/** What a notification claims: taken from the gateway's own answer only, and checked again while that lags behind. */
import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../functions/kernel/decision.ts';
import { outcomeUnknown } from '../../../functions/payments/charge/charge.decider.ts';
import {
  type Instructions,
  instructionsOf,
  type Payment,
  paymentAggregate,
} from '../../../functions/payments/payment.ts';
import { decideReport, pollLater } from '../../../functions/payments/reports/payment.decider.ts';
import type { Report } from '../../../functions/payments/reports/report.ts';
import { answer, at, factsOf, given, intended, report, stateAfter, txB } from '../../support/payments.ts';

const instructions: Instructions = { bank: 'bca', vaNumber: '70000000001', expiresAt: at(86_400) };
const pending = given({}, answer('pending', { reportedAt: at(0), instructions }));
const stateOf = (decision: Decision<Payment>, before: Payment): Payment =>
  decision.outcome === 'happened' ? decision.state : before;

describe('a pending notification', () => {
  it('[PAY-11] with what is known is a duplicate, which asks nobody', () => {
    expect(decideReport(report('pending', { instructions }), pending, at(60)).effect).toBe('noop_duplicate');
    expect(decideReport(report('pending'), pending, at(60)).effect).toBe('noop_duplicate');
  });

  it.each<[string, Instructions]>([
    ['another number', { ...instructions, vaNumber: '66666666666' }],
    ['another QR code', { ...instructions, qrString: '0002' }],
    ['another page', { ...instructions, redirectUrl: 'https://evil.example' }],
    ['another time', { ...instructions, expiresAt: at(60) }],
  ])('[PAY-11] with %s changes nothing: the status is read', (_, shown) => {
    const { effect, decision } = decideReport(report('pending', { instructions: shown }), pending, at(60));
    expect([effect, decision.outcome]).toEqual(['verify_with_get_status', 'nothing']);
  });

  it('[PAY-11] leaves a charge that is under way to its answer', () => {
    const { effect, decision } = decideReport(report('pending', { instructions }), intended(), at(1));
    expect([effect, decision.outcome]).toEqual(['noop_duplicate', 'nothing']);
  });

  it('[PAY-12] of a charge whose outcome is not known is asked about', () => {
    const unknown = stateOf(outcomeUnknown('time-out', at(22), intended()), intended());
    expect(decideReport(report('pending', { instructions }), unknown, at(23)).effect).toBe('verify_with_get_status');
  });

  it('[PAY-11] is never checked again: where to pay is confirmed at once or not at all', () => {
    const claim = report('pending', { instructions: { vaNumber: '66666666666' } });
    expect(decideReport(answer('pending', { instructions }), pending, at(60), claim).decision).toMatchObject({
      outcome: 'nothing',
    });
  });
});

describe('the gateway’s own answer', () => {
  it('[PAY-11] that shows other instructions is taken', () => {
    const changed = decideReport(
      answer('pending', { reportedAt: at(60), instructions: { vaNumber: '70000000042' } }),
      pending,
      at(60),
    );
    expect(changed.effect).toBe('mark_pending');
    expect(instructionsOf(stateAfter(pending, changed))).toEqual({ ...instructions, vaNumber: '70000000042' });
    expect(factsOf(changed)).toEqual([]);
  });

  it('to a repeated charge is as old as the first: it adds, and overwrites nothing newer', () => {
    const newer = given(
      { method: 'qris' },
      answer('pending', { reportedAt: at(60), instructions: { expiresAt: at(900) } }),
    );
    const older = answer('pending', { reportedAt: at(0), instructions: { qrString: '0002', expiresAt: at(30) } });
    const completed = decideReport(older, newer, at(65));
    expect(completed.effect).toBe('mark_pending');
    expect(instructionsOf(stateAfter(newer, completed))).toEqual({ qrString: '0002', expiresAt: at(900) });
    expect(decideReport(older, stateAfter(newer, completed), at(66)).effect).toBe('noop_duplicate');
  });

  it('[PAY-8] that changes instructions does not put off the next question', () => {
    const changed = decideReport(
      answer('pending', { reportedAt: at(200), instructions: { vaNumber: '70000000042' } }),
      pending,
      at(200),
    );
    expect(stateAfter(pending, changed).ask).toEqual(pending.ask);
  });

  it('[PAY-8] that changes instructions at the time of a question is followed by the next one', () => {
    const changed = decideReport(
      answer('pending', { reportedAt: at(300), instructions: { vaNumber: '70000000042' } }),
      pending,
      at(300),
    );
    expect(stateAfter(pending, changed).ask).toEqual({ at: at(600), count: 0 });
  });
});

describe('a pending payment without instructions', () => {
  const bare = given({ method: 'qris' }, answer('pending', { reportedAt: at(10) }));

  it('[PAY-12] is asked about after 5 s, 30 s and 2 min, then like any other', () => {
    const gaps: number[] = [];
    let payment = bare;
    for (let i = 0, now = at(10); i < 5; i += 1) {
      const due = payment.ask?.at ?? now;
      gaps.push((due - now) / 1_000);
      now = due;
      payment = stateAfter(payment, decideReport(answer('pending', { reportedAt: now }), payment, now));
    }
    expect(gaps).toEqual([5, 30, 120, 300, 600]);
  });

  it('keeps the sooner question of the unknown charge it was', () => {
    const unknown = stateOf(
      outcomeUnknown('time-out', at(22), intended({ method: 'qris' })),
      intended({ method: 'qris' }),
    );
    const found = stateAfter(unknown, decideReport(answer('pending', { reportedAt: at(25) }), unknown, at(25)));
    expect([found.standing.status, found.ask?.at]).toEqual(['PENDING', at(27)]);
  });

  it('has five minutes again when they have come', () => {
    const whole = stateAfter(
      bare,
      decideReport(answer('pending', { reportedAt: at(0), instructions: { qrString: '0002' } }), bare, at(15)),
    );
    expect(whole.ask).toEqual({ at: at(15 + 300), count: 0 });
  });
});

describe('a claim the gateway does not confirm yet', () => {
  const claim = report('settlement', { reportedAt: at(60) });
  const lagging = (payment: Payment, seconds: number, notice?: Report): Payment =>
    stateAfter(
      payment,
      decideReport(answer('pending', { reportedAt: at(seconds), instructions }), payment, at(seconds), notice),
    );

  it('[PAY-8] is checked again after 2, 5, 15, 30 and 60 s; then the regular schedule stands as it was', () => {
    let payment = lagging(pending, 60, claim);
    const gaps: number[] = [];
    for (let now = 60; payment.recheck; ) {
      const due = (payment.recheck.at - at(0)) / 1_000;
      expect(paymentAggregate.dueAt(payment)).toBe(payment.recheck.at);
      gaps.push(due - now);
      now = due;
      payment = lagging(payment, now);
    }
    expect(gaps).toEqual([2, 5, 15, 30, 60]);
    expect([payment.standing, payment.ask]).toEqual([pending.standing, pending.ask]);
  });

  it('[PAY-8] is over as soon as the gateway says the same, or more', () => {
    for (const status of ['settlement', 'refund', 'expire']) {
      const payment = lagging(pending, 60, claim);
      expect(
        stateAfter(payment, decideReport(answer(status, { reportedAt: at(62) }), payment, at(62))).recheck,
      ).toBeUndefined();
    }
  });

  it('does not begin again with each copy', () => {
    const once = lagging(pending, 60, claim);
    const twice = lagging(once, 61, claim);
    expect(twice.recheck).toEqual(once.recheck);
  });

  it('[PAY-8] may be of money that went back, of a payment nobody asked about any more', () => {
    const settled = given({ method: 'card' }, answer('settlement', { reportedAt: at(50) }));
    const chargeback = report('chargeback', { reportedAt: at(60) });
    const payment = stateAfter(
      settled,
      decideReport(answer('settlement', { reportedAt: at(60) }), settled, at(60), chargeback),
    );
    expect([settled.ask, payment.recheck]).toEqual([undefined, { at: at(62), count: 0 }]);
  });

  it.each([
    ['an unknown status', report('partial_settlement')],
    ['that it waits', report('pending', { instructions: { vaNumber: '6' } })],
    ['what is known', report('settlement', { transactionId: txB, transactionStatus: 'pending', statusCode: '201' })],
  ])('is none when it is %s', (_, notice) => {
    expect(lagging(pending, 60, notice).recheck).toBeUndefined();
  });

  it('[PAY-8] keeps its time when the charge is answered meanwhile: the earlier read comes first', () => {
    const planned = stateOf(pollLater(intended(), at(1), { claimed: true, isAnswered: false }), intended());
    expect(planned.recheck).toEqual({ at: at(3), count: 0 });
    const charged = stateAfter(
      planned,
      decideReport(answer('pending', { reportedAt: at(0), instructions }), planned, at(2)),
    );
    expect([charged.standing.status, charged.recheck, charged.ask]).toEqual([
      'PENDING',
      { at: at(3), count: 0 },
      { at: at(302), count: 0 },
    ]);
    expect(paymentAggregate.dueAt(charged)).toBe(at(3));
  });

  it('is read for as long as the gateway does not answer, later and later', () => {
    let payment = stateOf(pollLater(pending, at(60), { claimed: true, isAnswered: false }), pending);
    const gaps: number[] = [];
    for (let i = 0, now = 60; i < 8; i += 1) {
      const due = ((payment.recheck?.at ?? at(0)) - at(0)) / 1_000;
      gaps.push(due - now);
      now = due;
      payment = stateOf(
        pollLater({ ...payment, ask: undefined }, at(now), { claimed: false, isAnswered: false }),
        payment,
      );
    }
    expect(gaps).toEqual([2, 5, 15, 30, 60, 300, 600, 1_200]);
  });

  it('is not needed for a question that was due anyway: it comes again on its own schedule', () => {
    const payment = stateOf(pollLater(pending, at(300), { claimed: false, isAnswered: false }), pending);
    expect([payment.ask, payment.recheck]).toEqual([{ at: at(900), count: 1 }, undefined]);
  });

  it('may be the answer to a call: when it is contradicted, the status is read again soon', () => {
    const payment = stateOf(pollLater(pending, at(100), { claimed: false, isAnswered: false }), pending);
    expect(payment.recheck).toEqual({ at: at(102), count: 0 });
  });

  it('ends when the gateway knows no such transaction', () => {
    let payment = stateOf(pollLater(pending, at(60), { claimed: true, isAnswered: true }), pending);
    for (let i = 0; i < 5; i += 1)
      payment = stateOf(
        pollLater(payment, payment.recheck?.at ?? at(0), { claimed: false, isAnswered: true }),
        payment,
      );
    expect(payment.recheck).toBeUndefined();
  });
});
