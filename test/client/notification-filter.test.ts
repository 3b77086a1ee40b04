/** Repeated and outdated notifications are dropped. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { remembered } from '../../client/filter-memory.ts';
import { notificationFilter } from '../../client/notification-filter.ts';
import { sleep } from './servers.ts';

const offer = (rideId: string, version: number) => ({
  id: `${rideId}:${version}`,
  type: 'NEW_RIDE_REQUEST',
  rideId,
  version,
});
const offered = (rideId: string, version: number, sequence: number) => ({ ...offer(rideId, version), sequence });
const withdrawn = (rideId: string, version: number) => ({
  id: `${rideId}:${version}`,
  type: 'RIDE_WITHDRAWN',
  rideId,
  version,
});

/** DSP-7 as a list of the last 100 different ids that came. */
const plainly = () => {
  let last: string[] = [];
  return (id: string): boolean => {
    const isNew = !last.includes(id);
    last = [...last.filter((other) => other !== id), id].slice(-100);
    return isNew;
  };
};

const memoryStorage = (saved?: string) => {
  const storage = {
    text: saved,
    saves: 0,
    load: () => storage.text,
    save: async (text: string) => {
      await sleep(1);
      storage.text = text;
      storage.saves += 1;
    },
  };
  return storage;
};

describe('A notification that comes twice', () => {
  it('[DSP-7] is shown once', () => {
    const { accepts } = notificationFilter();
    expect([accepts(offer('A', 1)), accepts(offer('A', 1)), accepts(offer('B', 1)), accepts(offer('A', 1))]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it('[DSP-7] is dropped while it is among the last 100 ids, and not longer', () => {
    const { accepts } = notificationFilter();
    const all = Array.from({ length: remembered }, (_, i) => offer(`R${i}`, 1));
    expect(all.every(accepts)).toBe(true);
    expect(all.some(accepts)).toBe(false);
    expect(accepts(offer('R100', 1))).toBe(true);
    expect(accepts(offer('R1', 1))).toBe(false);
    expect(accepts(offer('R0', 1))).toBe(true);
  });

  it('[DSP-7] is dropped exactly as by a list of the last 100 different ids, whatever comes in whatever order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 130 }), { maxLength: 1_500 }), (versions) => {
        const expected = plainly();
        const { accepts } = notificationFilter();
        for (const n of versions) expect(accepts(offer(`R${n}`, 1))).toBe(expected(`R${n}:1`));
      }),
      { numRuns: 150 },
    );
  });
});

describe('An offer older than what the app knows', () => {
  it('[DSP-7] is dropped after its withdrawal', () => {
    const { accepts } = notificationFilter();
    expect(accepts(withdrawn('A', 4))).toBe(true);
    expect(accepts(offer('A', 3))).toBe(false);
    expect(accepts(offer('B', 3))).toBe(true);
  });

  it('[DSP-7] is dropped after the app itself read that the offer is over', () => {
    const { accepts, learn } = notificationFilter();
    learn({ rideId: 'A', version: 3, offers: [{ driverId: 'd', sequence: 1, status: 'WITHDRAWN', at: '' }] });
    expect(accepts(offer('A', 2))).toBe(false);
  });

  it('is shown when the app read the ride while the offer was awaited', () => {
    const { accepts, learn } = notificationFilter();
    learn({ rideId: 'A', version: 3, offers: [{ driverId: 'd', sequence: 1, status: 'PENDING', at: '' }] });
    expect(accepts(offer('A', 2))).toBe(true);
  });

  it('never shows again, in any order of arrival, once something later of the ride was shown', () => {
    const arrivals = fc.array(
      fc.record({
        ride: fc.integer({ min: 1, max: 5 }),
        version: fc.integer({ min: 1, max: 12 }),
        isOffer: fc.boolean(),
      }),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(arrivals, (list) => {
        const { accepts } = notificationFilter();
        const shown = new Map<number, number>();
        for (const { ride, version, isOffer } of list) {
          const accepted = accepts((isOffer ? offer : withdrawn)(`R${ride}`, version));
          const newest = shown.get(ride) ?? 0;
          if (accepted && isOffer) expect(version).toBeGreaterThan(newest);
          if (accepted && !isOffer) expect(version).toBeGreaterThanOrEqual(newest);
          if (accepted && !isOffer) shown.set(ride, version);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('is not judged by a type this client does not know', () => {
    const { accepts } = notificationFilter();
    expect(accepts({ id: 'A:PAYMENT:9', type: 'PAYMENT_SETTLED', rideId: 'A', version: 9 })).toBe(true);
    expect(accepts(offer('A', 2))).toBe(true);
  });
});

describe('An offer of a ride the driver has answered', () => {
  it('[DSP-8] is dropped from the moment the answer is sent, under whatever version it comes', () => {
    const { accepts, answered } = notificationFilter();
    expect(accepts(offered('A', 1, 2))).toBe(true);
    answered('A');
    expect([
      accepts(offered('A', 1, 2)),
      accepts(offered('A', 2, 2)),
      accepts(offered('A', 9, 1)),
      accepts(offer('A', 10)),
    ]).toEqual([false, false, false, false]);
    expect(accepts(offered('B', 2, 2))).toBe(true);
  });

  it('[DSP-8] is dropped also when the answer was sent before any offer of it came', () => {
    const { accepts, answered } = notificationFilter();
    answered('A');
    expect(accepts(offered('A', 3, 4))).toBe(false);
  });

  it('is shown when it is a later one', () => {
    const { accepts, answered } = notificationFilter();
    accepts(offered('A', 1, 2));
    answered('A');
    expect(accepts(offered('A', 7, 3))).toBe(true);
  });

  it('is shown when the answer was taken back, also one that came meanwhile and is read again', () => {
    const { accepts, answered } = notificationFilter();
    accepts(offered('A', 1, 2));
    const takeBack = answered('A');
    expect(accepts(offered('A', 2, 2))).toBe(false);
    takeBack();
    expect([accepts(offered('A', 2, 2)), accepts(offered('A', 1, 2))]).toEqual([true, false]);
  });

  it('is still dropped by an earlier answer to it', () => {
    const { accepts, answered } = notificationFilter();
    answered('A');
    answered('A')();
    expect(accepts(offered('A', 2, 2))).toBe(false);
  });

  it('drops nothing else of the ride', () => {
    const { accepts, answered } = notificationFilter();
    answered('A');
    expect(accepts(withdrawn('A', 2))).toBe(true);
    expect(accepts({ id: 'A:3', type: 'PICKUP_UPDATED', rideId: 'A', version: 3 })).toBe(true);
  });
});

describe('The memory of the filter', () => {
  it('[DSP-7] survives a restart of the app through the storage', async () => {
    const storage = memoryStorage();
    const before = notificationFilter(storage);
    before.accepts(offer('A', 1));
    before.accepts(withdrawn('B', 5));
    before.answered('D');
    await sleep(20);
    const after = notificationFilter(storage);
    await after.ready;
    expect([after.accepts(offer('A', 1)), after.accepts(offer('B', 4)), after.accepts(offer('C', 1))]).toEqual([
      false,
      false,
      true,
    ]);
    expect(after.accepts(offered('D', 8, 3))).toBe(false);
  });

  it('reads what an older version of the client saved', async () => {
    const filter = notificationFilter(memoryStorage('{"seen":["A:1"],"known":[["B",5]]}'));
    await filter.ready;
    expect([filter.accepts(offer('A', 1)), filter.accepts(offer('B', 4)), filter.accepts(offered('C', 1, 1))]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('saves what came last when saving is slower than the notifications', async () => {
    const storage = memoryStorage();
    const { accepts } = notificationFilter(storage);
    for (let i = 0; i < 50; i += 1) accepts(offer(`R${i}`, 1));
    await sleep(30);
    expect(JSON.parse(storage.text ?? '').seen).toHaveLength(50);
    expect(storage.saves).toBeLessThan(5);
  });

  it.each(['not JSON', '[]', 'null', '{"seen":"x","known":[["A","y"],7],"answered":[["A",null],{}]}'])(
    'starts empty when the storage holds %s',
    async (text) => {
      const failures: unknown[] = [];
      const filter = notificationFilter(memoryStorage(text), (error) => failures.push(error));
      await filter.ready;
      expect(filter.accepts(offer('A', 1))).toBe(true);
    },
  );

  it('continues without a storage that fails, and reports it', async () => {
    const failures: unknown[] = [];
    const broken = () => {
      throw new Error('disk full');
    };
    const filter = notificationFilter({ load: broken, save: broken }, (error) => failures.push(error));
    await filter.ready;
    expect([filter.accepts(offer('A', 1)), filter.accepts(offer('A', 1))]).toEqual([true, false]);
    await sleep(5);
    expect(failures.length).toBeGreaterThanOrEqual(2);
  });
});
