/** The log lines of payments that operators and alarms rely on, whole. */
import { describe, expect, it } from 'vitest';
import { charge } from '../../functions/payments/commands.ts';
import { bodyOf, error, type Fault } from '../support/gateway.ts';
import { logLines } from '../support/log.ts';
import { orderId, ref, report, rider } from '../support/payments.ts';
import { operator, paymentsApi } from '../support/payments-api.ts';
import { charged, intended, world } from '../support/payments-world.ts';

const lines = logLines();
const ids = { orderId, paymentRef: ref };
const request = { orderId, riderId: rider, method: 'gopay', fingerprint: 'body-1' } as const;

describe('a notification', () => {
  it('that is joined has a line with its attempt, effect and lag, after the line of its report', async () => {
    const w = world();
    await intended(w);
    await charged(w);
    await w.notified(w.gateway.moves(ref, 'settlement'));
    expect(lines.all()).toEqual([
      {
        level: 'INFO',
        message: 'Decided',
        orderId,
        command: 'take-payment',
        outcome: 'happened',
        status: 'PAID',
        OrderPaid: 1,
      },
      {
        level: 'INFO',
        message: 'Report applied',
        ...ids,
        source: 'answer',
        reported: 'settlement',
        effect: 'mark_paid',
        why: undefined,
        verified: true,
        status: 'PAID',
        PaymentSettled: 1,
      },
      {
        level: 'INFO',
        message: 'Notification joined',
        ...ids,
        attempt: 1,
        effect: 'mark_paid',
        outcome: 'happened',
        WebhookFound1: 1,
        WebhookLag: 0,
      },
    ]);
  });

  it.each([
    [2, 'WebhookFound2'],
    [3, 'WebhookFound3'],
    [4, 'WebhookFoundMore'],
    [5, 'WebhookFoundMore'],
  ])('found on look %i counts as %s', async (attempt, metric) => {
    const w = world();
    await intended(w);
    await charged(w);
    const body = w.gateway.moves(ref, 'settlement');
    await w.deps.early.park({ ref, body, receivedAt: w.now(), id: 'm', attempts: attempt - 1, dueAt: w.now() });
    w.pass(2);
    await w.woken(w.earlyWake());
    expect(lines.named('Notification joined')).toMatchObject([{ attempt, [metric]: 1, WebhookLag: 2_000 }]);
  });

  it('that waits for its payment, and one that is orphaned, have their lines', async () => {
    const w = world();
    const body = bodyOf(report('settlement'), ref);
    await w.notified(body);
    const [{ id, receivedAt }] = w.items('EARLY#') as unknown as [{ id: string; receivedAt: ReturnType<typeof w.now> }];
    await w.deps.early.park({ ref, body, receivedAt, id, attempts: 9, dueAt: w.now() });
    await w.woken(w.earlyWake());
    expect(lines.all().filter(({ message }) => message !== 'Parked')).toEqual([
      { level: 'INFO', message: 'Notification parked', ...ids, outcome: 'parked', WebhookEarly: 1 },
      {
        level: 'WARN',
        message: 'Notification orphaned',
        ...ids,
        reported: 'settlement',
        known: 'the gateway answers not-found',
        WebhookOrphan: 1,
      },
    ]);
  });

  it('of no order of ours is acknowledged in a warning', async () => {
    await world().notified(bodyOf(report('settlement'), 'INV-7001'));
    expect(lines.all()).toEqual([
      {
        level: 'WARN',
        message: 'Notification acknowledged',
        outcome: 'nothing',
        effect: 'ack_unknown_order',
        WebhookForeign: 1,
      },
    ]);
  });
});

describe('a charge', () => {
  it('that the gateway refuses is a warning with its code and the reason, cut to 200 characters', async () => {
    const w = world();
    w.gateway.fails('charge', error('402', 'x'.repeat(300)));
    await charge(w.deps, request);
    expect(lines.all()).toEqual([
      {
        level: 'WARN',
        message: 'Charge refused',
        paymentRef: ref,
        code: '402',
        reason: 'x'.repeat(200),
        ChargeRefused: 1,
      },
    ]);
  });

  it('with a wrong amount has the code 414', async () => {
    const w = world();
    w.gateway.fails('charge', error('414'));
    await charge(w.deps, request);
    expect(lines.named('Charge refused')).toMatchObject([{ code: '414', ChargeRefused: 1 }]);
    expect((await w.payment(ref)).standing).toMatchObject({ status: 'FAILED', reason: 'gateway-414' });
  });

  it.each<[Fault, string]>([
    ['no-answer', 'time-out'],
    [error('404'), 'not-found'],
    [error('412'), 'wrong-state'],
  ])('with an unclear answer (%s) is a warning with the reason', async (fault, reason) => {
    const w = world();
    w.gateway.fails('charge', fault);
    await charge(w.deps, request);
    expect(lines.named('Charge unknown')).toEqual([
      { level: 'WARN', message: 'Charge unknown', paymentRef: ref, reason, ChargeUnknown: 1 },
    ]);
    expect((await w.payment(ref)).standing).toMatchObject({ status: 'UNKNOWN', reason });
  });
});

describe('a deadline', () => {
  it('has a line with how late it is and how long the payment has been pending', async () => {
    const w = world();
    await charge(w.deps, request);
    const dueAt = w.now();
    w.pass(301);
    await w.woken({ pk: `ORDER#${orderId}`, sk: `PAYMENT#${ref.slice(-10)}`, dueAt });
    expect(lines.named('Payment woken')).toEqual([
      {
        level: 'INFO',
        message: 'Payment woken',
        ...ids,
        status: 'PENDING',
        outcome: 'polled',
        DeadlineLate: 301_000,
        PendingAge: 301,
      },
    ]);
  });

  it('that comes too early counts nothing', async () => {
    const w = world();
    await charge(w.deps, request);
    await w.wokenAfter(ref, 1);
    expect(lines.named('Payment woken')).toEqual([
      { level: 'INFO', message: 'Payment woken', ...ids, status: 'PENDING', outcome: 'early' },
    ]);
  });

  it('of a payment that is not pending has no pending age', async () => {
    const w = world();
    w.gateway.fails('charge', 'no-answer');
    await charge(w.deps, request);
    await w.wokenAfter(ref, 5);
    expect(lines.named('Payment woken')).toEqual([
      { level: 'INFO', message: 'Payment woken', ...ids, status: 'UNKNOWN', outcome: 'polled', DeadlineLate: 0 },
    ]);
  });

  it('of no payment is parked, and of a payment that is gone does nothing', async () => {
    const w = world();
    await w.woken({ pk: `ORDER#${orderId}`, sk: 'PAYMENT#1', dueAt: w.now() });
    await w.wokenAfter(ref);
    expect(w.parked()).toMatchObject([
      {
        reason: `no payment, order or early notification has this key; sk: ORDER#${orderId} PAYMENT#1 is unknown`,
      },
    ]);
    expect(lines.named('Payment woken')).toEqual([]);
  });
});

describe('a command over HTTP', () => {
  it('has a line with its outcome, and counts what happened only', async () => {
    const api = paymentsApi();
    await api.finished();
    await api.pay({ method: 'gopay' }, 'k1');
    await api.pay({ method: 'gopay' }, 'k1');
    await api.ask('POST /payments/{ref}/check', { params: { ref } });
    await api.ask('POST /payments/{ref}/refund', {
      params: { ref },
      body: { reason: 'x' },
      headers: { 'idempotency-key': 'r1' },
      ...operator,
    });
    const decided = { level: 'INFO', message: 'Decided', ...ids };
    const pending = { ...decided, status: 'PENDING' };
    expect(lines.named('Decided').slice(-4)).toEqual([
      { ...pending, command: 'charge', outcome: 'charged', method: 'gopay', PaymentCharged: 1 },
      { ...pending, command: 'charge', outcome: 'repeated', method: 'gopay' },
      { ...pending, command: 'check', outcome: 'applied' },
      { ...pending, command: 'refund', outcome: 'refused', code: 'NOT_PAID', reason: undefined },
    ]);
  });
});
