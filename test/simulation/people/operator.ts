/** An operator's daily round: dead letters go back to their queues, refunds that need a hand are paid back. */
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
  const round = async (): Promise<void> => {
    world.redrive();
    for (const id of orders) {
      const answer = await insist(operator, { method: 'GET', path: `/orders/${id}/payments` });
      for (const payment of (answer?.body.payments ?? []) as readonly Payment[]) await payBack(payment);
    }
  };
  return async (days: number): Promise<void> => {
    for (let day = 0; day < days; day += 1) {
      await engine.pause(24 * hour);
      await round();
    }
  };
};
