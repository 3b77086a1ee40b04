/** The order of the lines in a story. */
import { describe, expect, it } from 'vitest';
import { inOrder, type StoryLine } from '../../functions/ops/story.store.ts';

const line = (at: string, type: string, version: number): StoryLine => ({
  kind: 'event',
  id: `TNT-20261121-0000042/${type.split('.')[0]}/${version}`,
  at,
  type,
  version,
});

describe('[GNT-6] the story of an order', () => {
  it('shows a cause before its effect, also where both have the same time', () => {
    const [first, second] = ['2026-11-21T03:44:00.000Z', '2026-11-21T03:59:00.000Z'];
    const ordered = inOrder([
      line(second, 'order.paid', 3),
      line(first, 'order.opened', 1),
      line(second, 'payment.settled', 4),
      line(first, 'ride.accepted', 2),
      line(first, 'ride.requested', 1),
    ]);
    expect(ordered.map(({ type }) => type)).toEqual([
      'ride.requested',
      'ride.accepted',
      'order.opened',
      'payment.settled',
      'order.paid',
    ]);
  });

  it('shows the facts of one write in the order they were written', () => {
    const at = '2026-11-21T03:59:00.000Z';
    const paid = { ...line(at, 'order.paid', 2), id: 'TNT-20261121-0000042/ORDER/2.2' };
    const finished = { ...line(at, 'order.finished', 2), id: 'TNT-20261121-0000042/ORDER/2' };
    expect(inOrder([finished, paid, line(at, 'order.opened', 1)]).map(({ type }) => type)).toEqual([
      'order.opened',
      'order.finished',
      'order.paid',
    ]);
  });

  it('shows lines of one time by their version; one without a version comes first', () => {
    const at = '2026-11-21T03:44:00.000Z';
    const notice = (version?: number): StoryLine => ({ kind: 'notice', at, ...(version ? { version } : {}) });
    const ordered = inOrder([notice(3), notice(), notice(2), notice(1)]);
    expect(ordered.map(({ version }) => version)).toEqual([undefined, 1, 2, 3]);
  });

  it('does not take the lines of other kinds for changes of the item they are named for', () => {
    const [early, late] = ['2026-11-21T03:44:00.000Z', '2026-11-21T03:44:01.000Z'];
    const notice = (at: string, version: number): StoryLine => ({ kind: 'notice', id: 'TNT-1/ride/1', at, version });
    expect(inOrder([notice(late, 1), notice(early, 2)]).map(({ at }) => at)).toEqual([early, late]);
  });

  it('shows the changes of one item in the order they were made, also where the clocks of two functions differ', () => {
    const ordered = inOrder([
      line('2026-11-21T03:44:00.500Z', 'ride.pickup-updated', 2),
      line('2026-11-21T03:44:00.400Z', 'ride.pickup-updated', 3),
      { kind: 'notice', at: '2026-11-21T03:44:00.450Z', version: 2 },
      line('2026-11-21T03:44:00.000Z', 'ride.requested', 1),
    ]);
    expect(ordered.map(({ kind, version }) => `${kind} ${version}`)).toEqual([
      'event 1',
      'notice 2',
      'event 2',
      'event 3',
    ]);
  });
});
