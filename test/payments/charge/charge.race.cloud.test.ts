/** [PAY-1][PAY-3] Two charges of one order and a notification at the same moment, in every order of their steps. */
import { describe, expect, it } from 'vitest';
import { intend } from '../../../functions/payments/charge/charge.decider.ts';
import { type Charge, type ChargeDeps, charge } from '../../../functions/payments/commands.ts';
import { joinEarly } from '../../../functions/payments/notifications/join-notification.ts';
import { paymentRef } from '../../../functions/payments/payment.ts';
import { bodyOf } from '../../support/gateway.ts';
import { everyOrder, interleave } from '../../support/interleaving.ts';
import { logLines } from '../../support/log.ts';
import { memoryTable } from '../../support/memory-table.ts';
import { intent, orderId, ref, report, rider } from '../../support/payments.ts';
import { world } from '../../support/payments-world.ts';
import { seeded } from '../../support/random.ts';

logLines();
const wanted = (key: string): Charge => ({
  orderId,
  riderId: rider,
  method: 'bca_va',
  key,
  fingerprint: 'body-1',
});

type Actor = Parameters<typeof interleave>[0][number];
type Client = Parameters<Actor>[0];

/** Some of the orders, the same at every run: all of them are too many. */
const someOrders = async (play: (choose: (n: number) => number) => Promise<void>, count = 300): Promise<void> => {
  for (let seed = 1; seed <= count; seed += 1) await play(seeded(seed).below);
};

/** In turn, with at most so many changes from one actor to another: after the last one each actor runs to its end. */
const fewChanges = (choose: (n: number) => number, most: number): ((n: number) => number) => {
  let last: number | undefined;
  let changes = 0;
  return (n) => {
    if (n === 1) return 0;
    if (last !== undefined && changes === most) return last;
    const next = choose(n);
    if (last !== undefined && next !== last) changes += 1;
    last = next;
    return next;
  };
};

describe('two charges at the same moment', () => {
  it.each([
    ['the same request twice', 'k1', 'k1'],
    ['two requests', 'k1', 'k2'],
  ])('[PAY-1] %s: one way to pay at the gateway in whatever order their steps go', async (_, first, second) => {
    await someOrders(async (choose) => {
      const table = memoryTable();
      const shared = world({ table });
      const actor = (key: string) => async (client: Client) => {
        const w = world({ table, dynamo: client });
        return charge({ ...w.deps, gateway: shared.deps.gateway }, wanted(key));
      };
      await interleave([actor(first), actor(second)], table, { choose });
      expect(shared.gateway.transactions.filter(({ status }) => status === 'pending')).toHaveLength(1);
      if (first === second) expect(shared.gateway.transactions).toHaveLength(1);
    });
  });
});

describe('a notification and its payment at the same moment', () => {
  const body = bodyOf(report('expire', { transactionId: 'tx-1' }), ref);
  const joined = async (
    choose: (n: number) => number,
    create: (deps: ChargeDeps) => Promise<unknown>,
    inTurn = false,
  ): Promise<void> => {
    const table = memoryTable();
    const shared = world({ table });
    const deps = (client: Client) => {
      const w = world({ table, dynamo: client });
      return { ...w.deps, gateway: shared.deps.gateway };
    };
    await interleave(
      [
        (client) => create(deps(client)),
        (client) => world({ table, dynamo: client, gateway: shared.gateway }).notified(body),
      ],
      table,
      { choose, inTurn },
    );
    expect((await shared.payment(ref)).standing.status).toBe('EXPIRED');
    expect(shared.items('EARLY#')).toEqual([]);
    expect(shared.syncLines().map(({ effect }) => effect)).toEqual(['mark_expired']);
  };

  const intends = async (deps: ChargeDeps): Promise<void> => {
    await deps.store.create(paymentRef(ref), intend(intent()));
    await joinEarly(deps, ref);
  };

  it('[PAY-4] meet in every order with at most four changes between its intent and the worker', async () => {
    const orders = await everyOrder((choose) => joined(fewChanges(choose, 4), intends, true));
    expect(orders).toBeGreaterThan(300);
  });

  it('[PAY-4] meet in whatever order the steps of its intent and of the worker go', async () => {
    await someOrders((choose) => joined(choose, intends), 600);
  });

  it('[PAY-4] meet in whatever order the steps of the whole charge go', async () => {
    await someOrders((choose) => joined(choose, (deps) => charge(deps, wanted('k1'))));
  });
});
