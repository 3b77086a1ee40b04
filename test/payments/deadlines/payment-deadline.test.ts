/** [PAY-8][PAY-12] What the deadline of a payment reads at the gateway, and when. */
import { describe, expect, it } from 'vitest';
import type { Instant } from '../../../functions/kernel/types.ts';
import { cancel, charge, check } from '../../../functions/payments/commands.ts';
import type { Instructions } from '../../../functions/payments/payment.ts';
import { jsonOf } from '../../support/gateway.ts';
import { logLines } from '../../support/log.ts';
import { answer, at, ref, start, wanted } from '../../support/payments.ts';
import { type World, world } from '../../support/payments-world.ts';

logLines();

describe('[PAY-12] a payment whose status does not say how to pay', () => {
  /** The charge was made, its answer lost; a question found that it is pending. */
  const bare = async (w: World): Promise<void> => {
    w.gateway.fails('charge', 'no-answer');
    await charge(w.deps, wanted({ method: 'qris' }));
    w.pass(1);
    await check(w.deps, ref);
    expect((await w.payment(ref)).standing).toMatchObject({ status: 'PENDING', instructions: {} });
    w.gateway.calls.length = 0;
  };
  const woken = async (w: World): Promise<void> => {
    await w.wokenAfter(ref, (((await w.payment(ref)).ask?.at ?? 0) - w.now()) / 1_000);
  };

  it('is completed by the same call under the same key after 5 s: one transaction, nothing written twice', async () => {
    const w = world();
    await bare(w);
    await woken(w);
    expect(w.now() - start).toBe(5_000);
    expect(w.gateway.calls).toEqual([`charge ${ref}`]);
    expect((await w.payment(ref)).standing).toMatchObject({
      status: 'PENDING',
      instructions: { qrString: expect.any(String) },
    });
    expect(w.gateway.transactions).toHaveLength(1);
  });

  it('is requested again while the gateway is down, and no longer than its key lives', async () => {
    const w = world();
    await bare(w);
    for (let i = 0; i < 4; i += 1) {
      w.gateway.fails('charge', 'unreached');
      await woken(w);
    }
    expect(w.gateway.calls).toEqual([...Array.from({ length: 3 }, () => `charge ${ref}`), `status ${ref}`]);
    expect((await w.payment(ref)).standing.status).toBe('PENDING');
    expect(w.gateway.transactions).toHaveLength(1);
  });

  it('keeps the newer status over the answer the gateway has kept', async () => {
    const w = world();
    w.gateway.fails('charge', 'no-answer');
    await charge(w.deps, wanted({ method: 'qris' }));
    w.pass(1);
    const statusWith = (expiresAt: Instant, more: Instructions = {}) =>
      jsonOf(answer('pending', { transactionId: 'tx-1', instructions: { expiresAt, ...more } }), ref);
    w.gateway.fails('status', statusWith(at(900)));
    await check(w.deps, ref);
    w.gateway.fails('charge', statusWith(at(30), { qrString: '0002' }));
    await woken(w);
    expect((await w.payment(ref)).standing).toMatchObject({ instructions: { expiresAt: at(900), qrString: '0002' } });
  });

  it('that was cancelled meanwhile stays cancelled', async () => {
    const w = world();
    await bare(w);
    await cancel(w.deps, ref);
    await w.wokenAfter(ref);
    expect([(await w.payment(ref)).standing.status, w.gateway.transactions.length]).toEqual(['CANCELLED', 1]);
  });
});

describe('[PAY-8] a notification that is ahead of the gateway’s status', () => {
  it('is verified by its own deadline, before the regular one', async () => {
    const w = world();
    await charge(w.deps, wanted());
    const body = w.gateway.moves(ref, 'settlement');
    w.gateway.moves(ref, 'pending');
    await w.notified(body, 'settled');
    expect((await w.payment(ref)).standing.status).toBe('PENDING');
    w.gateway.moves(ref, 'settlement');
    await w.wokenAfter(ref, 2);
    expect((await w.payment(ref)).standing.status).toBe('PAID');
  });

  it('during a charge the gateway does not answer is verified soon, not after five minutes', async () => {
    const w = world();
    w.gateway.during(async (call, when) => {
      if (call !== 'charge' || when === 'before') return;
      w.gateway.during(async () => undefined);
      w.gateway.fails('status', 'unreached');
      await w.notified(w.gateway.moves(ref, 'settlement'), 'early');
    });
    await charge(w.deps, wanted());
    expect((await w.payment(ref)).standing.status).toBe('PENDING');
    await w.wokenAfter(ref, 2);
    expect((await w.payment(ref)).standing.status).toBe('PAID');
  });

  it('of a charge not answered yet is verified by the status, and the charge is not sent twice at once', async () => {
    const w = world();
    w.gateway.fails('status', 'unreached');
    w.gateway.during(async (call, when) => {
      if (call !== 'charge' || when === 'before') return;
      w.gateway.during(async () => undefined);
      await w.notified(w.gateway.moves(ref, 'settlement'), 'early');
      await w.wokenAfter(ref, 2);
    });
    await charge(w.deps, wanted());
    expect(w.gateway.calls).toEqual([`charge ${ref}`, `status ${ref}`, `status ${ref}`]);
    expect((await w.payment(ref)).standing.status).toBe('PAID');
  });
});

describe('[PAY-5] a payment that is held', () => {
  it('is released by its deadline when the status matches again, and stays held while it does not', async () => {
    const w = world();
    await charge(w.deps, wanted());
    const wrong = jsonOf(answer('settlement', { transactionId: 'tx-1', grossAmount: '125000.00' }), ref);
    const body = w.gateway.moves(ref, 'settlement');
    w.gateway.fails('status', wrong);
    await w.notified(body);
    expect((await w.payment(ref)).standing.status).toBe('HELD');
    w.gateway.fails('status', wrong);
    await w.wokenAfter(ref, 300);
    expect((await w.payment(ref)).standing.status).toBe('HELD');
    await w.wokenAfter(ref, 900);
    expect((await w.payment(ref)).standing.status).toBe('PAID');
  });
});

describe('[PAY-8] a payment that stays pending', () => {
  it('is read automatically from 5 min on, with backoff, until it is final', async () => {
    const w = world();
    await charge(w.deps, wanted());
    const gaps: number[] = [];
    for (let i = 0; i < 7; i += 1) {
      const due = (await w.payment(ref)).ask?.at ?? 0;
      gaps.push((due - w.now()) / 60_000);
      await w.wokenAfter(ref, (due - w.now()) / 1_000);
    }
    expect(gaps).toEqual([5, 10, 20, 40, 120, 360, 360]);
    w.gateway.moves(ref, 'expire');
    await w.wokenAfter(ref, 21_600);
    const { standing, ask } = await w.payment(ref);
    expect([standing.status, ask]).toEqual(['EXPIRED', undefined]);
  });

  it('is settled by the read when its notification was lost', async () => {
    const w = world();
    await charge(w.deps, wanted());
    w.gateway.moves(ref, 'settlement');
    await w.wokenAfter(ref, 300);
    expect((await w.payment(ref)).standing.status).toBe('PAID');
  });

  it('is read again when the gateway is unreachable, and nothing changes meanwhile', async () => {
    const w = world();
    await charge(w.deps, wanted());
    w.pass(300);
    w.gateway.fails('status', 'unreached');
    await w.wokenAfter(ref);
    expect(await w.payment(ref)).toMatchObject({
      standing: { status: 'PENDING' },
      ask: { at: w.now() + 600_000, count: 1 },
    });
  });
});
