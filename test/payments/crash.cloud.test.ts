/** [PAY-12] A crash between every pair of steps: no point charges twice, loses a charge or loses a notification. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { rupiah } from '../../functions/kernel/rupiah.ts';
import { type Charge, charge, refund } from '../../functions/payments/commands.ts';
import type { Method } from '../../functions/payments/payment.ts';
import type { Wake } from '../../functions/platform/timers.ts';
import { bodyOf } from '../support/gateway.ts';
import { logLines } from '../support/log.ts';
import { clientOf, clientWith, memoryTable } from '../support/memory-table.ts';
import { orderId, ref, report, rider } from '../support/payments.ts';
import { type World, world } from '../support/payments-world.ts';

logLines();

class Crash extends Error {}

/** A world whose process ends at the given step: each moment before and after a call of the table or the gateway. */
const crashing = () => {
  const table = memoryTable();
  const whole = clientOf(table) as unknown as { readonly send: (command: unknown) => Promise<unknown> };
  let left = Number.POSITIVE_INFINITY;
  const step = (): void => {
    left -= 1;
    if (left < 0) throw new Crash();
  };
  const client: DynamoDBClient = clientWith(async (command) => {
    step();
    const output = await whole.send(command);
    step();
    return output;
  });
  const w = world({ table, dynamo: client });
  w.gateway.during(async () => step());
  const { deps } = w;
  /** @returns whether the process ended before its work did */
  const run = async (crashAt: number, work: () => Promise<unknown>): Promise<boolean> => {
    left = crashAt;
    await work().catch((error: unknown) => {
      if (left >= 0) throw error;
    });
    const isEnded = left < 0;
    left = Number.POSITIVE_INFINITY;
    return isEnded;
  };
  return { w, deps, run };
};
type Crashing = ReturnType<typeof crashing>;

const wanted = (method: Method): Charge => ({
  orderId,
  riderId: rider,
  amount: rupiah(120_000),
  method,
  key: 'request-1',
  fingerprint: 'body-1',
  ...(method === 'card' ? { cardToken: 'token-1' } : {}),
});

/** What the sweeper sees: every item with a deadline, the next first. */
const nextDue = (w: World) =>
  w.table
    .all('State')
    .filter(({ dueAt }) => typeof dueAt === 'number')
    .sort((a, b) => Number(a.dueAt) - Number(b.dueAt))[0];

/** Deadlines come as they are due, for a day at most; `crashAt` ends the first of them. */
const keepsRunning = async ({ w, run }: Crashing, crashAt = Number.POSITIVE_INFINITY): Promise<void> => {
  const end = w.now() + 24 * 3_600_000;
  let crash = crashAt;
  for (let item = nextDue(w); item && Number(item.dueAt) < end; item = nextDue(w)) {
    w.pass(Math.max(0, (Number(item.dueAt) - w.now()) / 1_000));
    const due = item as unknown as Wake;
    await run(crash, () => w.wake(due));
    // The next copy of the wake-up comes a little later, whatever became of this one.
    w.pass(1);
    crash = Number.POSITIVE_INFINITY;
  }
};

const faults = ['answered', 'no-answer', 'unreached'] as const;
const methods = ['bca_va', 'permata_va', 'card'] as const;
const cases = methods.flatMap((method) => faults.map((fault) => ({ method, fault })));

describe('a process that ends in the middle of a charge', () => {
  it.each(cases)(
    '[PAY-12] by $method, the call $fault: at every step, and again at every step of the recovery',
    async ({ method, fault }) => {
      let crashes = 0;
      const play = async (first: number, then: number): Promise<boolean> => {
        const c = crashing();
        if (fault !== 'answered') c.w.gateway.fails('charge', fault);
        const crashed = await c.run(first, () => charge(c.deps, wanted(method)));
        await keepsRunning(c, then);
        // The app repeats its request with its key: after a crash before the intent this is the first charge.
        await charge(c.deps, wanted(method));
        await keepsRunning(c);
        const payments = await c.deps.paymentsOf(orderId);
        expect(c.w.gateway.transactions).toHaveLength(1);
        expect(payments.map(({ state }) => state.standing)).toMatchObject([
          { status: method === 'card' ? 'PAID' : 'PENDING', transactionId: 'tx-1' },
        ]);
        crashes += crashed ? 1 : 0;
        return crashed;
      };
      for (let first = 0; await play(first, Number.POSITIVE_INFINITY); first += 1)
        for (let then = 0; then < 14; then += 1) await play(first, then);
      expect(crashes).toBeGreaterThan(8 * 15);
    },
  );
});

describe('a worker that ends in the middle of a notification', () => {
  const notices = ['settlement', 'expire'] as const;

  it.each(notices)(
    '[PAY-4][PAY-6] of %s: at every step, redelivered, before its payment and after it',
    async (status) => {
      for (const early of [false, true])
        for (let at = 0, crashed = true; crashed; at += 1) {
          const c = crashing();
          const { w, deps } = c;
          if (early) await w.deps.gateway.charge({ ref, method: 'bca_va', amount: rupiah(120_000) });
          else await charge(deps, wanted('bca_va'));
          const body = w.gateway.moves(ref, status);
          const receivedAt = w.now();
          crashed = await c.run(at, () => w.deliver(body, 'message-1', receivedAt));
          if (crashed) await w.notified(body);
          if (early) {
            w.gateway.calls.length = 0;
            await charge(deps, wanted('bca_va'));
          }
          await keepsRunning(c);
          expect((await w.payment(ref)).standing.status).toBe(status === 'settlement' ? 'PAID' : 'EXPIRED');
          expect(w.items('EARLY#')).toEqual([]);
          expect(w.syncLines()).toHaveLength(1);
          expect(w.syncLines()[0]?.effect).toBeDefined();
        }
    },
  );
});

describe('a process that ends in the middle of a refund', () => {
  it.each(['answered', 'no-answer', 'unreached'] as const)(
    '[PAY-9] the call %s: at every step, refunded once',
    async (fault) => {
      for (let at = 0, crashed = true; crashed; at += 1) {
        const c = crashing();
        await charge(c.deps, wanted('gopay'));
        await c.w.notified(c.w.gateway.moves(ref, 'settlement'), 'paid');
        if (fault !== 'answered') c.w.gateway.fails('refund', fault);
        const requested = { key: 'rf-1', amount: rupiah(50_000), reason: 'x' };
        crashed = await c.run(at, () => refund(c.deps, ref, { ...requested, at: c.w.now() }));
        await keepsRunning(c);
        c.w.pass(1);
        await refund(c.deps, ref, { ...requested, at: c.w.now() });
        await keepsRunning(c);
        const payment = await c.w.payment(ref);
        expect(c.w.gateway.transactions[0]?.refunds).toHaveLength(1);
        expect(payment).toMatchObject({
          standing: { status: 'PARTIALLY_REFUNDED' },
          refunds: [{ key: 'rf-1', status: 'ACCEPTED', amount: 50_000 }],
        });
      }
    },
  );
});

describe('a process that ends in the middle of an orphan', () => {
  it('[PAY-4] at every step: it is a case for a person, once, or twice when the first was in doubt', async () => {
    for (let at = 0, crashed = true; crashed; at += 1) {
      const c = crashing();
      const { w, deps } = c;
      const body = bodyOf(report('settlement'), ref);
      await deps.early.park({ ref, body, receivedAt: w.now(), id: 'message-1', attempts: 9, dueAt: w.now() });
      const due = w.earlyWake();
      crashed = await c.run(at, () => w.wake(due));
      await keepsRunning(c);
      expect(w.parked().length, `crashed at step ${at}`).toBeGreaterThanOrEqual(1);
      expect(w.parked().length).toBeLessThanOrEqual(2);
      expect(w.items('EARLY#')).toMatchObject([{ body }]);
      expect(w.items('EARLY#')[0]?.dueAt).toBeUndefined();
    }
  });
});
