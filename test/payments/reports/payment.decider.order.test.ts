/** [PAY-5] The same result comes out for every order of arrival, given what the gateway answers. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../functions/kernel/decision.ts';
import { type Method, type Payment, paymentAggregate, underlying } from '../../../functions/payments/payment.ts';
import type { Report } from '../../../functions/payments/reports/report.ts';
import { answer, at, booked, intended, refundOf, report, txB, worked } from '../../support/payments.ts';

const part = { refundAmount: 50_000, refunds: [refundOf('r1', 50_000)] } as object;
const partConfirmed = { refundAmount: 50_000, refunds: [refundOf('r1', 50_000, true)] } as object;
const whole = { refundAmount: 120_000, refunds: [refundOf('r1', 50_000, true), refundOf('r2', 70_000)] } as object;
const wholeConfirmed = {
  refundAmount: 120_000,
  refunds: [refundOf('r1', 50_000, true), refundOf('r2', 70_000, true)],
} as object;
const other = { transactionId: txB };

type History = {
  readonly name: string;
  readonly method: Method;
  readonly money: number;
  readonly reports: readonly Report[];
};
const history = (name: string, method: Method, money: number, ...reports: readonly Report[]): History => ({
  name,
  method,
  money,
  reports,
});

/** Sequences the gateway can go through (§5.2), and the money that is there at the end. */
const histories: readonly History[] = [
  history('a transfer that is paid', 'bca_va', 120_000, report('pending'), report('settlement')),
  history('a transfer that is not paid in time', 'bni_va', 0, report('pending'), report('expire')),
  history('a transfer that is cancelled', 'bri_va', 0, report('pending'), report('cancel')),
  history('a transfer that is denied', 'cimb_va', 0, report('pending'), report('deny')),
  history('a wallet that failed', 'gopay', 0, report('pending'), report('failure')),
  history('a transfer that is reversed', 'permata_va', 0, report('pending'), report('settlement'), report('deny')),
  history('a code paid after its time', 'qris', 120_000, report('pending'), report('expire'), report('settlement')),
  history('a card that is captured', 'card', 120_000, report('capture')),
  history('a card that settles', 'card', 120_000, report('pending'), report('capture'), report('settlement')),
  history('a card that is voided', 'card', 0, report('pending'), report('capture'), report('cancel')),
  history(
    'a card that passes the review',
    'card',
    120_000,
    report('capture/challenge'),
    report('capture'),
    report('settlement'),
  ),
  history('a card that does not pass the review', 'card', 0, report('capture/challenge'), report('deny')),
  history('a card without a review', 'card', 0, report('capture/challenge'), report('cancel')),
  history(
    'a card that is authorized and captured',
    'card',
    120_000,
    report('authorize'),
    report('capture'),
    report('settlement'),
  ),
  history('a card whose authorization ends', 'card', 0, report('authorize'), report('expire')),
  history(
    'a refund and its confirmation',
    'gopay',
    70_000,
    report('settlement'),
    report('partial_refund', part),
    report('partial_refund', partConfirmed),
  ),
  history(
    'a full refund',
    'qris',
    0,
    report('settlement'),
    report('partial_refund', part),
    report('refund', whole),
    report('refund', wholeConfirmed),
  ),
  history('a chargeback', 'card', 0, report('capture'), report('settlement'), report('chargeback')),
  history(
    'a second transaction after a denial',
    'card',
    120_000,
    report('pending'),
    report('deny'),
    report('pending', other),
    report('settlement', other),
  ),
  history(
    'a second transaction that expires too',
    'bca_va',
    0,
    report('pending'),
    report('expire'),
    report('pending', other),
    report('expire', other),
  ),
];

/** All orders of the events; each event is there as often as it is given. */
const orders = <T>(events: readonly T[]): readonly (readonly T[])[] =>
  events.length === 0
    ? [[]]
    : events.flatMap((event, i) => orders(events.toSpliced(i, 1)).map((rest) => [event, ...rest]));

/** What two payments must have in common; times are when the report came. */
const sameAs = ({ standing, refunds }: Payment): object => {
  const { paidAt: _, reversedAt: __, ...rest } = { paidAt: 0, reversedAt: 0, ...standing };
  return { ...rest, refunds: refunds.map(({ key, status, amount }) => ({ key, status, amount })) };
};

const truthOf = (reports: readonly Report[]): Report => {
  const last = reports.at(-1) as Report;
  const status =
    last.fraudStatus === 'accept' ? last.transactionStatus : `${last.transactionStatus}/${last.fraudStatus}`;
  return answer(status, { ...last, statusCode: answer(status).statusCode });
};

const played = (
  method: Method,
  arriving: readonly Report[],
  truth: Report,
): { readonly payment: Payment; readonly facts: readonly Fact[] } => {
  let payment = intended({ method });
  const facts: Fact[] = [];
  arriving.forEach((one, i) => {
    const now = at(60 + i);
    const result = worked(payment, { ...one, reportedAt: one.source === 'answer' ? at(0) : now }, now, () => truth);
    payment = result.payment;
    facts.push(...result.facts);
  });
  return { payment, facts };
};

describe('notifications in any order', () => {
  it.each(histories)('[PAY-5] $name: every order, every duplicate, the same result', ({ method, money, reports }) => {
    const truth = truthOf(reports);
    const expected = sameAs(played(method, reports, truth).payment);
    const variants = [reports, ...reports.map((one) => [...reports, one])];
    for (const arriving of variants.flatMap(orders)) {
      const { payment, facts } = played(method, arriving, truth);
      expect(sameAs(payment)).toEqual(expected);
      expect(booked(facts)).toBe(money);
    }
  });

  it.each(histories)('[PAY-5] $name: wherever the late answer to the charge falls', ({ method, money, reports }) => {
    const truth = truthOf(reports);
    const first = reports[0] as Report;
    const charged = answer('pending', {
      transactionId: first.transactionId,
      instructions: { vaNumber: '70000000001' },
    });
    const expected = played(method, reports, truth).payment.standing.status;
    for (const arriving of orders([...reports, charged])) {
      const { payment, facts } = played(method, arriving, truth);
      expect(payment.standing.status).toBe(expected);
      expect(booked(facts)).toBe(money);
    }
  });

  it('[PAY-5] while the gateway continues: whatever is delivered when, the money is right at the end', () => {
    const plan = fc.record({
      history: fc.constantFrom(...histories),
      // Each notification is delivered that many steps of the gateway after its event, and how often.
      delays: fc.array(fc.tuple(fc.nat(4), fc.integer({ min: 1, max: 3 })), { minLength: 4, maxLength: 4 }),
      shuffle: fc.array(fc.nat(1_000), { minLength: 12, maxLength: 12 }),
    });
    fc.assert(
      fc.property(plan, ({ history: { method, money, reports }, delays, shuffle }) => {
        let payment = intended({ method });
        const facts: Fact[] = [];
        let second = 60;
        for (let step = 0; step < reports.length + 5; step += 1) {
          const truth = truthOf(reports.slice(0, step + 1));
          const due = reports
            .flatMap((one, i) =>
              Array.from({ length: delays[i]?.[1] ?? 1 }, (__, copy) => ({
                one,
                at: i + (delays[i]?.[0] ?? 0) * (copy + 1),
                order: shuffle[(i * 3 + copy) % 12] ?? 0,
              })),
            )
            .filter((delivery) => delivery.at === step)
            .sort((a, b) => a.order - b.order);
          for (const { one } of due) {
            second += 1;
            const result = worked(payment, { ...one, reportedAt: at(second) }, at(second), () => truth);
            payment = result.payment;
            facts.push(...result.facts);
          }
        }
        second += 24 * 3_600;
        const last = worked(payment, { ...truthOf(reports), reportedAt: at(second) }, at(second), () =>
          truthOf(reports),
        );
        expect(booked([...facts, ...last.facts])).toBe(money);
      }),
      { numRuns: 2_000 },
    );
  });

  it('every standing that must be left has a planned read, and no other has one', () => {
    for (const { method, reports } of histories)
      for (let i = 0; i <= reports.length; i += 1) {
        const arriving = reports.slice(0, i);
        const { payment } = played(method, arriving, arriving.length > 0 ? truthOf(arriving) : answer('pending'));
        const standing = underlying(payment);
        const left =
          ['INTENDED', 'UNKNOWN', 'PENDING', 'AUTHORIZED', 'REVIEW'].includes(standing.status) ||
          ('settled' in standing && !standing.settled && standing.status === 'PAID');
        expect([standing.status, payment.ask !== undefined]).toEqual([standing.status, left]);
        if (left) expect(paymentAggregate.dueAt(payment)).toBeLessThanOrEqual(payment.ask?.at as number);
      }
  });
});
