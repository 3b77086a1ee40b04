/** [ORD-3][ORD-4] Whatever gateway, people and network do: facts add up to what is left, refunds stay within it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision, Fact } from '../../functions/kernel/decision.ts';
import { type Rupiah, rupiah } from '../../functions/kernel/rupiah.ts';
import type { Instant } from '../../functions/kernel/types.ts';
import { givenBack } from '../../functions/payments/payment.ledger.ts';
import { ownMoney } from '../../functions/payments/payment.money.ts';
import { shareOf } from '../../functions/payments/payment.share.ts';
import type { Payment } from '../../functions/payments/payment.ts';
import {
  paidBack,
  refundByHand,
  refundDenied,
  remind,
  requestRefund,
} from '../../functions/payments/refund/refund.decider.ts';
import { decideReport } from '../../functions/payments/reports/payment.decider.ts';
import type { Report, ReportedRefund } from '../../functions/payments/reports/report.ts';
import { mustBeBounded, sumOf } from '../support/money-law.ts';
import { answer, at, intended, report } from '../support/payments.ts';

const gross = 120_000;

/** A transaction of a card at the gateway, and what its status says. It never gives back what is not there. */
const transaction = () => {
  let status: 'settlement' | 'deny' | 'chargeback' | 'partial_chargeback' = 'settlement';
  let chargedBack = 0;
  /** After a won dispute the status is that of settled money, whatever was refunded before. */
  let isWon = false;
  const refunds: ReportedRefund[] = [];
  const refunded = () => refunds.reduce((sum, { amount }) => sum + amount, 0);
  const present = () => {
    if (status !== 'settlement') return status;
    if (isWon || refunded() === 0) return 'settlement';
    return refunded() >= gross ? 'refund' : 'partial_refund';
  };
  return {
    /** @param lists how many of its refunds the list has */
    said: (second: number, lists: number): Report => {
      const name = present();
      const isRefund = /refund$/.test(name);
      const total = name === 'partial_chargeback' ? chargedBack : refunded();
      return answer(name, {
        reportedAt: at(second),
        ...(isRefund || name === 'partial_chargeback' ? { refundAmount: rupiah(total) } : {}),
        refunds: isRefund ? refunds.slice(0, lists) : [],
      });
    },
    refund: (key: string, amount: number): boolean => {
      if (status !== 'settlement' || refunded() + amount > gross || refunds.some((one) => one.key === key))
        return false;
      refunds.push({ key, amount: rupiah(amount), reason: 'x', confirmed: false });
      isWon = false;
      return true;
    },
    chargeBack: (amount: number): void => {
      if (status === 'deny' || present() === 'refund') return;
      chargedBack = Math.min(gross, chargedBack + amount);
      isWon = false;
      status = chargedBack === gross ? 'chargeback' : 'partial_chargeback';
    },
    win: (): void => {
      if (chargedBack === 0) return;
      [status, chargedBack, isWon] = ['settlement', 0, true];
    },
    reverse: (): void => {
      if (status === 'settlement' && refunded() === 0 && !isWon) status = 'deny';
    },
    truth: () => ({ refunded: refunded(), chargedBack, isWon, isReversed: status === 'deny' }),
  };
};

const step = fc.tuple(
  fc.constantFrom(
    ...([
      'read',
      'read',
      'read',
      'late',
      'request',
      'send',
      'deny',
      'by-hand',
      'pay-back',
      'remind',
      'theirs',
    ] as const),
    ...(['charge-back', 'win', 'reverse', 'notified'] as const),
  ),
  fc.nat(7),
  fc.integer({ min: 1, max: 9 }),
);

/** One life of a payment, checked after every write. */
const lived = (steps: readonly (readonly [string, number, number])[]) => {
  const gateway = transaction();
  let payment = intended({ method: 'card' });
  const facts: Fact[] = [];
  const said: Report[] = [];
  let second = 60;
  const now = (): Instant => at(second);
  const take = (decision: Decision<Payment>): void => {
    if (decision.outcome !== 'happened') return;
    payment = decision.state;
    facts.push(...decision.facts);
    expect(sumOf(facts)).toBe(shareOf(payment, 0).left);
    mustBeBounded(payment);
  };
  const keyAt = (i: number) => payment.refunds[i % Math.max(1, payment.refunds.length)]?.key ?? 'none';
  const read = (lists = 9): void => {
    const one = gateway.said(second, lists);
    said.push(one);
    take(decideReport(one, payment, now()).decision);
  };
  read();
  for (const [what, i, n] of steps) {
    second += 10;
    const amount = rupiah(n * 15_000) as Rupiah;
    const late = said[i % said.length] as Report;
    const open = payment.refunds[i % Math.max(1, payment.refunds.length)];
    if (what === 'read') read(i);
    if (what === 'late') take(decideReport(late, payment, now()).decision);
    if (what === 'notified') take(decideReport(report('deny', { reportedAt: now() }), payment, now()).decision);
    if (what === 'request') take(requestRefund({ key: `r${second}`, amount, reason: 'x', at: now() }, payment));
    if (what === 'send' && open?.status === 'REQUESTED') gateway.refund(open.key, open.amount);
    // The gateway refuses for good only what it has not taken.
    if (what === 'deny' && open && !gateway.said(second, 9).refunds.some(({ key }) => key === open.key))
      take(refundDenied(open.key, 'no', now(), payment));
    if (what === 'by-hand') take(refundByHand(keyAt(i), now(), payment));
    if (what === 'pay-back')
      take(paidBack({ key: keyAt(i), reference: 'BCA 1', by: 'operator-1', at: now() }, payment));
    if (what === 'remind') take(remind(at(second + 10 * 86_400), payment));
    if (what === 'theirs') gateway.refund(`theirs-${second}`, amount);
    if (what === 'charge-back') gateway.chargeBack(amount);
    if (what === 'win') {
      // Its notification is read: only the status of settled money shows it.
      gateway.win();
      read();
    }
    if (what === 'reverse') gateway.reverse();
  }
  second += 10;
  read();
  return { payment, gateway, facts };
};

describe('a payment', () => {
  it('[ORD-3][ORD-4] adds up after every write, and never pays back what is gone', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { payment, gateway } = lived(steps);
        const { refunded, chargedBack, isWon, isReversed } = gateway.truth();
        const { standing } = payment;
        const { ledger } = ownMoney(payment);
        expect(standing.status === 'REVERSED').toBe(isReversed);
        expect([ledger.chargedBack, ledger.received]).toEqual([isReversed ? ledger.chargedBack : chargedBack, gross]);
        // A dispute hides the refunds before it: what was read of them is kept.
        if (!isReversed && !isWon && chargedBack === 0) {
          const byHand = payment.refunds.filter(({ status }) => status === 'PAID_BACK');
          const expected = byHand.reduce((sum, { amount }) => sum + amount, refunded);
          expect(givenBack(ownMoney(payment))).toBe(expected);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('[PAY-5][ORD-3] has the same ledger and status when what was said is applied in another order', () => {
    const columns = (payment: Payment) => {
      const { received, counted, chargedBack, reversed } = ownMoney(payment).ledger;
      return [payment.standing.status, { received, counted, chargedBack, reversed }];
    };
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), fc.infiniteStream(fc.nat()), (steps, chance) => {
        const reads = steps.filter(([what]) => /read|theirs|charge-back|win|reverse/.test(what));
        const said: Report[] = [];
        const gateway = transaction();
        reads.forEach(([what, , n], i) => {
          // No refund follows a dispute (docs/midtrans.md §5.2): its status would hide how the dispute ended.
          const isDisputed = said.some(({ transactionStatus }) => transactionStatus.endsWith('chargeback'));
          if (what === 'theirs' && !isDisputed) gateway.refund(`theirs-${i}`, n * 15_000);
          // Of a second dispute the total begins again: it follows the settlement that ended the first.
          if (what === 'charge-back' && !gateway.truth().isWon) gateway.chargeBack(n * 15_000);
          if (what === 'win') gateway.win();
          if (what === 'reverse') gateway.reverse();
          said.push(gateway.said(60 + i * 10, 9));
        });
        const last = gateway.said(1_000, 9);
        const shuffled = said
          .map((one) => ({ one, by: Number(chance.next().value) }))
          .sort((a, b) => a.by - b.by)
          .map(({ one }) => one);
        const decided = (one: Report, payment: Payment, claim?: Report): Payment => {
          const { effect, decision } = decideReport(one, payment, one.reportedAt, claim);
          if (effect === 'verify_with_get_status' && !claim) return decided(last, payment, one);
          return decision.outcome === 'happened' ? decision.state : payment;
        };
        const applied = (all: readonly Report[]): Payment =>
          [...all, last].reduce((payment, one) => decided(one, payment), intended({ method: 'card' }));
        const [inOrder, anyOrder] = [applied(said), applied(shuffled)];
        expect(columns(anyOrder)).toEqual(columns(inOrder));
      }),
      { numRuns: 1_000 },
    );
  });
});
