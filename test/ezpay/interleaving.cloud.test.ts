/** [EZP-13] Every order in which up to six reports and scans can arrive gives the same result. */
import { describe, expect, it } from 'vitest';
import { seeded } from '../support/random.ts';
import { anySet, everyArrival } from './arrivals.ts';

const sets = Number(process.env.EZPAY_SETS ?? 400);

describe('reports and scans arrive in any order', () => {
  it('[EZP-13] the same set gives the same runs, doubts and trips in every order of arrival', () => {
    const random = seeded(20_261_121);
    const counted = { sets: 0, orders: 0, steps: 0, violations: [] as string[] };
    for (let n = 0; n < sets; n += 1) {
      const found = everyArrival(anySet(random, n < sets / 4 ? 1 + (n % 5) : 6));
      counted.sets += 1;
      counted.orders += found.orders;
      counted.steps += found.steps;
      counted.violations.push(...found.violations);
    }
    process.stdout.write(
      `[EZP-13] ${counted.orders} orders of arrival of ${counted.sets} sets: ${counted.violations.length} violations\n`,
    );
    expect(counted.violations.slice(0, 3)).toEqual([]);
  }, 120_000);
});
