/** Someone who sends genuine notifications again, with what their signature does not cover. */
import { type App, hour, minute } from './app.ts';

const statuses = ['settlement', 'capture', 'pending', 'deny', 'cancel', 'expire', 'refund', 'chargeback'] as const;

export const attacker = ({ world, engine, random, between }: App) => {
  const forged = (body: string): string => {
    const seen = JSON.parse(body) as Readonly<Record<string, unknown>>;
    return JSON.stringify({
      ...seen,
      transaction_status: random.pick(statuses),
      note: 'x'.repeat(random.below(2_000)),
    });
  };
  return async (forMs: number): Promise<void> => {
    const until = engine.now() + forMs;
    while (engine.now() < until) {
      await engine.pause(between(minute, hour));
      const seen = world.notificationsSeen();
      if (seen.length > 0) await world.postNotification(forged(random.pick(seen)));
    }
  };
};
