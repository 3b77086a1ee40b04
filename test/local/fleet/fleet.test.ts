/** The simulated fleet: its shifts, trips and scans, the same from the same seed. */
import { describe, expect, it } from 'vitest';
import { instant } from '../../../functions/kernel/types.ts';
import { type Delivery, deliveriesOf } from '../../../local/fleet/device.ts';
import { fleet, type Life } from '../../../local/fleet/fleet.ts';
import type { ProfileName } from '../../../local/fleet/profiles.ts';

const day = { seed: 1, cars: 20, from: instant(Date.parse('2026-11-20T00:00:00Z')), hours: 24 };
const minute = 60_000;
const lives = (options = day): readonly Life[] => {
  const { cars, lifeOf } = fleet(options);
  return cars.map(lifeOf);
};
const messages = (profile: ProfileName, options = day): readonly Delivery[] =>
  lives(options).flatMap((life) => deliveriesOf(life, { ...options, profile }));

describe('a simulated fleet', () => {
  it('is the same from the same seed, and another from another', () => {
    expect(messages('mixed')).toEqual(messages('mixed'));
    expect(messages('mixed', { ...day, seed: 2 })).not.toEqual(messages('mixed'));
  });

  it('keeps the life of a car when other cars are added', () => {
    expect(lives({ ...day, cars: 25 }).slice(0, 20)).toEqual(lives());
  });

  it('drives one stretch after another and one trip after another', () => {
    for (const { stretches, trips, scans } of lives()) {
      expect(stretches.every(({ from, to }, i) => from < to && from >= (stretches[i - 1]?.to ?? 0))).toBe(true);
      expect(
        trips.every(({ boardedAt, leftAt }, i) => boardedAt < leftAt && boardedAt >= (trips[i - 1]?.leftAt ?? 0)),
      ).toBe(true);
      for (const { trip, at } of scans.filter((scan) => scan.trip)) {
        expect(at).toBeGreaterThan((trip?.boardedAt ?? 0) - minute);
        expect(at).toBeLessThanOrEqual(trip?.leftAt ?? 0);
      }
    }
  });

  it('has scans before, during and without a run of the argo', () => {
    const scans = lives({ ...day, cars: 100 }).flatMap((life) => life.scans);
    const kinds = scans.map(({ at, trip }) =>
      !trip
        ? 'aboard nothing'
        : !trip.argo
          ? 'never started'
          : at < trip.argo.startedAt
            ? 'before'
            : at > trip.argo.stoppedAt
              ? 'after'
              : 'during',
    );
    expect(new Set(kinds)).toEqual(new Set(['before', 'during', 'after', 'aboard nothing', 'never started']));
  });

  it('has drivers who start a forgotten argo when their customer scans', () => {
    const reminded = lives({ ...day, cars: 200 })
      .flatMap((life) => life.scans)
      .flatMap(({ at, trip }) =>
        trip?.argo && trip.argo.startedAt > trip.boardedAt + 16 * minute ? [trip.argo.startedAt - at] : [],
      );
    expect(reminded.length).toBeGreaterThan(0);
    expect(Math.min(...reminded)).toBeGreaterThan(0);
    expect(Math.max(...reminded)).toBeLessThanOrEqual(minute);
  });
});
