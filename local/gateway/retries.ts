/** How often and when a notification is sent again: the receiver's answer chooses the budget (midtrans.md §6). */
import type { Chance } from './chance.ts';
import { minute } from './wib.ts';

export type Answered = number | 'timeout' | 'unreachable' | 'too-many-redirects';

/** Retries after each answer; any other answer gets five. */
const budgets: Readonly<Record<number, number>> = { 301: 0, 302: 0, 303: 0, 400: 2, 404: 2, 500: 1, 503: 4 };
const otherBudget = 5;

/** Minutes from a failure to the next attempt. */
export const retryGaps: readonly number[] = [2, 10, 30, 90, 210];

export const isDelivered = (answered: Answered): boolean =>
  typeof answered === 'number' && answered >= 200 && answered < 300;

export const retryBudget = (answered: Answered): number => {
  if (isDelivered(answered)) return 0;
  return typeof answered === 'number' ? (budgets[answered] ?? otherBudget) : otherBudget;
};

/** Gateway milliseconds until the next attempt; undefined when there is none. A 2-minute gap can shrink to 30 s. */
export const nextGap = (answered: Answered, attempts: number, gaps: readonly number[], chance: Chance) => {
  const gap = gaps[attempts - 1];
  if (gap === undefined || attempts > retryBudget(answered)) return undefined;
  return Math.round(gap * minute * (0.25 + chance.fraction()));
};
