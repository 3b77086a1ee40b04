import { describe, expect, it } from 'vitest';
import { byTime, type StoryLine } from '../../functions/ops/story.store.ts';

const line = (at: string, type: string, version: number): StoryLine => ({ kind: 'event', at, type, version });

describe('[GNT-6] the story of an order', () => {
  it('tells a cause before its effect, also where both have the same time', () => {
    const [first, second] = ['2026-11-21T03:44:00.000Z', '2026-11-21T03:59:00.000Z'];
    const told = [
      line(second, 'order.paid', 3),
      line(first, 'order.opened', 1),
      line(second, 'payment.settled', 4),
      line(first, 'ride.accepted', 2),
      line(first, 'ride.requested', 1),
    ].sort(byTime);
    expect(told.map(({ type }) => type)).toEqual(['ride.requested', 'ride.accepted', 'order.opened', 'payment.settled', 'order.paid']);
  });
});
