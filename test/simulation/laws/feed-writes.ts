/** The feed of live notices: each number is used once and each notice is in it once. */
import type { Item } from '../items.ts';
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
