/** The tolerances of event time, at their boundaries. */
import { describe, expect, it } from 'vitest';
import {
  compare,
  doubtIn,
  isCopy,
  isTimed,
  lagOf,
  nowOf,
  placeOf,
  remembers,
  runAt,
  sameRun,
} from '../../functions/ezpay/argo.timeline.ts';
import { eventsKept } from '../../functions/ezpay/argo.ts';
import { instant } from '../../functions/kernel/types.ts';
import { at, doubts, noArgo, reports, runs, started, stopped, timeline } from '../support/ezpay.ts';

const minute = 60_000;
const hour = 60;
const unset = instant(5_000);

describe('the clock of a report', () => {
  it.each([
    ['2 minutes ahead', 2, undefined],
    ['more than 2 minutes ahead', 2.01, 'future'],
    ['24 hours ahead', 24 * hour, 'future'],
    ['more than 24 hours ahead', 24 * hour + 1, 'clock-unset'],
    ['6 hours late', -6 * hour, undefined],
    ['more than 6 hours late', -6 * hour - 1, 'late'],
    ['7 days late', -7 * 24 * hour, 'late'],
    ['more than 7 days late', -7 * 24 * hour - 1, 'clock-unset'],
  ])('[EZP-13] %s', (_, minutes, doubt) => {
    expect(doubts(reports(started(minutes, { sequence: 1, receivedAt: at(0) })))).toEqual([doubt]);
  });

  it.each([
    ['on time', -3, -3, true],
    ['a minute ahead', 1, 0, true],
    ['late', -7 * hour, -7 * hour, false],
    ['too far ahead', 3, 0, false],
    ['never set', -8 * 24 * hour, 0, false],
  ])('[EZP-13] %s, received at 0: %d happened at %d', (_, minutes, happened, timed) => {
    const event = started(minutes, { sequence: 1, receivedAt: at(0) });
    expect(placeOf(event)).toBe(at(happened));
    expect(isTimed(event)).toBe(timed);
  });

  it('[EZP-13] may go back by 2 minutes', () => {
    const back = (minutes: number) =>
      doubts(reports(started(30, { sequence: 1 }), stopped(30 - minutes, { sequence: 2, receivedAt: at(31) })));
    expect(back(2)).not.toContain('regressing');
    expect(back(2.01)).toContain('regressing');
  });

  it('[EZP-13] goes back only against a report received before, from a good clock and the same power-on', () => {
    const first = { sequence: 1, receivedAt: at(30) };
    const second = { sequence: 2, receivedAt: at(30) };
    expect(doubts(reports(started(30, first), stopped(10, second)))).not.toContain('regressing');
    const later = { ...second, receivedAt: at(31) };
    expect(doubts(reports(started(30, first), stopped(10, later)))).toContain('regressing');
    expect(doubts(reports(started(35, first), stopped(10, later)))).not.toContain('regressing');
    expect(doubts(reports(started(30, { ...first, boot: 1 }), stopped(10, { ...later, boot: 2 })))).not.toContain(
      'regressing',
    );
    expect(doubts(reports(started(30, first), stopped(10, { ...later, device: 'device-2' })))).not.toContain(
      'regressing',
    );
    expect(doubts(reports(started(30, { ...first, sequence: 2 }), stopped(10, later)))).not.toContain('regressing');
  });
});

describe('a report without a usable clock', () => {
  const overtaken = (earlier: object, later: object) =>
    doubts(
      reports(
        stopped(20, { sequence: 70, ...later }),
        started(0, { sequence: 6, deviceTime: unset, receivedAt: at(52), ...earlier }),
      ),
    ).includes('overtaken');

  it('[EZP-13] is overtaken by one counted up to 64 later, received before it', () => {
    expect(overtaken({}, {})).toBe(true);
    expect(overtaken({ sequence: 5 }, {})).toBe(false);
    expect(overtaken({ receivedAt: at(20) }, {})).toBe(false);
    expect(overtaken({ sequence: 70 }, {})).toBe(false);
  });

  it('[EZP-13] of a named power-on by any counted later', () => {
    expect(overtaken({ sequence: 1, boot: 3 }, { boot: 3 })).toBe(true);
    expect(overtaken({ sequence: 1, boot: 4 }, { boot: 3 })).toBe(false);
  });
});

describe('a stop without a start', () => {
  it('[EZP-13] within a minute of a stop is the same stop', () => {
    expect(
      runs(reports(started(0, { sequence: 1 }), stopped(20, { sequence: 2 }), stopped(21, { sequence: 3 }))),
    ).toEqual([[0, 20]]);
    expect(
      runs(reports(started(0, { sequence: 1 }), stopped(20, { sequence: 2 }), stopped(21.1, { sequence: 3 }))),
    ).toEqual([
      [0, 20],
      ['?', 21.1],
    ]);
  });

  it('[EZP-13] means a run since the report before it, of three hours at most', () => {
    const known = reports(started(0, { sequence: 1 }), stopped(20, { sequence: 2 }), stopped(60, { sequence: 4 }));
    expect(timeline(known).runs.at(-1)).toEqual({ since: at(20), stoppedAt: at(60) });
    const later = reports(started(0, { sequence: 1 }), stopped(20, { sequence: 2 }), stopped(400, { sequence: 4 }));
    expect(timeline(later).runs.at(-1)).toEqual({ since: at(220), stoppedAt: at(400) });
  });

  it('[EZP-13] as the oldest of a full list means nothing: its start was dropped', () => {
    const full = Array.from({ length: eventsKept }, (_, n) =>
      (n % 2 === 0 ? stopped : started)(10 * n, { sequence: n + 1 }),
    );
    expect(runs(reports(...full))[0]).toEqual([10, 20]);
    expect(runs(reports(...full.slice(0, -1)))[0]).toEqual(['?', 0]);
  });

  it('[EZP-13] after a known stop of a full list means a run since that stop', () => {
    const full = Array.from({ length: eventsKept }, (_, n) =>
      (n % 2 === 0 ? started : stopped)(10 * n, { sequence: n + 1 }),
    ).with(-2, stopped(100, { sequence: eventsKept - 1 }));
    expect(runs(reports(...full)).slice(-2)).toEqual([
      ['?', 100],
      ['?', 110],
    ]);
  });
});

describe('the run of a scan', () => {
  const trip = [{ startedAt: at(10), stoppedAt: at(30) }];

  it.each([
    ['5 minutes before the start', trip, 5, true],
    ['earlier', trip, 4.9, false],
    ['at the stop', trip, 30, true],
    ['after the stop', trip, 30.1, false],
    ['24 hours after a start without a stop', [{ startedAt: at(0) }], 24 * hour, true],
    ['later', [{ startedAt: at(0) }], 24 * hour + 1, false],
    ['after the last report before a lost start', [{ since: at(10), stoppedAt: at(30) }], 10.1, true],
    ['at that report', [{ since: at(10), stoppedAt: at(30) }], 10, false],
    ['at the stop of a lost start', [{ since: at(10), stoppedAt: at(30) }], 30, true],
    ['after it', [{ since: at(10), stoppedAt: at(30) }], 30.1, false],
  ])('[EZP-13] %s: %j at %d', (_, known, minutes, belongs) => {
    expect(runAt(known, at(minutes), 5 * minute)).toEqual(belongs ? known[0] : undefined);
  });

  it('[EZP-13] is the same run only with both ends and a seen start alike', () => {
    expect(sameRun({ startedAt: at(1) }, { startedAt: at(1) })).toBe(true);
    expect(sameRun({ startedAt: at(1) }, { startedAt: at(2) })).toBe(false);
    expect(sameRun({ startedAt: at(1) }, { startedAt: at(1), stoppedAt: at(3) })).toBe(false);
    expect(sameRun({ startedAt: at(1), stoppedAt: at(3) }, { since: at(1), stoppedAt: at(3) })).toBe(false);
    expect(sameRun({ since: at(1), stoppedAt: at(3) }, { since: at(2), stoppedAt: at(3) })).toBe(false);
    expect(sameRun({ since: at(1), stoppedAt: at(3) }, { since: at(1), stoppedAt: at(3) })).toBe(true);
    expect(sameRun(undefined, { startedAt: at(1) })).toBe(false);
    expect(sameRun({ startedAt: at(1) }, undefined)).toBe(false);
    expect(sameRun(undefined, undefined)).toBe(true);
  });
});

describe('the reports of a car', () => {
  it('[EZP-13] cover every moment until their list is full, then only those after the oldest', () => {
    const full = Array.from({ length: eventsKept }, (_, n) => started(10 * n, { sequence: n + 1 }));
    expect(remembers(full.slice(1), at(-100))).toBe(true);
    expect([remembers(full, at(0)), remembers(full, at(0.1))]).toEqual([false, true]);
    expect(remembers([], at(0))).toBe(true);
  });

  it('[EZP-13] have one order: by time, power-on, sequence, kind and device', () => {
    const first = started(0, { sequence: 5, boot: 1 });
    const ordered = [
      first,
      stopped(0, { sequence: 5, boot: 1 }),
      stopped(0, { sequence: 5, boot: 1, device: 'device-2' }),
      started(0, { sequence: 6, boot: 1 }),
      started(0, { sequence: 1, boot: 2 }),
      started(1, { sequence: 0 }),
    ];
    expect(ordered.toReversed().toSorted(compare)).toEqual(ordered);
    expect(compare(first, { ...first })).toBe(0);
    const [early, late] = [5_000, 6_000].map((time) =>
      started(0, { sequence: 5, deviceTime: instant(time), receivedAt: at(0) }),
    ) as [typeof first, typeof first];
    expect([Math.sign(compare(early, late)), Math.sign(compare(late, early))]).toEqual([-1, 1]);
    for (const [i, one] of ordered.entries())
      for (const next of ordered.slice(i + 1))
        expect([Math.sign(compare(one, next)), Math.sign(compare(next, one))]).toEqual([-1, 1]);
  });

  it('[EZP-1] are copies when only their receipt differs', () => {
    const one = started(0, { sequence: 5, boot: 1 });
    expect(isCopy(one, { ...one, receivedAt: at(9) })).toBe(true);
    for (const other of [
      { device: 'device-2' },
      { boot: 2 },
      { sequence: 6 },
      { kind: 'STOPPED' },
      { deviceTime: at(1) },
    ])
      expect(isCopy(one, { ...one, ...other } as typeof one)).toBe(false);
  });

  it('[EZP-9] have a lag, except from a doubtful clock', () => {
    const lag = (argo: ReturnType<typeof reports>) => timeline(argo).placed.map(lagOf);
    expect(lag(reports(started(0, { sequence: 1, receivedAt: at(3) })))).toEqual([3 * minute]);
    expect(lag(reports(started(5, { sequence: 1, receivedAt: at(0) })))).toEqual([undefined]);
    expect(lag(reports(started(0, { sequence: 1, deviceTime: unset })))).toEqual([undefined]);
    const behind = { sequence: 1, deviceTime: unset, receivedAt: at(52) };
    expect(lag(reports(stopped(20, { sequence: 2, receivedAt: at(21) }), started(0, behind)))).toEqual([
      minute,
      undefined,
    ]);
    const late = started(-400, { sequence: 1, receivedAt: at(0) });
    expect(lag(reports(late))).toEqual([400 * minute]);
  });

  it('[EZP-13] have their doubts, one by one', () => {
    const [first, second, third] = [
      started(0, { sequence: 1 }),
      started(5, { sequence: 2 }),
      stopped(9, { sequence: 3 }),
    ];
    const known = timeline(reports(first, second, third));
    expect([first, second, third].map((event) => doubtIn(known, event))).toEqual([undefined, 'overlapping', undefined]);
    expect(doubtIn(timeline(reports(third)), third)).toBe('unstarted');
    expect(doubtIn(known, stopped(30, { sequence: 4 }))).toBeUndefined();
  });

  it('[EZP-10] give the state of the argo now', () => {
    expect(nowOf(timeline(noArgo))).toEqual({ status: 'UNKNOWN' });
    const trip = reports(started(0, { sequence: 1 }), stopped(20, { sequence: 2 }));
    expect(nowOf(timeline(trip))).toEqual({ status: 'STOPPED', since: at(20) });
    const again = reports(started(0, { sequence: 1 }), stopped(20, { sequence: 2 }), started(30, { sequence: 3 }));
    expect(nowOf(timeline(again))).toEqual({ status: 'STARTED', since: at(30) });
    const twice = reports(...again.events, stopped(50, { sequence: 4 }));
    expect(nowOf(timeline(twice))).toEqual({ status: 'STOPPED', since: at(50) });
    const suspect = stopped(-400, { sequence: 0, receivedAt: at(60) });
    expect(nowOf(timeline(reports(...trip.events, suspect)))).toEqual({ status: 'STOPPED', since: at(20) });
    expect(nowOf(timeline(reports(stopped(-400, { sequence: 1, receivedAt: at(0) }))))).toEqual({ status: 'UNKNOWN' });
  });
});
