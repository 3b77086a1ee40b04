/** What is true of a ride whatever the order of its commands. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as declarations from '../../events/ride.ts';
import { decide, type RideCommand, requestRide } from '../../functions/dispatch/ride.decider.ts';
import { isAssigned, isOpen, type Ride, type RideRequest, rideAggregate } from '../../functions/dispatch/ride.ts';
import type { Decision } from '../../functions/kernel/decision.ts';
import { instant, type RiderId } from '../../functions/kernel/types.ts';
import { at, changes, named, request, searchFields } from '../support/dispatch.ts';

type Declared = (typeof declarations)[keyof typeof declarations]['schema'];

const everybody = named('driver-1', 'driver-2', 'driver-3', 'driver-4', 'driver-5', 'driver-6');
const driver = fc.constantFrom(...everybody);
const reason = fc.constantFrom('too far', 'no fuel');
const by = fc.oneof(
  fc.constant({ role: 'system' } as const),
  fc.constant({ role: 'operator', id: 'operator-1' } as const),
  fc.constant({ role: 'rider', id: 'rider-1' as RiderId } as const),
  driver.map((id) => ({ role: 'driver', id }) as const),
);

/** The milliseconds that pass before a command, and the command; deadlines come early, in time and late. */
const step = fc.tuple(
  fc.oneof(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 0, max: 40_000 })),
  fc.oneof(
    fc.record({ type: fc.constant('accept' as const), driverId: driver }),
    fc.record({ type: fc.constant('decline' as const), driverId: driver, reason }),
    fc.record({ type: fc.constant('cancel' as const), by, reason }),
    fc.record({ type: fc.constant('pick-up' as const), by: driver.map((id) => ({ role: 'driver', id }) as const) }),
    fc.record({ type: fc.constant('complete' as const) }),
    fc.record({
      type: fc.constant('move-pickup' as const),
      pickup: fc.record({ lat: fc.constantFrom(-6.2, -6.3), lng: fc.constant(106.8), sequence: fc.nat(12) }),
    }),
    fc.record({ type: fc.constant('deadline' as const), found: fc.subarray([...everybody], { minLength: 0 }) }),
  ),
);
const beginning = fc.record({
  policy: fc.constantFrom('close' as const, 'next' as const),
  giveBack: fc.constantFrom('close' as const, 'search' as const),
  candidatesFrom: fc.constantFrom('caller' as const, 'matcher' as const),
  waveSize: fc.integer({ min: 1, max: 6 }),
  drivers: fc.subarray([...everybody]),
  closesAt: fc.constantFrom(at(20), at(100), at(300)),
});
const play = fc.tuple(beginning, fc.array(step, { maxLength: 25 }));

type Happening = {
  readonly before: Ride | undefined;
  readonly after: Ride;
  readonly decision: Extract<Decision<Ride>, { outcome: 'happened' }>;
};

const history = ([{ drivers, ...fields }, steps]: [
  Pick<RideRequest, 'policy' | 'giveBack' | 'candidatesFrom' | 'waveSize' | 'closesAt'> & { drivers: typeof everybody },
  readonly (readonly [number, object])[],
]): readonly Happening[] => {
  const first = requestRide(request(fields), drivers);
  const happenings: Happening[] = [{ before: undefined, after: first.state, decision: first }];
  let [ride, now] = [first.state as Ride, at(0) as number];
  for (const [passed, command] of steps) {
    now += passed;
    const decision = decide({ ...command, at: instant(now) } as RideCommand, ride);
    if (decision.outcome !== 'happened') continue;
    happenings.push({ before: ride, after: decision.state, decision });
    ride = decision.state;
  }
  return happenings;
};

const withStatus = (ride: Ride, status: string): readonly string[] =>
  Object.entries(ride.offers).flatMap(([driverId, offer]) => (offer.status === status ? [driverId] : []));

const always = (law: (happening: Happening) => void): void =>
  fc.assert(
    fc.property(play, (played) => {
      for (const happening of history(played)) law(happening);
    }),
    { numRuns: 2_000 },
  );

describe('any commands, in any order', () => {
  it('[DSP-13] never leave more than one accepted driver, who is the driver of the ride', () =>
    always(({ after }) => {
      const accepted = withStatus(after, 'ACCEPTED');
      if (isAssigned(after) || after.status === 'COMPLETED') expect(accepted).toEqual([after.driverId]);
      else if (after.status === 'CANCELLED') expect(accepted).toEqual(after.driverId ? [after.driverId] : []);
      else expect(accepted).toEqual([]);
    }));

  it('[DSP-2] leave no pending offer in a closed ride', () =>
    always(({ after }) => {
      if (!isOpen(after)) expect(withStatus(after, 'PENDING')).toEqual([]);
    }));

  it('keep the fields of the search exactly while the ride is open, and until the pick-up those who wait', () =>
    always(({ after }) => {
      const kept = after.status === 'ACCEPTED' ? ['waiting'] : [];
      expect(searchFields(after).toSorted()).toEqual(isOpen(after) ? ['fruitless', 'nextSearchAt', 'waiting'] : kept);
    }));

  it('[DSP-8, ORD-1] offer the ride again only to a driver who lost it to one that gave it back', () =>
    always(({ before, after }) => {
      for (const [driverId, offer] of Object.entries(before?.offers ?? {})) {
        const later = after.offers[driverId as keyof typeof after.offers];
        if (later?.sequence !== offer.sequence) expect([offer.status, later?.status]).toEqual(['WITHDRAWN', 'PENDING']);
        else if (offer.status === 'ACCEPTED') expect(['ACCEPTED', 'GIVEN_BACK']).toContain(later?.status);
        else if (offer.status !== 'PENDING') expect(later).toEqual(offer);
      }
    }));

  it('number the offers without a repetition, the next ones above all before', () =>
    always(({ before, after }) => {
      const sequences = Object.values(after.offers).map(({ sequence }) => sequence);
      expect(new Set(sequences).size).toBe(sequences.length);
      const made = Math.max(0, ...Object.values(before?.offers ?? {}).map(({ sequence }) => sequence));
      const next = sequences.filter((sequence) => sequence > made).sort((a, b) => a - b);
      expect(next).toEqual(next.map((_, i) => made + i + 1));
    }));

  it('[DSP-3] make exactly one event of the ride with every write', () =>
    always(({ decision }) => {
      expect(changes(decision)).toHaveLength(1);
      expect(changes(decision)[0]?.type).toMatch(/^ride\./);
    }));

  it('[DSP-3] make only facts that fit their declaration', () => {
    const schemas = new Map<string, Declared>(Object.values(declarations).map(({ type, schema }) => [type, schema]));
    always(({ decision }) => {
      for (const { type, data } of decision.facts) {
        const published = { ...data, type, id: 'id', version: 1, at: '2026-11-21T03:44:00.000Z' };
        expect(schemas.get(type)?.safeParse(JSON.parse(JSON.stringify(published))).error).toBeUndefined();
      }
    });
  });

  it('[DSP-8] request a dispatch only to drivers whose answer is awaited, and to each of them', () =>
    always(({ after, decision }) => {
      const dispatched = decision.facts
        .filter(({ type }) => type === 'dispatch.requested')
        .map(({ data }) => data.driverId as string);
      expect(dispatched.sort()).toEqual([...withStatus(after, 'PENDING')].sort());
    }));

  it('[ORD-8] set a deadline exactly while the ride is open or a driver has it', () =>
    always(({ after }) => {
      const dueAt = rideAggregate.dueAt(after);
      expect(dueAt !== undefined).toBe(isOpen(after) || isAssigned(after));
      if (dueAt !== undefined && isOpen(after)) expect(dueAt).toBeLessThanOrEqual(after.closesAt);
    }));

  it('[ORD-1] never reopen a ride that is over, and give it back only before the pick-up', () =>
    always(({ before, after }) => {
      if (!before || isOpen(before)) return;
      const next: Readonly<Record<string, readonly string[]>> = {
        ACCEPTED: ['ACCEPTED', 'PICKED_UP', 'SEARCHING', 'CANCELLED'],
        PICKED_UP: ['PICKED_UP', 'COMPLETED', 'CANCELLED'],
      };
      expect(next[before.status]).toContain(after.status);
    }));

  it('[ORD-1] know their order exactly from the first acceptance on', () =>
    always(({ before, after }) => {
      expect(after.hasOrder ?? false).toBe((before?.hasOrder ?? false) || after.status === 'ACCEPTED');
    }));

  it('[DSP-5] never move the pickup back', () =>
    always(({ before, after }) => {
      if (before) expect(after.pickup.sequence).toBeGreaterThanOrEqual(before.pickup.sequence);
      if (before?.pickup.sequence === after.pickup.sequence) expect(after.pickup).toEqual(before.pickup);
    }));

  it('[DSP-13] count a cancellation against a driver only when that driver cancelled', () =>
    always(({ after, decision }) => {
      if (after.status !== 'CANCELLED' || changes(decision)[0]?.type !== 'ride.cancelled') return;
      expect(changes(decision)[0]?.data.countsAgainstDriver).toBe(after.by.role === 'driver');
      if (after.by.role === 'driver') expect(after.by.id).toBe(after.driverId);
    }));

  it('keep the rider, the request and its end', () =>
    always(({ before, after }) => {
      if (!before) return;
      const { rideId, riderId, serviceLine, destination, policy, requestedAt, idempotentDispatch } = before;
      expect(after).toMatchObject({
        rideId,
        riderId,
        serviceLine,
        destination,
        policy,
        requestedAt,
        idempotentDispatch,
      });
      if (!isAssigned(before) || !isOpen(after)) expect(after.closesAt).toBe(before.closesAt);
    }));
});

describe('only its deadlines happen to a ride', () => {
  it('[DSP-13] ends at the latest when the search time is over', () => {
    fc.assert(
      fc.property(
        beginning,
        fc.array(fc.subarray([...everybody]), { maxLength: 5 }),
        ({ drivers, ...fields }, nearby) => {
          let ride: Ride = requestRide(request(fields), drivers).state;
          for (let wakes = 0; isOpen(ride); wakes += 1) {
            expect(wakes).toBeLessThan(50);
            const due = rideAggregate.dueAt(ride) ?? at(0);
            const decision = decide({ type: 'deadline', found: nearby[wakes % 5] ?? [], at: due }, ride);
            expect(decision.outcome).toBe('happened');
            if (decision.outcome === 'happened') ride = decision.state;
          }
          expect(['EXPIRED', 'DECLINED']).toContain(ride.status);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
