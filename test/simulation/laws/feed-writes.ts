/** What is written once: numbers and notices of the live feed, the effect of a notification in the story. */
import { type Attributes, effectIn, type Item } from '../items.ts';
import type { Report } from './law.ts';

export const feedLaws = (report: Report) => {
  const numbers = new Set<string>();
  const notices = new Set<string>();
  let last = 0;
  return (key: string, item: Item): void => {
    const [partition = '', sort = ''] = key.split(' ');
    if (partition === 'LIVE' && typeof item.lastSequence === 'number') {
      if (item.lastSequence <= last) report('the feed goes on', key, `${last} then ${item.lastSequence}`);
      last = item.lastSequence;
    }
    if (!/^\d+$/.test(sort) || !partition.startsWith('LIVE#')) return;
    const { key: notice } = item.notice as { readonly key: string };
    if (numbers.has(sort)) report('a number of the feed is used once', key, notice);
    if (notices.has(notice)) report('a notice is in the feed once', key, notice);
    numbers.add(sort);
    notices.add(notice);
  };
};

/** The first effect of a notification is the one that counts: a repetition never replaces it. */
export const logLaws = (report: Report) => {
  const effects = new Map<string, string>();
  return (key: string, item: Attributes | undefined): void => {
    const effect = key.includes(' WEBHOOK#') && item ? effectIn(item) : undefined;
    if (effect === undefined) return;
    const first = effects.get(key) ?? effect;
    if (first !== effect) report('the effect of a notification is noted once', key, `${first} then ${effect}`);
    effects.set(key, first);
  };
};
