/** [PAY-4][PAY-6] A notification and its payment, whichever comes first. */
import { describe, expect, it } from 'vitest';
import { intend } from '../../functions/payments/charge/charge.decider.ts';
import { earlyDeadline, join, joinEarly } from '../../functions/payments/notifications/join-notification.ts';
import { keptMessage, webhookWorker } from '../../functions/payments/notifications/notifications.worker.ts';
import { paymentRef } from '../../functions/payments/payment.ts';
import { queueWorker } from '../../functions/platform/queue-worker.ts';
import { bodyOf } from '../support/gateway.ts';
import { logLines } from '../support/log.ts';
import { answer, intent, orderId, ref, report, start } from '../support/payments.ts';
import { type World, world } from '../support/payments-world.ts';
import { delivered } from '../support/queue.ts';

const lines = logLines();

/** The intent is written and the gateway has charged, as after the first half of a charge. */
const intended = async ({ deps }: World): Promise<void> => {
  await deps.store.create(paymentRef(ref), intend(intent()));
};
const charged = async ({ deps }: World): Promise<void> => {
  await deps.gateway.charge({ ref, method: 'bca_va', amount: intent().amount });
};
const notice = (world: World, body: string, id = 'message-1') => ({ ref, body, receivedAt: world.now(), id });
const dueKey = (world: World) => {
  const [early] = world.items('EARLY#');
  return { pk: String(early?.pk), sk: String(early?.sk), dueAt: Number(early?.dueAt) };
};

describe('a notification whose payment is there', () => {
  it('is joined on the first look, and the gateway is asked before the money counts', async () => {
    const w = world();
    await intended(w);
    await charged(w);
    await join(w.deps, notice(w, w.gateway.moves(ref, 'settlement')));
    expect((await w.payment(ref)).standing).toMatchObject({ status: 'PAID', settled: true });
    expect(w.gateway.calls).toEqual([`charge ${ref}`, `status ${ref}`]);
    expect(w.syncLines()).toMatchObject([
      { kind: 'webhook', paymentRef: ref, attempt: 1, tookMs: 0, effect: 'mark_paid', verified: true, status: 'PAID' },
    ]);
    expect(lines.metric('WebhookFound1')).toEqual([1]);
  });

  it('[PAY-11] that says paid while the gateway does not is not believed, and asked about again soon', async () => {
    const w = world();
    await intended(w);
    await charged(w);
    await join(w.deps, notice(w, bodyOf(report('settlement', { transactionId: 'tx-1' }), ref)));
    expect(await w.payment(ref)).toMatchObject({
      standing: { status: 'PENDING' },
      recheck: { at: start + 2_000, count: 0 },
    });
    const why = 'the gateway does not confirm it; asked again soon';
    expect(w.syncLines()).toMatchObject([{ effect: 'mark_pending', why, verified: true, status: 'PENDING' }]);
  });

  it.each([
    ['quickly', 1, 3, 8],
    ['slowly', 8.5, 1, 10.5],
  ])(
    '[PAY-11] is kept for a question soon when the gateway contradicts itself %s',
    async (_, seconds, asked, again) => {
      const w = world();
      await intended(w);
      await charged(w);
      const body = w.gateway.moves(ref, 'settlement');
      const nonsense = { outcome: 'report', report: answer('partial_settlement', { transactionId: 'tx-1' }) } as const;
      for (let i = 0; i < 4; i += 1) w.gateway.fails('status', nonsense);
      w.gateway.during(async (call) => {
        if (call === 'status') w.pass(seconds / 2);
      });
      await join(w.deps, notice(w, body));
      expect(w.gateway.calls.filter((call) => call.startsWith('status'))).toHaveLength(asked);
      const payment = await w.payment(ref);
      expect([payment.standing.status, payment.ask?.at]).toEqual(['INTENDED', start + 30_000]);
      expect(payment.recheck?.at).toBe(start + again * 1_000);
    },
  );

  it('[PAY-11] is kept for a question soon when the gateway is out of reach', async () => {
    const w = world();
    await intended(w);
    await charged(w);
    const body = w.gateway.moves(ref, 'settlement');
    w.gateway.fails('status', 'deaf');
    await join(w.deps, notice(w, body));
    const payment = await w.payment(ref);
    expect([payment.ask?.at, payment.recheck]).toEqual([start + 30_000, { at: start + 2_000, count: 0 }]);
    expect(w.syncLines()).toMatchObject([{ effect: 'verify_with_get_status', why: 'time-out', verified: false }]);
  });

  it('that comes twice counts once, and leaves two lines', async () => {
    const w = world();
    await intended(w);
    await charged(w);
    const body = w.gateway.moves(ref, 'settlement');
    await join(w.deps, notice(w, body, 'message-1'));
    await join(w.deps, notice(w, body, 'message-2'));
    expect(w.syncLines().map(({ effect }) => effect)).toEqual(['mark_paid', 'noop_duplicate']);
    expect(w.syncLines()[1]?.why).toBe('duplicate');
    expect(lines.metric('PaymentSettled')).toEqual([1]);
  });
});

describe('a notification before its payment', () => {
  it('[PAY-4] is parked in the order’s partition, with a deadline, and never dropped', async () => {
    const w = world();
    await charged(w);
    const body = w.gateway.moves(ref, 'settlement');
    await join(w.deps, notice(w, body));
    expect(w.items('EARLY#')).toMatchObject([{ body, attempts: 1, dueAt: start + 1_000 }]);
    expect(w.items('EARLY#')[0]?.dueShard).toMatch(/^due#[0-7]$/);
    expect(w.syncLines()).toMatchObject([{ attempt: 1, why: 'its payment is not there yet' }]);
  });

  it('[PAY-4] is joined by the creation of the payment', async () => {
    const w = world();
    await charged(w);
    await join(w.deps, notice(w, w.gateway.moves(ref, 'settlement')));
    await intended(w);
    await joinEarly(w.deps, ref);
    expect((await w.payment(ref)).standing.status).toBe('PAID');
    expect(w.items('EARLY#')).toEqual([]);
    expect(w.syncLines()).toMatchObject([{ attempt: 2, effect: 'mark_paid' }]);
    expect(lines.metric('WebhookFound2')).toEqual([1]);
  });

  it('[PAY-4] is joined by the timer', async () => {
    const w = world();
    await charged(w);
    await join(w.deps, notice(w, w.gateway.moves(ref, 'settlement')));
    await intended(w);
    w.pass(1);
    await earlyDeadline(w.deps, dueKey(w));
    expect((await w.payment(ref)).standing.status).toBe('PAID');
    expect(w.items('EARLY#')).toEqual([]);
    expect(w.syncLines()).toMatchObject([{ attempt: 2, effect: 'mark_paid', tookMs: 1_000 }]);
  });

  it('[PAY-6] is counted once when the payment and the timer join it at the same moment', async () => {
    const w = world();
    await charged(w);
    await join(w.deps, notice(w, w.gateway.moves(ref, 'settlement')));
    await intended(w);
    const key = dueKey(w);
    w.pass(1);
    await Promise.all([joinEarly(w.deps, ref), earlyDeadline(w.deps, key)]);
    expect((await w.payment(ref)).standing.status).toBe('PAID');
    expect(lines.metric('PaymentSettled')).toEqual([1]);
    expect(lines.metric('WebhookFound2')).toEqual([1]);
    expect(w.syncLines()).toMatchObject([{ attempt: 2, effect: 'mark_paid' }]);
  });

  it('is joined at once when the payment was written between the look and the parking', async () => {
    const w = world();
    await charged(w);
    const body = w.gateway.moves(ref, 'settlement');
    const { park } = w.deps.early;
    const early = {
      ...w.deps.early,
      park: async (one: Parameters<typeof park>[0]) => {
        await intended(w);
        await joinEarly(w.deps, ref);
        await park(one);
      },
    };
    await join({ ...w.deps, early }, notice(w, body));
    expect((await w.payment(ref)).standing.status).toBe('PAID');
    expect(w.items('EARLY#')).toEqual([]);
  });

  it('keeps each copy apart, and joins them as they came', async () => {
    const w = world();
    await charged(w);
    const pending = bodyOf(report('pending', { transactionId: 'tx-1' }), ref);
    await join(w.deps, notice(w, pending, 'message-1'));
    w.pass(0.1);
    await join(w.deps, notice(w, pending, 'message-2'));
    w.pass(0.1);
    await join(w.deps, notice(w, w.gateway.moves(ref, 'settlement'), 'message-3'));
    expect(w.items('EARLY#')).toHaveLength(3);
    await intended(w);
    await joinEarly(w.deps, ref);
    expect(w.syncLines().map(({ effect }) => effect)).toEqual(['noop_duplicate', 'noop_duplicate', 'mark_paid']);
  });

  it('is looked for later and later, with jitter, and not before its time', async () => {
    const w = world();
    await join({ ...w.deps, random: () => 1 }, notice(w, bodyOf(report('settlement'), ref)));
    expect(dueKey(w).dueAt).toBe(start + 1_500);
    await earlyDeadline(w.deps, dueKey(w));
    expect(w.items('EARLY#')).toMatchObject([{ attempts: 1 }]);
    const gaps: number[] = [];
    for (;;) {
      const due = dueKey(w);
      if (Number.isNaN(due.dueAt)) break;
      gaps.push(Math.round((due.dueAt - w.now()) / 1_000));
      w.pass((due.dueAt - w.now()) / 1_000);
      await earlyDeadline(w.deps, due);
    }
    expect(gaps).toEqual([2, 3, 10, 30, 120, 600, 1_800, 7_200, 21_600]);
  });
});

describe('a notification whose payment never comes', () => {
  const orphaned = async (w: World): Promise<void> => {
    for (let due = dueKey(w); !Number.isNaN(due.dueAt); due = dueKey(w)) {
      w.pass((due.dueAt - w.now()) / 1_000);
      await earlyDeadline(w.deps, due);
    }
  };

  it('[PAY-4] becomes a case with its amount in the dead letters, and an alarm', async () => {
    const w = world();
    const body = bodyOf(report('settlement'), ref);
    await join(w.deps, notice(w, body));
    await orphaned(w);
    expect(w.parked).toEqual([
      {
        body,
        reason: `no payment ${ref} in 10 looks: Rp 120000.00 settlement; the gateway answers not-found`,
        source: 'webhook',
      },
    ]);
    expect(w.syncLines()).toMatchObject([{ attempt: 10, why: w.parked[0]?.reason, verified: true }]);
    expect(lines.metric('WebhookOrphan')).toEqual([1]);
  });

  it('[PAY-4] becomes one case, however many wake it at the same moment', async () => {
    const w = world();
    await join(w.deps, notice(w, bodyOf(report('settlement'), ref)));
    await w.deps.early.park({ ...notice(w, bodyOf(report('settlement'), ref)), attempts: 9, dueAt: w.now() });
    const due = dueKey(w);
    await Promise.all([earlyDeadline(w.deps, due), earlyDeadline(w.deps, due), earlyDeadline(w.deps, due)]);
    await earlyDeadline(w.deps, due);
    expect(w.parked).toHaveLength(1);
    expect(lines.metric('WebhookOrphan')).toEqual([1]);
    expect(dueKey(w).dueAt).toBeNaN();
  });

  it('says so when the gateway knows it: money that is unknown here', async () => {
    const w = world();
    await charged(w);
    await join(w.deps, notice(w, w.gateway.moves(ref, 'settlement')));
    await orphaned(w);
    expect(w.parked[0]?.reason).toContain('the gateway knows it as settlement');
  });

  it('stays in the order’s partition without a deadline: its payment, should it come, still joins it', async () => {
    const w = world();
    await charged(w);
    await join(w.deps, notice(w, w.gateway.moves(ref, 'settlement')));
    await orphaned(w);
    expect(w.items('EARLY#')).toHaveLength(1);
    await intended(w);
    await joinEarly(w.deps, ref);
    expect((await w.payment(ref)).standing.status).toBe('PAID');
    expect(w.items('EARLY#')).toEqual([]);
  });
});

describe('the worker of the webhook queue', () => {
  const work = (w: World) =>
    queueWorker(keptMessage, webhookWorker(w.deps), { park: w.deps.park, delay: async () => undefined });

  it.each([
    ['payment_notif_test_G700000001_0f3', 'ack_test_notification', 'WebhookTest'],
    ['INV-7001', 'ack_unknown_order', 'WebhookForeign'],
    [`${ref}2`, 'ack_unknown_order', 'WebhookForeign'],
    [orderId, 'ack_unknown_order', 'WebhookForeign'],
    ['../v2/charge', 'ack_unknown_order', 'WebhookForeign'],
    ['ÄÖ 💸 #/?', 'ack_unknown_order', 'WebhookForeign'],
  ])('acknowledges %s without asking the gateway: %s', async (id, effect, metric) => {
    const w = world();
    const result = await work(w)(delivered([{ body: bodyOf(report('settlement'), id), receivedAt: start }]));
    expect(result).toEqual({ batchItemFailures: [] });
    expect(w.gateway.calls).toEqual([]);
    expect(w.syncLines()).toMatchObject([{ pk: `ORDER#${id}`, effect }]);
    expect(lines.metric(metric)).toEqual([1]);
  });

  it('keeps a refund number beyond 2^53 as received', async () => {
    const w = world();
    await intended(w);
    await charged(w);
    w.gateway.moves(ref, 'settlement');
    const body = bodyOf(
      report('refund', {
        transactionId: 'tx-1',
        refunds: [{ key: 'r1', amount: intent().amount, reason: '', confirmed: false }],
      }),
      ref,
    );
    const large = body.replace('"refund_chargeback_id":1', '"refund_chargeback_id":202502070943231234');
    await work(w)(delivered([{ body: large, receivedAt: start }]));
    expect(w.syncLines()[0]?.body).toContain('202502070943231234');
  });

  it('parks what is no notification, with the reason', async () => {
    const w = world();
    await work(w)(delivered(['{', { body: '[]', receivedAt: start }, { body: '{}' }]));
    expect(w.parked.map(({ reason }) => reason.split(/[:;]/)[0]).sort()).toEqual([
      'not JSON',
      'not a notification',
      'some fields are not as they must be',
    ]);
  });

  it('leaves a message for a retry when the story cannot be written, and does nothing twice then', async () => {
    const w = world();
    await intended(w);
    await charged(w);
    const body = w.gateway.moves(ref, 'settlement');
    let failing = true;
    const deps = {
      ...w.deps,
      syncLog: async (line: Parameters<typeof w.deps.syncLog>[0]) => {
        if (failing) throw new Error('out of reach');
        return w.deps.syncLog(line);
      },
    };
    const handler = queueWorker(keptMessage, webhookWorker(deps), { park: w.deps.park, delay: async () => undefined });
    const sent = delivered([{ body, receivedAt: start }]);
    expect((await handler(sent)).batchItemFailures).toEqual([{ itemIdentifier: 'message-1' }]);
    failing = false;
    expect((await handler(sent)).batchItemFailures).toEqual([]);
    expect(w.syncLines()).toMatchObject([{ effect: 'noop_duplicate', status: 'PAID' }]);
    // Delivered once more, the line keeps its first effect.
    await handler(sent);
    expect(w.syncLines()).toHaveLength(1);
    expect(lines.metric('PaymentSettled')).toEqual([1]);
  });
});
