// How often and when a notification is sent again: our answer chooses the budget (midtrans.md §6).
import type { Chance } from './chance.ts';
import { MINUTE } from './wib.ts';

export type Answered = number | 'timeout' | 'unreachable' | 'too-many-redirects';

/** Retries after each answer; everything not named gets five. */
const BUDGETS: Readonly<Record<number, number>> = { 301: 0, 302: 0, 303: 0, 400: 2, 404: 2, 500: 1, 503: 4 };
const OTHERWISE = 5;

/** Minutes from a failure to the next attempt. */
export const GAPS: readonly number[] = [2, 10, 30, 90, 210];
/** What another page of the documentation says. */
export const FLAT_GAPS: readonly number[] = [1, 1, 1, 1, 1];

export const isDelivered = (answered: Answered): boolean =>
  typeof answered === 'number' && answered >= 200 && answered < 300;

export const retryBudget = (answered: Answered): number => {
  if (isDelivered(answered)) return 0;
  return typeof answered === 'number' ? (BUDGETS[answered] ?? OTHERWISE) : OTHERWISE;
};

/** Gateway milliseconds until the next attempt after `attempts` so far; undefined when there will be none. A 2-minute gap can shrink to 30 s. */
export const nextGap = (
  answered: Answered,
  attempts: number,
  gaps: readonly number[],
  chance: Chance,
): number | undefined => {
  const gap = gaps[attempts - 1];
  if (gap === undefined || attempts > retryBudget(answered)) return undefined;
  return Math.round(gap * MINUTE * (0.25 + chance.fraction()));
};
