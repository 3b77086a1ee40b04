/** [PAY-11] How a report is applied: what is read and how often, the log line, the counts, the line of the sync log. */
import { describe, expect, it } from 'vitest';
import { rupiah } from '../../../functions/kernel/rupiah.ts';
import { after as later } from '../../../functions/kernel/types.ts';
import { charge } from '../../../functions/payments/commands.ts';
import type { Answer } from '../../../functions/payments/gateway/read-answer.ts';
import type { Method } from '../../../functions/payments/payment.ts';
import { applyReport } from '../../../functions/payments/reports/apply-report.ts';
import type { Report } from '../../../functions/payments/reports/report.ts';
import { bodyOf } from '../../support/gateway.ts';
import { logLines } from '../../support/log.ts';
import { answer, at, orderId, ref, refundOf, report, rider } from '../../support/payments.ts';
import { type World, world } from '../../support/payments-world.ts';

const lines = logLines();
const tx1 = { transactionId: 'tx-1' };
const account = { bank: 'bca', vaNumber: '70000000001' };

const pending = async (method: Method = 'bca_va'): Promise<World> => {
  const w = world();
  await charge(w.deps, { orderId, riderId: rider, amount: rupiah(120_000), method, fingerprint: 'body-1' });
  w.pass(10);
  return w;
};
const paid = async (method: Method = 'bca_va'): Promise<World> => {
  const w = await pending(method);
  await applyReport(w.deps, ref, answer('settlement', { ...tx1, reportedAt: w.now() }));
  w.pass(10);
  return w;
};

/** Applies a report while the gateway answers these statuses, the last one again and again. */
const applying = async (w: World, first: Report, answers: readonly Answer[], readMs = 0) => {
  const read: (string | undefined)[] = [];
  const status = async (_: string, id?: string): Promise<Answer> => {
    const next = answers[Math.min(read.length, answers.length - 1)];
    read.push(id);
    w.pass(readMs / 1_000);
    if (!next) throw new Error('the status is not read');
    return next;
  };
  const gateway = { ...w.deps.gateway, status };
  const applied = await applyReport({ ...w.deps, gateway }, ref, { ...first, reportedAt: w.now() });
  return { applied, read, line: lines.named('Report applied').at(-1) };
};
const answered = (status: string, fields: Partial<Report> = {}): Answer => ({
  outcome: 'report',
  report: answer(status, { ...tx1, reportedAt: at(60), ...fields }),
});
/** Older than what is known: it contradicts, and the status is read again. */
const older = answered('deny', { reportedAt: at(-60) });

describe('a notification that shows another account number', () => {
  it('[PAY-11] changes nothing, is counted, and says so in its line', async () => {
    const w = await pending();
    const before = await w.payment(ref);
    const body = bodyOf(report('pending', tx1), ref).replace(/}$/, ',"va_numbers":[{"bank":"bca","va_number":"6"}]}');
    await w.notified(body, 'replayed');
    expect(await w.payment(ref)).toEqual(before);
    expect(w.syncLines()).toMatchObject([
      { verified: true, why: 'instructions the gateway does not confirm: vaNumber' },
    ]);
    expect(lines.metric('InstructionsMismatch')).toEqual([1]);
  });

  it('names each field', async () => {
    const w = await pending();
    const instructions = { bank: 'bni', vaNumber: '6' };
    const { applied } = await applying(w, report('pending', { ...tx1, instructions }), [
      answered('pending', { instructions: account }),
    ]);
    expect(applied).toMatchObject({
      why: 'instructions the gateway does not confirm: bank, vaNumber',
      mismatched: ['bank', 'vaNumber'],
    });
  });

  it('that was the gateway’s own before this one is no mismatch', async () => {
    const w = await pending();
    const instructions = { ...account, expiresAt: at(99) };
    const { applied, line } = await applying(w, report('pending', { ...tx1, instructions }), [
      answered('pending', { instructions: { ...account, vaNumber: '70000000042' } }),
    ]);
    expect(applied).toMatchObject({ effect: 'mark_pending', verified: true });
    expect([applied?.why, applied?.mismatched]).toEqual([undefined, undefined]);
    expect(line).not.toHaveProperty('InstructionsMismatch');
  });
});

describe('a report', () => {
  it('of no payment does nothing and has no line', async () => {
    const w = world();
    expect((await applying(w, report('settlement'), [])).applied).toBeUndefined();
    expect((await applying(w, answer('settlement'), [])).applied).toBeUndefined();
    expect(lines.all()).toEqual([]);
  });

  it('[PAY-11] notified of a failure is applied without a read', async () => {
    const { applied, read, line } = await applying(await pending(), report('deny', tx1), []);
    expect([read, applied?.effect, applied?.verified, applied?.why]).toEqual([[], 'mark_denied', false, undefined]);
    expect(line).toEqual({
      level: 'INFO',
      message: 'Report applied',
      orderId,
      paymentRef: ref,
      source: 'notification',
      reported: 'deny',
      effect: 'mark_denied',
      why: undefined,
      verified: false,
      status: 'DENIED',
    });
  });

  it('[PAY-11] that the gateway does not confirm yet is read again soon', async () => {
    const w = await pending();
    const { applied, line } = await applying(w, report('settlement', tx1), [
      answered('pending', { instructions: account }),
    ]);
    expect(applied).toMatchObject({ effect: 'noop_duplicate', verified: true });
    expect(line).toMatchObject({
      source: 'answer',
      reported: 'pending',
      why: 'the gateway does not confirm it yet; its status is read again soon',
    });
    expect(line).not.toHaveProperty('InstructionsMismatch');
    expect((await w.payment(ref)).recheck).toEqual({ at: later(w.now(), 2_000), count: 0 });
  });

  it('is named with at most 30 characters of its status', async () => {
    const first = report('x'.repeat(40), tx1);
    const { line } = await applying(await pending(), first, [{ outcome: 'unknown', reason: 'time-out' }]);
    expect(line).toMatchObject({ reported: 'x'.repeat(30) });
  });
});

describe('answers that contradict each other', () => {
  it('are read three times, then the payment is left to its deadline', async () => {
    const w = await paid();
    const { read, applied, line } = await applying(w, report('deny', tx1), [older]);
    expect(read).toEqual([ref, ref, ref]);
    expect(applied).toMatchObject({ effect: 'verify_with_get_status', verified: true });
    expect(line).toMatchObject({
      source: 'notification',
      effect: 'verify_with_get_status',
      why: 'the answers contradict each other',
      status: 'PAID',
    });
    expect((await w.payment(ref)).recheck).toEqual({ at: later(w.now(), 2_000), count: 0 });
  });

  it('are read no more once 8 s are over', async () => {
    const slow = async (readMs: number) => (await applying(await paid(), report('deny', tx1), [older], readMs)).read;
    expect(await slow(8_001)).toHaveLength(1);
    expect(await slow(8_000)).toHaveLength(2);
    expect(await slow(4_000)).toHaveLength(3);
  });

  it('end with the first that is newer', async () => {
    const { read, applied } = await applying(await paid(), report('deny', tx1), [older, answered('deny')]);
    expect([read.length, applied?.effect, applied?.verified]).toEqual([2, 'reverse_payment', true]);
  });

  it('of which the first is an answer too leave no claim', async () => {
    const w = await paid();
    const first = { ...answer('deny', tx1), reportedAt: at(-60) };
    const status = async (): Promise<Answer> => answered('settlement');
    const applied = await applyReport({ ...w.deps, gateway: { ...w.deps.gateway, status } }, ref, first);
    expect([applied?.effect, applied?.verified, applied?.why]).toEqual(['noop_duplicate', true, undefined]);
    expect((await w.payment(ref)).recheck).toBeUndefined();
  });
});

describe('a status that cannot be read', () => {
  it.each<[Answer, string, boolean]>([
    [{ outcome: 'unknown', reason: 'time-out' }, 'time-out', false],
    [{ outcome: 'not-found' }, 'not-found', true],
    [{ outcome: 'conflict' } as Answer, 'conflict', false],
  ])('(%o) is postponed', async (status, why, verified) => {
    const w = await pending();
    const { applied, line } = await applying(w, report('settlement', tx1), [status]);
    expect(applied).toMatchObject({ why, verified });
    expect(line).toMatchObject({ source: 'notification', reported: 'settlement', why, verified });
    expect((await w.payment(ref)).recheck).toEqual({ at: later(w.now(), 2_000), count: 0 });
  });

  it('is read again soon after a notification, even when a read was due anyway', async () => {
    const w = await pending();
    w.pass(86_400);
    await applying(w, report('settlement', tx1), [{ outcome: 'unknown', reason: 'time-out' }]);
    const payment = await w.payment(ref);
    expect([payment.recheck, payment.ask?.count]).toEqual([{ at: later(w.now(), 2_000), count: 0 }, 1]);
  });
});

describe('the id that is read', () => {
  const idRead = async (w: World, first: Report) =>
    (await applying(w, first, [{ outcome: 'unknown', reason: 'time-out' }])).read;
  const second = (transactionId: string) => report('settlement', { transactionId });

  it.each([
    ['tx-2', 'tx-2'],
    ['x'.repeat(64), 'x'.repeat(64)],
    ['x'.repeat(65), ref],
    ['../tx-2', ref],
    ['tx-2/..', ref],
  ])('of a second paid transaction %s is %s', async (transactionId, expected) => {
    expect(await idRead(await paid(), second(transactionId))).toEqual([expected]);
  });

  it('[ORD-4] is that of a second transaction whose money is known, when it failed', async () => {
    const w = await paid();
    const both = answer('settlement', { transactionId: 'tx-2', reportedAt: w.now() });
    await applyReport(w.deps, ref, both);
    w.pass(10);
    expect(await idRead(w, report('deny', { transactionId: 'tx-2' }))).toEqual(['tx-2']);
  });

  it('is that of the gateway order else', async () => {
    expect(await idRead(await pending(), second('tx-2'))).toEqual([ref]);
    expect(await idRead(await paid(), report('refund', tx1))).toEqual([ref]);
    expect(await idRead(await paid(), report('partial_settlement', { transactionId: 'tx-2' }))).toEqual([ref]);
  });
});

describe('the counts of a report', () => {
  const counted = async (w: World, first: Report): Promise<readonly string[]> => {
    const { line } = await applying(w, first, []);
    const names = ['PaymentSettled', 'PaymentHeld', 'PaymentReversed', 'ChargebackRecorded', 'PaidTwice'];
    return names.filter((name) => line?.[name] === 1);
  };
  const part = { ...tx1, refundAmount: rupiah(20_000), refunds: [refundOf('r1', 20_000)] };

  it.each<[string, () => Promise<World>, Report, readonly string[]]>([
    ['money', pending, answer('settlement', tx1), ['PaymentSettled']],
    ['another amount', pending, answer('settlement', { ...tx1, grossAmount: '5.00' }), ['PaymentHeld']],
    ['a chargeback without amount', paid, answer('partial_chargeback', tx1), ['PaymentHeld']],
    ['a reversal', paid, answer('deny', tx1), ['PaymentReversed']],
    ['a chargeback', paid, answer('chargeback', tx1), ['ChargebackRecorded']],
    ['a charged back payment', pending, answer('chargeback', tx1), ['PaymentSettled', 'ChargebackRecorded']],
    ['a second payment', paid, answer('settlement', { transactionId: 'tx-2' }), ['PaidTwice']],
    ['a refund', paid, answer('partial_refund', part), []],
    ['a review', () => pending('qris'), answer('capture/challenge', tx1), []],
    ['nothing new', paid, answer('settlement', tx1), []],
  ])('of %s', async (_, before, first, names) => {
    expect(await counted(await before(), first)).toEqual(names);
  });
});
