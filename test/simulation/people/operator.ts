/** An operator's daily round: redrives, refunds that need a hand, trips that were never finished. */
import { orderIn } from '../items.ts';
import type { Person } from '../world.ts';
import { type App, hour } from './app.ts';

export const operator: Person = { sub: 'operator-1', roles: ['operator'] };

type Refund = { readonly key: string; readonly status: string };
type Payment = { readonly ref: string; readonly refunds: readonly Refund[] };

export const rounds = ({ world, engine, insist, orders }: App) => {
  const payBack = async ({ ref, refunds }: Payment): Promise<void> => {
    for (const { key } of refunds.filter(({ status }) => status === 'MANUAL'))
      await insist(operator, {
        method: 'POST',
        path: `/payments/${ref}/refunds/${key}/paid-back`,
        body: { reference: `transfer ${key}` },
      });
  };
  /** Only a trip with a deadline becomes known to an operator, who closes it with the driver on the phone. */
  const closeTrip = async (id: string): Promise<void> => {
    const read = (sk: string) => world.tables.truth.read(world.names.state, { pk: `ORDER#${id}`, sk });
    const item = read('ORDER');
    if (!item) return;
    const { status, hasDeadline } = orderIn(item);
    const isWatched = hasDeadline || read('RIDE')?.dueAt !== undefined;
    if (status !== 'ACTIVE' || !isWatched) return;
    const cancelled = await insist(operator, {
      method: 'POST',
      path: `/rides/${id}/cancel`,
      body: { reason: 'no trip' },
    });
    if (cancelled?.status !== 200)
      await insist(operator, { method: 'POST', path: `/orders/${id}/finish`, body: { fare: 50_000 } });
  };
  const round = async (): Promise<void> => {
    world.queues.redrive();
    for (const id of orders) {
      const answer = await insist(operator, { method: 'GET', path: `/orders/${id}/payments` });
      for (const payment of (answer?.body.payments ?? []) as readonly Payment[]) await payBack(payment);
      await closeTrip(id);
    }
  };
  return async (days: number): Promise<void> => {
    for (let day = 0; day < days; day += 1) {
      await engine.pause(24 * hour);
      await round();
    }
  };
};
