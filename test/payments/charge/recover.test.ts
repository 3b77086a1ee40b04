/** [PAY-12] The recovery of a charge without an answer. */
import { describe, expect, it } from 'vitest';
import { type Charge, charge } from '../../../functions/payments/commands.ts';
import { error } from '../../support/gateway.ts';
import { logLines } from '../../support/log.ts';
import { ref, wanted } from '../../support/payments.ts';
import { type World, world } from '../../support/payments-world.ts';

logLines();

describe('[PAY-12] the recovery of a charge without an answer', () => {
  const unknown = async (w: World, fault: 'no-answer' | 'unreached', fields: Partial<Charge> = {}): Promise<void> => {
    w.gateway.fails('charge', fault);
    await charge(w.deps, wanted(fields));
    w.gateway.calls.length = 0;
  };
  const woken = (w: World, seconds: number): Promise<void> => w.wokenAfter(ref, seconds);

  it.each(['no-answer', 'unreached'] as const)(
    'repeats the call under the same key within five minutes (%s)',
    async (fault) => {
      const w = world();
      await unknown(w, fault);
      await woken(w, 5);
      expect(w.gateway.calls).toEqual([`charge ${ref}`]);
      expect([(await w.payment(ref)).standing.status, w.gateway.transactions.length]).toEqual(['PENDING', 1]);
    },
  );

  it('reads the status later, and charges again only on 404', async () => {
    const [made, lost] = [world(), world()];
    await unknown(made, 'no-answer');
    await unknown(lost, 'unreached');
    await woken(made, 400);
    await woken(lost, 400);
    expect(made.gateway.calls).toEqual([`status ${ref}`]);
    expect(lost.gateway.calls).toEqual([`status ${ref}`, `charge ${ref}`]);
    expect([made.gateway.transactions.length, lost.gateway.transactions.length]).toEqual([1, 1]);
    expect([(await made.payment(ref)).standing.status, (await lost.payment(ref)).standing.status]).toEqual([
      'PENDING',
      'PENDING',
    ]);
  });

  it('reads the status at once for Permata, which has no keys', async () => {
    const w = world();
    await unknown(w, 'no-answer', { method: 'permata_va' });
    await woken(w, 5);
    expect(w.gateway.calls).toEqual([`status ${ref}`]);
    expect((await w.payment(ref)).standing.status).toBe('PENDING');
  });

  it.each([
    [269.999, 'charge'],
    [270, 'status'],
  ])('%d s after the request sends the %s: an idempotency key lives five minutes', async (seconds, call) => {
    const w = world();
    await unknown(w, 'no-answer');
    await woken(w, seconds);
    expect(w.gateway.calls).toEqual([`${call} ${ref}`]);
  });

  it('repeats a card charge with its token', async () => {
    const w = world();
    await unknown(w, 'unreached', { method: 'card', cardToken: 'token-1' });
    await woken(w, 5);
    expect((await w.payment(ref)).standing).toMatchObject({ status: 'PAID', settled: false });
  });

  it('takes the status when the gateway answers 406', async () => {
    const w = world();
    await unknown(w, 'no-answer');
    w.gateway.fails('charge', error('406'));
    await woken(w, 5);
    expect(w.gateway.calls).toEqual([`charge ${ref}`, `status ${ref}`]);
    expect((await w.payment(ref)).standing.status).toBe('PENDING');
  });

  it('is not misled by a refusal of the repetition: the first call may have been made', async () => {
    const w = world();
    await unknown(w, 'no-answer');
    w.gateway.fails('charge', error('411', 'token used'));
    await woken(w, 5);
    expect((await w.payment(ref)).standing.status).toBe('PENDING');
  });

  it('continues with backoff while the gateway is down: 5 s, 30 s, 2 min, 10 min, …', async () => {
    const w = world();
    await unknown(w, 'unreached');
    const gaps: number[] = [];
    for (let i = 0; i < 6; i += 1) {
      const due = (await w.payment(ref)).ask?.at ?? 0;
      gaps.push((due - w.now()) / 1_000);
      w.gateway.fails('charge', 'unreached');
      w.gateway.fails('status', 'unreached');
      await woken(w, (due - w.now()) / 1_000);
    }
    expect(gaps).toEqual([5, 30, 120, 600, 3_600, 21_600]);
    expect((await w.payment(ref)).standing.status).toBe('UNKNOWN');
  });

  it('an answer kept for the repetition is as old as the first call: it revives nothing cancelled', async () => {
    const w = world();
    await unknown(w, 'no-answer', { method: 'card', cardToken: 'token-1' });
    const body = w.gateway.moves(ref, 'cancel');
    w.pass(2);
    await w.notified(body, 'm');
    expect((await w.payment(ref)).standing.status).toBe('CANCELLED');
    await woken(w, 5);
    expect((await w.payment(ref)).standing.status).toBe('CANCELLED');
  });
});
