/** [ORD-3] Payments stored before November 2026, frozen: each can be read, and every command on it behaves. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rupiah } from '../../functions/kernel/rupiah.ts';
import { after, type Instant } from '../../functions/kernel/types.ts';
import { emptyLedger } from '../../functions/payments/payment.ledger.ts';
import { shareOf } from '../../functions/payments/payment.share.ts';
import {
  type Payment,
  paymentAggregate,
  paymentRef,
  transactionOf,
  underlying,
} from '../../functions/payments/payment.ts';
import { upgraded } from '../../functions/payments/payment.upgrade.ts';
import { paidBack, remind, requestRefund } from '../../functions/payments/refund/refund.decider.ts';
import { decideReport, release } from '../../functions/payments/reports/payment.decider.ts';
import type { Item } from '../../functions/platform/dynamo.ts';
import { itemOf, stored } from '../../functions/platform/item.ts';
import { mustBeBounded, sumOf } from '../support/money-law.ts';
import { answer, at, given, txB } from '../support/payments.ts';

const folder = join(import.meta.dirname, '../samples/payments');
const samples = globSync('payment-*.json', { cwd: folder }).map((file) => {
  const item: Item = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  return [basename(file, '.json').replace(/^payment-/, ''), item] as const;
});
const read = (item: Item): Payment => stored(paymentAggregate, item).state as Payment;
const sample = (name: string): Payment => read(new Map(samples).get(name) as Item);

/** What is left and what of it is promised, by hand: 87,000 or, of one, 62,000 were paid. */
const money: Readonly<Record<string, readonly [left: number, returning: number]>> = {
  'charged-back': [0, 0],
  'held-amount-paid-without-outbox': [0, 0],
  paid: [62_000, 0],
  'paid-manual': [87_000, 87_000],
  'paid-manual-without-outbox': [87_000, 87_000],
  'paid-requested': [87_000, 87_000],
  'paid-requested-requested': [87_000, 80_000],
  'paid-without-outbox': [87_000, 0],
  'partially-charged-back': [57_000, 0],
  'partially-refunded-accepted': [67_000, 0],
  'partially-refunded-accepted-accepted': [7_000, 0],
  'partially-refunded-accepted-requested': [47_000, 40_000],
  'partially-refunded-confirmed': [67_000, 0],
  'partially-refunded-confirmed-confirmed': [7_000, 0],
  'partially-refunded-confirmed-requested': [67_000, 67_000],
};

const statuses = ['pending', 'capture', 'settlement', 'deny', 'cancel', 'expire', 'refund', 'chargeback'] as const;

describe('a stored payment', () => {
  it.each(samples)('%s has its status and its money', (name, item) => {
    const payment = read(item);
    const status = payment.standing.status.toLowerCase().replaceAll('_', '-');
    const { left, returning } = shareOf(payment, 0);
    expect(name.startsWith(status)).toBe(true);
    expect([left, returning]).toEqual(money[name] ?? [0, 0]);
    expect(underlying(payment)).not.toHaveProperty('chargedBack');
    mustBeBounded(payment);
  });

  it.each(samples)('%s takes every report and every command, and its facts are what they change', (_, item) => {
    const payment = read(item);
    const { amount, merchantId = '' } = payment;
    const now = after(payment.heardAt, 10 * 86_400_000);
    const known = 'transactionId' in payment.standing ? (payment.standing.transactionId ?? 'tx-1') : 'tx-1';
    const reports = statuses.flatMap((status) =>
      [known, txB].map((transactionId) =>
        answer(status, { transactionId, merchantId, grossAmount: `${amount}.00`, amount, reportedAt: now }),
      ),
    );
    const keys = payment.refunds.map(({ key }) => key);
    const decisions = [
      ...reports.flatMap((one) => [decideReport, release].map((rule) => rule(one, payment, now).decision)),
      requestRefund({ key: 'new', reason: 'x', at: now }, payment),
      ...keys.map((key) => paidBack({ key, reference: 'BCA 1', by: 'operator-1', at: now }, payment)),
      remind(now, payment),
    ];
    for (const decision of decisions) {
      if (decision.outcome !== 'happened') continue;
      const { state, facts } = decision;
      expect(sumOf(facts)).toBe(shareOf(state, 0).left - shareOf(payment, 0).left);
      mustBeBounded(state);
      const again = itemOf(paymentRef(payment.ref), decision, 9);
      expect([again.schema?.N, read(again)]).toEqual(['2', JSON.parse(JSON.stringify(state))]);
    }
  });
});

describe('what the gateway had counted without listing it', () => {
  const entry = (key: string, amount: number, status: string) => ({
    ...{ key, amount, status, reason: 'not listed by the gateway', requestedAt: at(60) },
  });
  const former = (...refunds: readonly object[]): Payment => {
    const { ledger: _, ...payment } = given({ method: 'gopay' }, answer('settlement'));
    return upgraded({ ...payment, standing: { ...payment.standing, status: 'REFUNDED', chargedBack: 0 }, refunds });
  };

  it('is the larger total, not the sum of totals', () => {
    const payment = former(entry('unlisted-20000', 20_000, 'ACCEPTED'), entry('unlisted-50000', 50_000, 'ACCEPTED'));
    expect([payment.ledger?.counted, payment.refunds, shareOf(payment, 0).left]).toEqual([50_000, [], 70_000]);
  });

  it('is in the refunds that are listed', () => {
    const payment = former(
      entry('rf-1', 40_000, 'ACCEPTED'),
      entry('rf-2', 80_000, 'ACCEPTED'),
      entry('unlisted-120000', 40_000, 'ACCEPTED'),
    );
    expect([payment.ledger?.counted, payment.refunds.length, shareOf(payment, 0).left]).toEqual([120_000, 2, 0]);
  });

  it('is no column of a payment without money', () => {
    const { ledger: _, ...waiting } = given({}, answer('pending'));
    expect(upgraded(waiting)).not.toHaveProperty('ledger');
  });
});

describe('what was charged back after a refund', () => {
  it('was the rest, and is all of it', () => {
    const { ledger: _, ...payment } = given({ method: 'card' }, answer('settlement'));
    const refunds = [{ key: 'rf-1', amount: 20_000, reason: 'x', status: 'ACCEPTED', requestedAt: at(60) }];
    const standing = { ...payment.standing, status: 'CHARGED_BACK', chargedBack: 100_000 };
    const read = upgraded({ ...payment, standing, refunds });
    expect(shareOf(read, 0).left).toBe(0);
    const again = decideReport(answer('refund', { reportedAt: at(90) }), read, at(90)).decision;
    expect(again).toMatchObject({ state: { standing: { status: 'CHARGED_BACK' } } });
  });
});

describe('a second transaction', () => {
  it('had brought the same amount', () => {
    const {
      ledger: _,
      others: __,
      ...payment
    } = given({}, answer('settlement'), answer('settlement', { transactionId: txB }));
    const read = upgraded({ ...payment, standing: { ...payment.standing, chargedBack: 0 } });
    expect(read.others).toEqual({ [txB]: { ...emptyLedger, received: rupiah(120_000) } });
    const gone = decideReport(answer('refund', { transactionId: txB, reportedAt: at(90) }), read, at(90) as Instant);
    expect(gone.decision).toMatchObject({ state: { refunds: [{ of: txB, status: 'VOIDED' }] } });
  });
});

describe('a payment held before', () => {
  it('is released with what it had published', () => {
    const payment = sample('held-amount-paid-without-outbox');
    const { merchantId = '', amount } = payment;
    const transactionId = transactionOf(underlying(payment)) ?? '';
    const report = answer('settlement', { transactionId, merchantId, grossAmount: `${amount}.00`, amount });
    const freed = release({ ...report, reportedAt: payment.heardAt }, payment, payment.heardAt).decision;
    expect(freed).toMatchObject({ state: { standing: { status: 'PAID' } }, facts: [{ type: 'payment.settled' }] });
  });
});
