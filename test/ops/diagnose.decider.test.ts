/** What is wrong with a ride, by the five questions about rides. */
import { describe, expect, it } from 'vitest';
import type { RideRecord } from '../../functions/dispatch/commands.ts';
import { crossings, judgeRide } from '../../functions/ops/diagnose.decider.ts';
import type { Question } from '../../functions/ops/diagnose.questions.ts';
import { declined, event, later, pickup, sent } from './rides.ts';

const evidence = (record: RideRecord, question: Question): readonly string[] =>
  judgeRide(record)
    .filter((finding) => finding.question === question)
    .map((finding) => finding.evidence);

describe('A ride with which nothing is wrong', () => {
  it('[DSP-11] gives no finding', () => {
    expect(judgeRide(declined())).toEqual([]);
  });

  it('[DSP-11] names ride and runbook heading in a finding', () => {
    expect(judgeRide(declined({}, { pending: ['d2'] }))).toEqual([
      {
        question: 'pending-offers',
        subject: 'TNT-20261121-0000042',
        evidence: 'the ride is DECLINED (version 2) and awaits the answer of d2',
        runbook: 'diagnose.md#a-ride-that-is-over-has-pending-offers',
      },
    ]);
  });
});

describe('Question 1, dispatched within 10 s after a decline', () => {
  const with3 = (ms: number, more = {}) => declined({ dispatches: [sent('d1', 50), sent('d3', ms, more)] });

  it('[DSP-11] finds a dispatch to anybody after the ride was declined', () => {
    expect(evidence(with3(7_000), 'after-decline')).toEqual([
      'sent to d3 at 2026-11-21T03:44:07.005Z under version 1, 3.005 s after d1 declined (version 2)',
    ]);
  });

  it('[DSP-11] finds it up to 10 s later, to the millisecond', () => {
    expect(evidence(with3(13_995), 'after-decline')).toHaveLength(1);
    expect(evidence(with3(13_996), 'after-decline')).toEqual([]);
  });

  it('[DSP-11] finds what the worker sent although it had read the decline', () => {
    expect(evidence(with3(4_001, { version: 2 }), 'after-decline')).toHaveLength(1);
  });

  it('[DSP-11] takes only a decline for a decline', () => {
    const events = [event(1, 'requested', 0), event(2, 'accepted', 4_000, { driverId: 'd1' })];
    const accepted = declined({ events, dispatches: [sent('d2', 50), sent('d1', 7_000)] }, { status: 'ACCEPTED' });
    expect(evidence(accepted, 'after-decline')).toEqual([]);
  });

  it('[DSP-11] finds nothing that went out in the millisecond of the decline', () => {
    expect(evidence(with3(3_995), 'after-decline')).toEqual([]);
    expect(crossings(with3(3_995))).toBe(0);
  });

  it('[DSP-11] does not count as crossed what was claimed more than a quarter of a second later', () => {
    expect(crossings(with3(4_250))).toBe(1);
    expect(crossings(with3(4_251))).toBe(0);
    expect(evidence(with3(4_251), 'after-decline')).toHaveLength(1);
  });

  it('[DSP-11] does not count what was claimed but never sent', () => {
    expect(evidence(with3(7_000, { sentAt: undefined }), 'after-decline')).toEqual([]);
  });

  it('[DSP-11] does not blame a dispatch that met the decline on its way, but counts it', () => {
    const met = with3(3_990, { sentAt: later(4_030) });
    expect(evidence(met, 'after-decline')).toEqual([]);
    expect(crossings(met)).toBe(1);
    expect(crossings(declined())).toBe(0);
  });

  it('[DSP-11] under policy next finds only what goes to the driver who declined', () => {
    const next = (driverId: string) =>
      declined(
        {
          events: [event(1, 'requested', 0), event(2, 'offer-declined', 4_000, { driverId: 'd1' })],
          dispatches: [sent('d1', 50), sent(driverId, 7_000)],
        },
        { status: 'SEARCHING' },
      );
    expect(evidence(next('d1'), 'after-decline')).toHaveLength(1);
    expect(evidence(next('d2'), 'after-decline')).toEqual([]);
  });
});

describe('Question 2, dispatched more than once to one driver in an hour', () => {
  const twice = (second: number) => declined({ dispatches: [sent('d1', 0), sent('d2', 10), sent('d1', second)] });

  it('[DSP-11] finds the pair, with the times', () => {
    expect(evidence(twice(1_000), 'twice')).toEqual([
      'sent 2 times to d1: 2026-11-21T03:44:00.005Z, 2026-11-21T03:44:01.005Z',
    ]);
  });

  it('[DSP-11] puts the times in order, whatever the order of the lines', () => {
    const unordered = declined({ dispatches: [sent('d1', 2_000), sent('d1', 0), sent('d1', 1_000)] });
    expect(evidence(unordered, 'twice')).toEqual([
      'sent 3 times to d1: 2026-11-21T03:44:00.005Z, 2026-11-21T03:44:01.005Z, 2026-11-21T03:44:02.005Z',
    ]);
  });

  it('[DSP-11] finds it within the hour, and no later', () => {
    expect(evidence(twice(3_600_000), 'twice')).toHaveLength(1);
    expect(evidence(twice(3_600_001), 'twice')).toEqual([]);
  });

  it('[ORD-1] is right when a driver gave the ride back in between, and in no other case', () => {
    const givenBack = (ms: number) => ({
      events: [event(1, 'requested', 0), event(2, 'accepted', 500), event(3, 'given-back', ms)],
      dispatches: [sent('d1', 0), sent('d1', 2_000)],
    });
    expect(evidence(declined(givenBack(1_000)), 'twice')).toEqual([]);
    expect(evidence(declined(givenBack(3_000)), 'twice')).toHaveLength(1);
  });

  it('[DSP-11] does not count a line that was claimed but never sent', () => {
    expect(evidence(declined({ dispatches: [sent('d1', 0), sent('d1', 9, { sentAt: undefined })] }), 'twice')).toEqual(
      [],
    );
  });
});

describe('Question 4, pending offers of a ride that is over', () => {
  it.each(['DECLINED', 'CANCELLED', 'EXPIRED', 'ACCEPTED'])('[DSP-11] finds them when it is %s', (status) => {
    expect(evidence(declined({}, { status, pending: ['d2', 'd3'] }), 'pending-offers')).toEqual([
      `the ride is ${status} (version 2) and awaits the answer of d2, d3`,
    ]);
  });

  it.each(['PENDING', 'SEARCHING'])('[DSP-11] are what a ride that is %s is made of', (status) => {
    expect(evidence(declined({}, { status, pending: ['d2'] }), 'pending-offers')).toEqual([]);
  });
});

describe('Question 5, pickups that differ from their log', () => {
  const moved = (stored: { lat?: number; lng?: number; sequence?: number }) =>
    declined(
      {
        events: [
          event(1, 'requested', 0),
          event(2, 'pickup-updated', 100, { pickup: { lat: -6.2, lng: 106.8, sequence: 3 } }),
          event(3, 'pickup-updated', 200, { pickup: { lat: -6.3, lng: 106.9, sequence: 7 } }),
        ],
      },
      { status: 'SEARCHING', version: 3, pickup: { lat: -6.3, lng: 106.9, sequence: 7, ...stored } },
    );

  it('[DSP-11] finds one that jumped back to an older position', () => {
    expect(evidence(moved({ lat: -6.2, lng: 106.8, sequence: 3 }), 'pickup')).toEqual([
      'stored -6.2, 106.8 (sequence 3), log -6.3, 106.9 (sequence 7): 0.1° apart',
    ]);
  });

  it('[DSP-11] finds more than 0.0001° in either direction, and no less', () => {
    expect(evidence(moved({}), 'pickup')).toEqual([]);
    expect(evidence(moved({ lat: -6.3001 }), 'pickup')).toEqual([]);
    expect(evidence(moved({ lat: -6.300101 }), 'pickup')).toHaveLength(1);
    expect(evidence(moved({ lng: 106.899898 }), 'pickup')).toHaveLength(1);
  });
});

describe('Question 6, the events of a ride', () => {
  const events =
    (...list: RideRecord['events'][number][]) =>
    (version: number) =>
      declined({ events: list, dispatches: [] }, { version });
  const requested = event(1, 'requested', 0);

  it('[DSP-11] finds a gap', () => {
    expect(evidence(events(requested, event(4, 'declined', 9))(4), 'sequence')).toEqual(['versions 2, 3 of 4 missing']);
  });

  it('[DSP-11] finds that the last event is missing, and the first', () => {
    expect(evidence(events(requested)(2), 'sequence')).toEqual(['version 2 of 2 missing']);
    expect(evidence(events(event(2, 'declined', 9))(2), 'sequence')).toEqual(['version 1 of 2 missing']);
  });

  it('[DSP-11] finds a ride without any event, and events without a ride', () => {
    expect(evidence(events()(1), 'sequence')).toEqual(['version 1 of 1 missing']);
    expect(evidence({ ...declined(), ride: undefined }, 'sequence')).toEqual(['there are events, but no ride']);
  });

  it('[DSP-11] finds a version that comes twice, and one the ride never had', () => {
    expect(evidence(events(requested, event(2, 'offered', 5), event(2, 'declined', 6))(2), 'sequence')).toContain(
      'version 2 more than once',
    );
    expect(evidence(events(requested, event(2, 'declined', 5))(1), 'sequence')).toEqual([
      'the ride is at version 1, its events at 2',
    ]);
  });

  it('[DSP-11] finds what happened after the end', () => {
    expect(evidence(events(requested, event(2, 'declined', 5), event(3, 'offered', 6))(3), 'sequence')).toEqual([
      'ride.offered (version 3) after ride.declined (version 2)',
    ]);
    expect(
      evidence(
        events(requested, event(2, 'accepted', 5), event(3, 'pickup-updated', 6), event(4, 'cancelled', 7))(4),
        'sequence',
      ),
    ).toEqual([]);
    expect(evidence(events(requested, event(2, 'accepted', 5), event(3, 'expired', 6))(3), 'sequence')).toHaveLength(1);
  });

  it('[ORD-1] finds nothing in a ride that was given back, accepted again and completed', () => {
    const trip = [
      requested,
      event(2, 'accepted', 5),
      event(3, 'given-back', 6),
      event(4, 'offered', 7),
      event(5, 'accepted', 8),
      event(6, 'picked-up', 9),
      event(7, 'overdue', 10),
      event(8, 'completed', 11),
    ];
    expect(evidence(events(...trip)(8), 'sequence')).toEqual([]);
    expect(evidence(events(...trip, event(9, 'cancelled', 12))(9), 'sequence')).toEqual([
      'ride.cancelled (version 9) after ride.completed (version 8)',
    ]);
    expect(evidence(events(...trip.slice(0, 6), event(7, 'given-back', 12))(7), 'sequence')).toHaveLength(1);
  });

  it('[DSP-11] finds a ride that does not begin with its request', () => {
    expect(evidence(events(event(1, 'offered', 0))(1), 'sequence')).toEqual(['version 1 is ride.offered']);
    expect(evidence(events(requested, event(2, 'requested', 5))(2), 'sequence')).toEqual([
      'version 2 is ride.requested',
    ]);
  });

  it('[DSP-11] finds time running backwards, but not two clocks that differ', () => {
    expect(evidence(events({ ...requested, at: later(2_000) }, event(2, 'declined', 999))(2), 'sequence')).toEqual([
      'version 2 is of 2026-11-21T03:44:00.999Z, version 1 of 2026-11-21T03:44:02.000Z',
    ]);
    expect(evidence(events({ ...requested, at: later(2_000) }, event(2, 'declined', 1_000))(2), 'sequence')).toEqual(
      [],
    );
  });

  it('[DSP-11] names a line that cannot be read', () => {
    expect(evidence(declined({ unreadable: ['EVENT#ride#000009'] }), 'sequence')).toEqual([
      'EVENT#ride#000009 cannot be read',
    ]);
  });

  it('[DSP-11] is not disturbed by the order in which the lines come', () => {
    const { events: list } = declined();
    expect(
      judgeRide(declined({ events: list.toReversed(), ride: { status: 'DECLINED', version: 2, pickup, pending: [] } })),
    ).toEqual([]);
  });
});
