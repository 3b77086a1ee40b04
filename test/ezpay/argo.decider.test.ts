/** What the reports of a car's device change, and what they do not. */
import { describe, expect, it } from 'vitest';
import { decide } from '../../functions/ezpay/argo.decider.ts';
import { nowOf } from '../../functions/ezpay/argo.timeline.ts';
import { type Argo, lastSuccess } from '../../functions/ezpay/argo.ts';
import { instant } from '../../functions/kernel/types.ts';
import {
  argoAfter,
  at,
  car,
  doubts,
  driver,
  noArgo,
  orderId,
  reports,
  runs,
  started,
  stopped,
  timeline,
} from '../support/ezpay.ts';

const status = (argo: ReturnType<typeof reports>) => nowOf(timeline(argo)).status;
const report = (event: ReturnType<typeof started>, argo = noArgo) =>
  decide({ type: 'report', event, at: event.receivedAt }, car, argo);

describe('a device reports', () => {
  it('[EZP-1] a start and a stop: the argo ran between them, by the device’s own times', () => {
    const argo = reports(started(0, { sequence: 1 }), stopped(20, { sequence: 2 }));
    expect(runs(argo)).toEqual([[0, 20]]);
    expect(status(argo)).toBe('STOPPED');
  });

  it('[EZP-1] a start received 52 minutes late keeps its time and the time of receipt', () => {
    const argo = reports(started(0, { sequence: 1, receivedAt: at(52) }));
    expect(runs(argo)).toEqual([[0, undefined]]);
    expect(argo.events[0]?.receivedAt).toBe(at(52));
  });

  it('[EZP-1] the same report twice: nothing is written', () => {
    const event = started(0, { sequence: 1 });
    expect(report({ ...event, receivedAt: at(3) }, reports(event))).toEqual({
      outcome: 'nothing',
      reason: 'duplicate',
    });
  });

  it('[EZP-1] a late start of an earlier trip does not start a stopped argo', () => {
    const argo = reports(stopped(20, { sequence: 2 }), started(0, { sequence: 1, receivedAt: at(52) }));
    expect(status(argo)).toBe('STOPPED');
    expect(runs(argo)).toEqual([[0, 20]]);
  });

  it('[EZP-13] a start while the argo runs is suspect, and the run keeps its first start', () => {
    const decision = report(started(10, { sequence: 2 }), reports(started(0, { sequence: 1 })));
    expect(decision).toMatchObject({
      outcome: 'happened',
      facts: [{ type: 'argo.suspect', data: { doubt: 'overlapping', changed: false } }],
    });
    expect(
      runs(reports(started(0, { sequence: 1 }), started(10, { sequence: 2 }), stopped(20, { sequence: 3 }))),
    ).toEqual([[0, 20]]);
  });

  it('[EZP-13] a stop without a start is kept, and means that the argo ran before it', () => {
    const argo = reports(stopped(-60, { sequence: 1 }), stopped(20, { sequence: 4 }));
    expect(doubts(argo)).toEqual(['unstarted', 'unstarted']);
    expect(runs(argo)).toEqual([
      ['?', -60],
      ['?', 20],
    ]);
  });

  it('[EZP-13] a stop pressed twice is one stop', () => {
    expect(
      runs(reports(started(0, { sequence: 1 }), stopped(20, { sequence: 2 }), stopped(20.5, { sequence: 3 }))),
    ).toEqual([[0, 20]]);
  });
});

describe('a device’s clock is wrong', () => {
  it.each(['1970-01-01T00:00:05Z', '2099-01-01T00:00:00Z'])('[EZP-13] %s: the time of receipt decides', (time) => {
    const argo = reports(started(0, { sequence: 1, deviceTime: instant(Date.parse(time)) }));
    expect(doubts(argo)).toEqual(['clock-unset']);
    expect(runs(argo)).toEqual([[0, undefined]]);
  });

  it('[EZP-13] half an hour ahead: nothing runs before it was received', () => {
    const argo = reports(started(30, { sequence: 1, receivedAt: at(0) }));
    expect(doubts(argo)).toEqual(['future']);
    expect(runs(argo)).toEqual([[0, undefined]]);
  });

  it('[EZP-13] a start from 1970 that is overtaken by its own stop does not start the argo again', () => {
    const argo = reports(
      stopped(20, { sequence: 2 }),
      started(0, { sequence: 1, deviceTime: instant(0), receivedAt: at(52) }),
    );
    expect(doubts(argo)).toContain('overtaken');
    expect(status(argo)).toBe('STOPPED');
  });

  it('[EZP-13] it goes back between two reports: the second is suspect and overwrites nothing', () => {
    const argo = reports(started(30, { sequence: 1 }), stopped(10, { sequence: 2, receivedAt: at(31) }));
    expect(doubts(argo)).toContain('regressing');
    expect(runs(argo)).toEqual([[30, undefined]]);
  });

  it('[EZP-13] a report of yesterday is kept and decides nothing', () => {
    const argo = reports(started(-600, { sequence: 1, receivedAt: at(0) }));
    expect(doubts(argo)).toEqual(['late']);
    expect(status(argo)).toBe('UNKNOWN');
  });
});

describe('a device loses its sequence', () => {
  it('[EZP-13] it counts from 1 again: clock and receipt agree, so it is a new boot and nothing is suspect', () => {
    const argo = reports(started(0, { sequence: 900 }), stopped(20, { sequence: 901 }), started(30, { sequence: 1 }));
    expect(doubts(argo)).toEqual([undefined, undefined, undefined]);
    expect(status(argo)).toBe('STARTED');
  });

  it('[EZP-13] clock and sequence are lost in a power cut: the receipt decides, the state does not go back', () => {
    const argo = reports(
      started(0, { sequence: 900 }),
      stopped(20, { sequence: 901 }),
      started(30, { sequence: 1, deviceTime: instant(4_000), receivedAt: at(30) }),
    );
    expect(runs(argo)).toEqual([
      [0, 20],
      [30, undefined],
    ]);
  });

  it('[EZP-13] a named boot distinguishes two otherwise equal reports', () => {
    const first = started(0, { sequence: 1, boot: 1, deviceTime: instant(5_000) });
    const argo = reports(first, stopped(20, { sequence: 2, boot: 1 }), { ...first, boot: 2, receivedAt: at(40) });
    expect(status(argo)).toBe('STARTED');
  });
});

describe('other evidence of a car', () => {
  const ping = (minutes: number, lat: number, lng = 106.8) =>
    ({ type: 'ping', position: { lat, lng }, seenAt: at(minutes), at: at(minutes) }) as const;

  const standing = argoAfter(noArgo, ping(0, -6.2));
  const moving = argoAfter(standing, ping(1, -6.21));
  const evidence: readonly (readonly [string, Argo, ReturnType<typeof ping>, object])[] = [
    [
      'the first position of a car is written',
      noArgo,
      ping(0, -6.2),
      { state: { gps: { lat: -6.2, at: at(0), moving: false } } },
    ],
    [
      '111 m on, still in its place: not written',
      standing,
      ping(1, -6.201),
      { outcome: 'nothing', reason: 'same-evidence' },
    ],
    ['223 m on: it moves', standing, ping(1, -6.202), { state: { gps: { lat: -6.202, at: at(1), moving: true } } }],
    ['223 m east: it moves', standing, ping(1, -6.2, 106.80202), { state: { gps: { moving: true } } }],
    ['moving, and on again: written', moving, ping(2, -6.22), { state: { gps: { lat: -6.22, moving: true } } }],
    ['moving, a minute in one place: not yet standing', moving, ping(2, -6.21), { reason: 'same-evidence' }],
    [
      'moving, two minutes in one place: standing',
      moving,
      ping(3, -6.21),
      { state: { gps: { at: at(3), moving: false } } },
    ],
    [
      'standing, a position after five minutes: written',
      standing,
      ping(5, -6.2),
      { state: { gps: { at: at(5), moving: false } } },
    ],
    ['standing, a position sooner: not written', standing, ping(4.9, -6.2), { reason: 'same-evidence' }],
    ['of the same moment: not written', standing, ping(0, -6.3), { reason: 'older-position' }],
    ['older than the last: not written', moving, ping(0.5, -6.3), { reason: 'older-position' }],
  ];
  it.each(evidence)('[EZP-11] a position, %s', (_, argo, command, expected) => {
    expect(decide(command, car, argo)).toMatchObject(expected);
  });

  it('[EZP-11] a report brings its position, in the same write; its copy and an older one change nothing', () => {
    const event = started(2, { sequence: 1 });
    const reported = { type: 'report', event, position: { lat: -6.22, lng: 106.8 }, at: at(2) } as const;
    const after = argoAfter(moving, reported);
    expect(after).toMatchObject({ events: [event], gps: { lat: -6.22, at: at(2), moving: true } });
    expect(decide({ ...reported, position: { lat: -6.3, lng: 106.8 } }, car, after)).toEqual({
      outcome: 'nothing',
      reason: 'duplicate',
    });
    const late = { ...reported, event: started(-9, { sequence: 0, receivedAt: at(3) }) };
    expect(argoAfter(after, { ...late, at: at(3) }).gps).toEqual(after.gps);
  });

  it('[EZP-11] the position of a report whose clock was never set is not the present one', () => {
    const event = started(2, { sequence: 1, deviceTime: instant(4_000), receivedAt: at(52) });
    const after = argoAfter(moving, { type: 'report', event, position: { lat: -6.3, lng: 106.8 }, at: at(52) });
    expect([after.events.length, after.gps]).toEqual([1, moving.gps]);
  });

  it('[EZP-11] a report without a position keeps the last', () => {
    expect(argoAfter(moving, { type: 'report', event: started(2, { sequence: 1 }), at: at(2) }).gps).toEqual(
      moving.gps,
    );
  });

  it('[EZP-3] the last successful order is the latest by its own time', () => {
    const argo = argoAfter(
      noArgo,
      { type: 'record-outcome', confirmed: true, orderId: orderId(2), at: at(2) },
      { type: 'record-outcome', confirmed: true, orderId: orderId(1), at: at(1) },
    );
    expect(lastSuccess(argo)).toMatchObject({ orderId: orderId(2), at: at(2) });
  });

  it('[EZP-10] a driver takes the car, and leaves it', () => {
    const taken = argoAfter(noArgo, { type: 'drive', driverId: driver, drives: true, at: at(0) });
    expect(taken.driver).toEqual({ driverId: driver, since: at(0) });
    expect(argoAfter(taken, { type: 'drive', driverId: driver, drives: false, at: at(1) }).driver).toBeUndefined();
  });

  it('forgets the oldest reports, and does not take a forgotten start for a lost one', () => {
    const many = Array.from({ length: 12 }, (_, i) => [
      started(i * 20, { sequence: 2 * i }),
      stopped(i * 20 + 10, { sequence: 2 * i + 1 }),
    ]).flat();
    const argo = reports(...many);
    expect(argo.events).toHaveLength(12);
    expect(runs(argo)).toHaveLength(6);
    expect(runs(reports(...many, started(400, { sequence: 99 })))[0]?.[0]).not.toBe('?');
  });
});
