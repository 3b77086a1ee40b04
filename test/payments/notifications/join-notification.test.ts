/** [PAY-4][PAY-6] A notification and its payment, whichever comes first. */
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { joinEarly } from '../../../functions/payments/notifications/join-notification.ts';
import { bodyOf, jsonOf } from '../../support/gateway.ts';
import { logLines } from '../../support/log.ts';
import { clientOf, clientWith, memoryTable } from '../../support/memory-table.ts';
import { answer, ref, report, start } from '../../support/payments.ts';
import { charged, intended, sender, type World, world } from '../../support/payments-world.ts';

const lines = logLines();

/** The write of an early notification before its look of this number. */
const isParked =
  (attempts: number) =>
  ({ Item }: PutItemCommand['input']): boolean =>
    Item?.sk?.S?.startsWith('EARLY#') === true && Item.attempts?.N === String(attempts);

/** A world in which this happens right before the first such write. */
const meanwhile = (isIt: (input: PutItemCommand['input']) => boolean, happens: (w: World) => Promise<void>): World => {
  const table = memoryTable();
  const plain = clientOf(table);
  let isOver = false;
  const w: World = world({
    table,
    dynamo: clientWith(async (command) => {
      if (!isOver && command instanceof PutItemCommand && isIt(command.input)) {
        isOver = true;
        await happens(w);
      }
      return plain.send(command as never);
    }),
  });
  return w;
};

describe('a notification whose payment is there', () => {
  it('is joined on the first look, and verified before the money counts', async () => {
    const w = world();
    await intended(w);
    await charged(w);
    await w.notified(w.gateway.moves(ref, 'settlement'));
    expect((await w.payment(ref)).standing).toMatchObject({ status: 'PAID', settled: true });
    expect(w.gateway.calls).toEqual([`charge ${ref}`, `status ${ref}`]);
    expect(w.syncLines()).toMatchObject([
      {
        kind: 'webhook',
        paymentRef: ref,
        attempt: 1,
        tookMs: 0,
        effect: 'mark_paid',
        verified: true,
        status: 'PAID',
        sender,
      },
    ]);
    expect(lines.metric('WebhookFound1')).toEqual([1]);
  });

  it('[PAY-11] of a payment the gateway calls unpaid is not applied, and verified again soon', async () => {
    const w = world();
    await intended(w);
    await charged(w);
    await w.notified(bodyOf(report('settlement', { transactionId: 'tx-1' }), ref));
    expect(await w.payment(ref)).toMatchObject({
      standing: { status: 'PENDING' },
      recheck: { at: start + 2_000, count: 0 },
    });
    const why = 'the gateway does not confirm it yet; its status is read again soon';
    expect(w.syncLines()).toMatchObject([{ effect: 'mark_pending', why, verified: true, status: 'PENDING' }]);
  });

  it.each([
    ['quickly', 1, 3, 8],
    ['slowly', 8.5, 1, 10.5],
  ])('[PAY-11] is verified again soon when the gateway contradicts itself %s', async (_, seconds, reads, again) => {
    const w = world();
    await intended(w);
    await charged(w);
    const body = w.gateway.moves(ref, 'settlement');
    const nonsense = jsonOf(answer('partial_settlement', { transactionId: 'tx-1' }), ref);
    for (let i = 0; i < 4; i += 1) w.gateway.fails('status', nonsense);
    w.gateway.during(async (call) => {
      if (call === 'status') w.pass(seconds / 2);
    });
    await w.notified(body);
    expect(w.gateway.calls.filter((call) => call.startsWith('status'))).toHaveLength(reads);
    const payment = await w.payment(ref);
    expect([payment.standing.status, payment.ask?.at]).toEqual(['INTENDED', start + 30_000]);
    expect(payment.recheck?.at).toBe(start + again * 1_000);
  });

  it('[PAY-11] is verified again soon when the gateway is unreachable', async () => {
    const w = world();
    await intended(w);
    await charged(w);
    const body = w.gateway.moves(ref, 'settlement');
    w.gateway.fails('status', 'unreached');
    await w.notified(body);
    const payment = await w.payment(ref);
    expect([payment.ask?.at, payment.recheck]).toEqual([start + 30_000, { at: start + 2_000, count: 0 }]);
    expect(w.syncLines()).toMatchObject([{ effect: 'verify_with_get_status', why: 'time-out', verified: false }]);
  });

  it('[PAY-11] of a charge the gateway does not know is verified anyway; its line shows why', async () => {
    const w = world();
    await intended(w);
    await w.notified(bodyOf(report('settlement'), ref));
    expect(w.syncLines()).toMatchObject([{ effect: 'verify_with_get_status', verified: true, why: 'not-found' }]);
    expect((await w.payment(ref)).standing.status).toBe('INTENDED');
  });

  it('[PAY-9] of a second paid transaction is verified by its own id, and counted as paid twice', async () => {
    const w = world();
    await intended(w);
    await charged(w);
    await w.notified(w.gateway.moves(ref, 'settlement'), 'message-1');
    const [first] = w.gateway.transactions;
    w.gateway.transactions.push({
      ...(first as NonNullable<typeof first>),
      transactionId: 'tx-2',
      status: 'settlement',
    });
    await w.notified(bodyOf(report('settlement', { transactionId: 'tx-2' }), ref), 'message-2');
    expect(w.gateway.calls.at(-1)).toBe('status tx-2');
    expect((await w.payment(ref)).refunds).toMatchObject([{ key: 'twice-tx-2', of: 'tx-2', status: 'MANUAL' }]);
    expect(lines.metric('PaidTwice')).toEqual([1]);
  });

  it('that comes twice counts once, and leaves two lines', async () => {
    const w = world();
    await intended(w);
    await charged(w);
    const body = w.gateway.moves(ref, 'settlement');
    await w.notified(body, 'message-1');
    await w.notified(body, 'message-2');
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
    await w.notified(body);
    const expiresAt = start / 1_000 + 90 * 86_400;
    expect(w.items('EARLY#')).toMatchObject([{ body, attempts: 1, dueAt: start + 1_000, expiresAt }]);
    expect(w.items('EARLY#')[0]?.dueShard).toMatch(/^due#[0-7]$/);
    expect(w.syncLines()).toMatchObject([{ attempt: 1, why: 'its payment is not there yet', sender }]);
  });

  it('[PAY-4] is joined by the creation of the payment', async () => {
    const w = world();
    await charged(w);
    await w.notified(w.gateway.moves(ref, 'settlement'));
    await intended(w);
    await joinEarly(w.deps, ref);
    expect((await w.payment(ref)).standing.status).toBe('PAID');
    expect(w.items('EARLY#')).toEqual([]);
    expect(w.syncLines()).toMatchObject([{ attempt: 2, effect: 'mark_paid', sender }]);
    expect(lines.metric('WebhookFound2')).toEqual([1]);
  });

  it('[PAY-4] is joined by the timer', async () => {
    const w = world();
    await charged(w);
    await w.notified(w.gateway.moves(ref, 'settlement'));
    await intended(w);
    w.pass(1);
    await w.woken(w.earlyWake());
    expect((await w.payment(ref)).standing.status).toBe('PAID');
    expect(w.items('EARLY#')).toEqual([]);
    expect(w.syncLines()).toMatchObject([{ attempt: 2, effect: 'mark_paid', tookMs: 1_000 }]);
  });

  it('[PAY-6] is counted once when the payment and the timer join it at the same moment', async () => {
    const w = world();
    await charged(w);
    await w.notified(w.gateway.moves(ref, 'settlement'));
    await intended(w);
    const key = w.earlyWake();
    w.pass(1);
    await Promise.all([joinEarly(w.deps, ref), w.woken(key)]);
    expect((await w.payment(ref)).standing.status).toBe('PAID');
    expect(lines.metric('PaymentSettled')).toEqual([1]);
    expect(lines.metric('WebhookFound2')).toEqual([1]);
    expect(w.syncLines()).toMatchObject([{ attempt: 2, effect: 'mark_paid' }]);
  });

  it('is joined at once when the payment was written between the look and the parking', async () => {
    const w = meanwhile(isParked(1), async (w) => {
      await intended(w);
      await joinEarly(w.deps, ref);
    });
    await charged(w);
    await w.notified(w.gateway.moves(ref, 'settlement'));
    expect((await w.payment(ref)).standing.status).toBe('PAID');
    expect(w.items('EARLY#')).toEqual([]);
  });

  it('[PAY-4] is not parked again when it was joined while the timer looked for its payment', async () => {
    const w = meanwhile(isParked(2), async (w) => {
      await intended(w);
      await joinEarly(w.deps, ref);
    });
    await charged(w);
    await w.notified(w.gateway.moves(ref, 'settlement'));
    w.pass(1);
    await w.woken(w.earlyWake());
    expect(w.items('EARLY#')).toEqual([]);
    expect(w.syncLines()).toMatchObject([{ attempt: 2, effect: 'mark_paid' }]);
    expect((await w.payment(ref)).standing.status).toBe('PAID');
  });

  it('keeps each copy apart, and joins them as they came', async () => {
    const w = world();
    await charged(w);
    const pending = bodyOf(report('pending', { transactionId: 'tx-1' }), ref);
    await w.notified(pending, 'message-1');
    w.pass(0.1);
    await w.notified(pending, 'message-2');
    w.pass(0.1);
    await w.notified(w.gateway.moves(ref, 'settlement'), 'message-3');
    expect(w.items('EARLY#')).toHaveLength(3);
    await intended(w);
    await joinEarly(w.deps, ref);
    expect(w.syncLines().map(({ effect }) => effect)).toEqual(['noop_duplicate', 'noop_duplicate', 'mark_paid']);
  });

  it('is looked for later and later, with jitter, and not before its time', async () => {
    let random = 1;
    const w = world({ random: () => random });
    await w.notified(bodyOf(report('settlement'), ref));
    random = 0.5;
    expect(w.earlyWake().dueAt).toBe(start + 1_500);
    await w.woken(w.earlyWake());
    expect(w.items('EARLY#')).toMatchObject([{ attempts: 1 }]);
    const gaps: number[] = [];
    for (;;) {
      const due = w.earlyWake();
      if (Number.isNaN(due.dueAt)) break;
      gaps.push(Math.round((due.dueAt - w.now()) / 1_000));
      w.pass((due.dueAt - w.now()) / 1_000);
      await w.woken(due);
    }
    expect(gaps).toEqual([2, 3, 10, 30, 120, 600, 1_800, 7_200, 21_600]);
  });
});
