/** [PAY-4] A notification whose payment never comes. */
import { describe, expect, it } from 'vitest';
import { joinEarly } from '../../../functions/payments/notifications/join-notification.ts';
import { bodyOf } from '../../support/gateway.ts';
import { logLines } from '../../support/log.ts';
import { ref, report } from '../../support/payments.ts';
import { charged, intended, type World, world } from '../../support/payments-world.ts';

const lines = logLines();

describe('a notification whose payment never comes', () => {
  const orphaned = async (w: World): Promise<void> => {
    for (let due = w.earlyWake(); !Number.isNaN(due.dueAt); due = w.earlyWake()) {
      w.pass((due.dueAt - w.now()) / 1_000);
      await w.woken(due);
    }
  };

  it('[PAY-4] becomes a case with its amount in the dead letters, and an alarm', async () => {
    const w = world();
    const body = bodyOf(report('settlement'), ref);
    await w.notified(body);
    await orphaned(w);
    expect(w.parked()).toEqual([
      {
        body,
        reason: `no payment ${ref} in 10 looks: Rp 120000.00 settlement; the gateway answers not-found`,
        source: 'webhook',
      },
    ]);
    expect(w.syncLines()).toMatchObject([{ attempt: 10, why: w.parked()[0]?.reason, verified: true }]);
    expect(lines.metric('WebhookOrphan')).toEqual([1]);
  });

  it('[PAY-4] becomes one case, however many wake it at the same moment', async () => {
    const w = world();
    await w.notified(bodyOf(report('settlement'), ref));
    const early = { ref, body: bodyOf(report('settlement'), ref), receivedAt: w.now(), id: 'message-1' };
    await w.deps.early.park({ ...early, attempts: 9, dueAt: w.now() });
    const due = w.earlyWake();
    await Promise.all([w.woken(due), w.woken(due), w.woken(due)]);
    await w.woken(due);
    expect(w.parked()).toHaveLength(1);
    expect(lines.metric('WebhookOrphan')).toEqual([1]);
    expect(w.earlyWake().dueAt).toBeNaN();
  });

  it('reports when the gateway knows it: money that is unknown here', async () => {
    const w = world();
    await charged(w);
    await w.notified(w.gateway.moves(ref, 'settlement'));
    await orphaned(w);
    expect(w.parked()[0]?.reason).toContain('the gateway knows it as settlement');
  });

  it('stays in the order’s partition without a deadline: its payment, should it come, still joins it', async () => {
    const w = world();
    await charged(w);
    await w.notified(w.gateway.moves(ref, 'settlement'));
    await orphaned(w);
    expect(w.items('EARLY#')).toHaveLength(1);
    await intended(w);
    await joinEarly(w.deps, ref);
    expect((await w.payment(ref)).standing.status).toBe('PAID');
    expect(w.items('EARLY#')).toEqual([]);
  });
});
