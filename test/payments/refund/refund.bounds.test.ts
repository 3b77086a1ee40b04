/** [ORD-3][ORD-4] Refunds whose answers are lost, and refunds of money that goes another way meanwhile. */
import { describe, expect, it } from 'vitest';
import type { Decision, Fact } from '../../../functions/kernel/decision.ts';
import { type Rupiah, rupiah } from '../../../functions/kernel/rupiah.ts';
import { ownMoney } from '../../../functions/payments/payment.money.ts';
import { shareOf } from '../../../functions/payments/payment.share.ts';
import type { Payment } from '../../../functions/payments/payment.ts';
import {
  paidBack,
  refundByHand,
  refundDenied,
  remind,
  requestRefund,
} from '../../../functions/payments/refund/refund.decider.ts';
import { decideReport } from '../../../functions/payments/reports/payment.decider.ts';
import type { Report } from '../../../functions/payments/reports/report.ts';
import { sumOf } from '../../support/money-law.ts';
import { answer, at, intended, refundOf } from '../../support/payments.ts';

/** A payment with all facts it has published. */
const played = (fields: Parameters<typeof intended>[0]) => {
  let payment = intended(fields);
  const facts: Fact[] = [];
  let second = 10;
  const take = (decision: Decision<Payment>): Decision<Payment> => {
    if (decision.outcome === 'happened') {
      payment = decision.state;
      facts.push(...decision.facts);
      expect(sumOf(facts)).toBe(shareOf(payment, 0).left);
    }
    return decision;
  };
  return {
    reported: (status: string, report: Partial<Report> = {}) => {
      second += 10;
      const one = answer(status, { reportedAt: at(second), ...report });
      const { effect, decision } = decideReport(one, payment, at(second));
      take(decision);
      return effect;
    },
    requested: (key: string, amount?: number) =>
      take(requestRefund({ key, amount: amount as Rupiah | undefined, reason: 'x', at: at(second) }, payment)),
    denied: (key: string) => take(refundDenied(key, 'no', at(second), payment)),
    byHand: (key: string) => take(refundByHand(key, at(second), payment)),
    paidBack: (key: string) => take(paidBack({ key, reference: 'BCA 1', by: 'operator-1', at: at(second) }, payment)),
    get payment() {
      return payment;
    },
    get refunds() {
      return payment.refunds.map(({ key, status, amount }) => [key, status, amount]);
    },
    get share() {
      const { left, returning } = shareOf(payment, 0);
      return [left, returning];
    },
  };
};
const refusal = (decision: Decision<Payment>) => (decision.outcome === 'refused' ? decision.refusal : decision.outcome);
const listing = (...refunds: Report['refunds']) => ({ refunds });

describe('a refund without an answer', () => {
  it('[ORD-3] is counted once: 40,000 lost on the way, then the rest, then the list', () => {
    const p = played({ method: 'qris' });
    p.reported('settlement');
    p.requested('r1', 40_000);
    p.requested('r2', 80_000);
    expect(p.share).toEqual([120_000, 120_000]);
    // The answer to r2 says that all is given back; r1 is not in it.
    p.reported('refund', listing(refundOf('r2', 80_000)));
    expect([p.payment.standing.status, p.share]).toEqual(['REFUNDED', [0, 0]]);
    expect(p.refunds).toEqual([
      ['r1', 'REQUESTED', 40_000],
      ['r2', 'ACCEPTED', 80_000],
    ]);
    p.reported('refund', listing(refundOf('r1', 40_000), refundOf('r2', 80_000)));
    expect(p.refunds).toEqual([
      ['r1', 'ACCEPTED', 40_000],
      ['r2', 'ACCEPTED', 80_000],
    ]);
    expect(p.share).toEqual([0, 0]);
  });

  it('[ORD-3] what is counted without a list is a total: 20,000, then 50,000', () => {
    const p = played({ method: 'gopay' });
    p.reported('settlement');
    p.reported('partial_refund', { refundAmount: rupiah(20_000) });
    p.reported('partial_refund', { refundAmount: rupiah(50_000) });
    expect(p.share).toEqual([70_000, 0]);
    expect(p.reported('partial_refund', { refundAmount: rupiah(20_000) })).toBe('noop_stale');
    p.reported('partial_refund', { refundAmount: rupiah(50_000), ...listing(refundOf('theirs', 50_000)) });
    expect([p.share, p.refunds]).toEqual([[70_000, 0], [['theirs', 'ACCEPTED', 50_000]]]);
  });

  it('[ORD-3] a refund of someone else, counted before ours was requested, is not ours', () => {
    const p = played({ method: 'gopay' });
    p.reported('settlement');
    p.reported('partial_refund', { refundAmount: rupiah(40_000) });
    p.requested('r1', 40_000);
    expect(p.share).toEqual([80_000, 40_000]);
    p.reported('partial_refund', listing(refundOf('r1', 40_000)));
    expect([p.share, p.refunds]).toEqual([[40_000, 0], [['r1', 'ACCEPTED', 40_000]]]);
  });

  it('[ORD-3] that the gateway counted and then denies was of someone else', () => {
    const p = played({ method: 'gopay' });
    p.reported('settlement');
    p.requested('r1', 40_000);
    p.reported('partial_refund', { refundAmount: rupiah(40_000) });
    expect(p.share).toEqual([80_000, 0]);
    p.denied('r1');
    expect([p.share, refusal(p.requested('r2', 80_001))]).toEqual([
      [80_000, 0],
      expect.objectContaining({ code: 'REFUND_TOO_LARGE' }),
    ]);
  });
});

describe('an open refund', () => {
  it('[ORD-4] is voided by a chargeback, and the gateway’s wrong state makes no task of it', () => {
    const p = played({ method: 'card' });
    p.reported('settlement');
    p.requested('r1');
    p.reported('chargeback');
    expect(p.refunds).toEqual([['r1', 'VOIDED', 120_000]]);
    expect(p.byHand('r1')).toEqual({ outcome: 'nothing', reason: 'known-meanwhile' });
    expect(refusal(p.paidBack('r1'))).toMatchObject({
      code: 'NOTHING_LEFT',
      message: expect.stringContaining('Do not pay it back'),
    });
    expect(p.share).toEqual([0, 0]);
  });

  it('[ORD-4] of a transfer is voided by its reversal: nobody pays it back', () => {
    const p = played({ method: 'permata_va' });
    p.reported('settlement');
    p.requested('r1');
    p.reported('deny');
    expect(p.refunds).toEqual([['r1', 'VOIDED', 120_000]]);
    expect(refusal(p.paidBack('r1'))).toMatchObject({ code: 'NOTHING_LEFT' });
    expect(remind(at(400_000), p.payment).outcome).toBe('nothing');
  });

  it('[ORD-4] is lowered by a partial chargeback, and its key stays that of the request', () => {
    const p = played({ method: 'card' });
    p.reported('settlement');
    p.requested('r1');
    p.reported('partial_chargeback', { refundAmount: rupiah(70_000) });
    expect([p.refunds, p.share]).toEqual([[['r1', 'REQUESTED', 50_000]], [50_000, 50_000]]);
    expect(p.requested('r1', 120_000)).toEqual({ outcome: 'nothing', reason: 'already-requested' });
    p.byHand('r1');
    expect(p.refunds).toEqual([['r1', 'MANUAL', 50_000]]);
    p.paidBack('r1');
    expect([p.refunds, p.share]).toEqual([[['r1', 'PAID_BACK', 50_000]], [0, 0]]);
  });

  it('[ORD-4] stored above what is left is never paid back so', () => {
    const p = played({ method: 'bca_va' });
    p.reported('settlement');
    p.requested('r1');
    const { ledger } = ownMoney(p.payment);
    const stored = { ...p.payment, ledger: { ...ledger, chargedBack: rupiah(70_000) } };
    const done = { key: 'r1', reference: 'BCA 1', by: 'operator-1', at: at(99) };
    expect(refusal(paidBack(done, stored))).toMatchObject({
      code: 'REFUND_TOO_LARGE',
      message: expect.stringContaining('Rp 50000'),
    });
    const gone = { ...stored, ledger: { ...stored.ledger, chargedBack: rupiah(120_000) } };
    expect(refusal(paidBack(done, gone))).toMatchObject({ code: 'NOTHING_LEFT' });
    expect(remind(at(400_000), gone)).toMatchObject({ state: { refunds: [{ status: 'VOIDED' }] } });
  });

  it('[ORD-3] that was paid by hand and then listed by the gateway too, went back twice', () => {
    const p = played({ method: 'gopay' });
    p.reported('settlement');
    p.requested('r1', 40_000);
    p.byHand('r1');
    p.paidBack('r1');
    p.reported('partial_refund', listing(refundOf('r1', 40_000)));
    expect([p.refunds, p.share]).toEqual([[['r1', 'PAID_BACK', 40_000]], [40_000, 0]]);
  });
});

describe('a partial chargeback', () => {
  it('[ORD-3] after another one is a total: 30,000, then 70,000', () => {
    const p = played({ method: 'card' });
    p.reported('settlement');
    const effects = [30_000, 70_000, 70_000, 30_000].map((amount) =>
      p.reported('partial_chargeback', { refundAmount: rupiah(amount) }),
    );
    expect(effects).toEqual(['record_chargeback_partial', 'record_chargeback_partial', 'noop_duplicate', 'noop_stale']);
    expect(p.share).toEqual([50_000, 0]);
    expect(refusal(p.requested('r1', 90_000))).toMatchObject({
      code: 'REFUND_TOO_LARGE',
      message: expect.stringContaining('Rp 50000'),
    });
  });
});
