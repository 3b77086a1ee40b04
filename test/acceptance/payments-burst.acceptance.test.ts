/** Many notifications at once: a third before their payment, a third twice, in no order. */
import { describe, expect, it } from 'vitest';
import { inRandomOrder, openBurst } from '../../tools/paid-burst.ts';
import { logLines } from '../support/log.ts';
import { eventually, stack } from './support/stack.ts';

// The late charges are made in this process: their log lines are not part of the report.
logLines();

describe('when 152 notifications of 57 payments come at once', () => {
  it('[PAY-4] [PAY-5] [PAY-6] early, double, in any order, they leave each order PAID once, a line each', async () => {
    const burst = openBurst(stack());
    const trips = await burst.trips(57, (n) => n % 3 === 0);
    const sent = inRandomOrder(trips);
    const sentOf = (orderId: string): number => sent.filter((one) => one.orderId === orderId).length;
    const early = trips.filter((trip) => trip.early);
    expect([trips.length, early.length, sent.length, new Set(sent.map(({ body }) => body)).size]).toEqual([
      57, 19, 152, 114,
    ]);

    const answers = await burst.send(sent);
    expect(answers.map(({ answered }) => answered)).toEqual(Array.from({ length: 152 }, () => 200));
    for (const trip of early) await eventually(async () => (await burst.waiting(trip)) === sentOf(trip.orderId));
    await burst.chargeLate(early);

    await eventually(async () => (await burst.wrongWith(trips, sentOf)).length === 0, 60_000).catch(() => undefined);
    expect(await burst.wrongWith(trips, sentOf)).toEqual([]);
    const attempts = await burst.attempts(trips);
    const ofEarly = await burst.attempts(early);
    expect(attempts).toHaveLength(152);
    expect(attempts.filter((attempt) => attempt === 1)).toHaveLength(152 - ofEarly.length);
    expect(ofEarly.filter((attempt) => attempt < 2)).toEqual([]);
    burst.close();
  }, 120_000);
});
