/** [PAY-8] The worker of the gateway queue: what it logs of each payment, and what it cannot place. */
import { describe, expect, it } from 'vitest';
import { charge } from '../../../functions/payments/commands.ts';
import { logLines } from '../../support/log.ts';
import { orderId, ref, start, wanted } from '../../support/payments.ts';
import { type World, world } from '../../support/payments-world.ts';

const lines = logLines();
const wake = (w: World, dueAt: number): Promise<void> =>
  w.woken({ pk: `ORDER#${orderId}`, sk: 'PAYMENT#1795232640', dueAt });

describe('a payment that is woken', () => {
  it('is counted with its age in seconds, and how late it is', async () => {
    const w = world();
    await charge(w.deps, wanted());
    w.pass(302);
    await wake(w, start + 300_000);
    expect(lines.named('Payment woken')).toMatchObject([
      { orderId, paymentRef: ref, status: 'PENDING', outcome: 'polled', DeadlineLate: 2_000, PendingAge: 302 },
    ]);
  });

  it('is never late by less than nothing', async () => {
    const w = world();
    await charge(w.deps, wanted());
    w.pass(300);
    await wake(w, start + 301_000);
    expect(lines.metric('DeadlineLate')).toEqual([0]);
  });

  it('before its time is not read, and counts nothing', async () => {
    const w = world();
    await charge(w.deps, wanted());
    w.pass(299);
    await wake(w, start + 299_000);
    expect(w.gateway.calls).toEqual([`charge ${ref}`]);
    expect(lines.named('Payment woken')).toMatchObject([{ status: 'PENDING', outcome: 'early' }]);
    expect([lines.metric('DeadlineLate'), lines.metric('PendingAge')]).toEqual([[], []]);
  });

  it('with an unknown outcome has no age', async () => {
    const w = world();
    w.gateway.fails('charge', 'no-answer');
    await charge(w.deps, wanted());
    w.pass(5);
    await wake(w, start + 5_000);
    expect([lines.metric('DeadlineLate'), lines.metric('PendingAge')]).toEqual([[0], []]);
  });

  it('and is not there is left alone', async () => {
    const w = world();
    await wake(w, start);
    expect([w.gateway.calls, lines.named('Payment woken')]).toEqual([[], []]);
  });

  it('whose status is not known is read later, and is not claimed', async () => {
    const w = world();
    await charge(w.deps, wanted());
    w.pass(300);
    w.gateway.transactions.length = 0;
    await wake(w, start + 300_000);
    expect(w.gateway.calls).toEqual([`charge ${ref}`, `status ${ref}`]);
    expect(await w.payment(ref)).toMatchObject({ standing: { status: 'PENDING' }, ask: { count: 1 } });
  });
});

describe('a wake-up of something else', () => {
  it('is parked with its key', async () => {
    const w = world();
    await w.woken({ pk: `ORDER#${orderId}`, sk: 'RIDE', dueAt: start });
    expect(w.parked().map(({ reason }) => reason)).toEqual([
      `no payment, order or early notification has this key; sk: ORDER#${orderId} RIDE is unknown`,
    ]);
  });
});
