/** Free drivers on duty near a pickup. */
import { describe, expect, it } from 'vitest';
import { report } from '../../functions/dispatch/driver.decider.ts';
import { driverRef, newDriver } from '../../functions/dispatch/driver.ts';
import { cellsAround, driversNear } from '../../functions/dispatch/nearby-drivers.store.ts';
import type { ServiceLine } from '../../functions/dispatch/ride.ts';
import type { DriverId } from '../../functions/kernel/types.ts';
import { toItem } from '../../functions/platform/dynamo.ts';
import { store } from '../../functions/platform/store.ts';
import { at, rideId } from '../support/dispatch.ts';
import { memoryTable } from '../support/memory-table.ts';
import { testPorts } from '../support/ports.ts';
import { scripted } from '../support/scripted.ts';

/** Monas. */
const monas = { lat: -6.175392, lng: 106.827153 };
const metre = 1 / 111_320;
type Duty = { readonly onDuty?: boolean; readonly serviceLine?: ServiceLine; readonly seconds?: number };

const setUp = () => {
  const table = memoryTable();
  const { transition } = store(testPorts({ table }).ports, 'State');
  const { client, sent } = scripted(table);
  /** A driver so many metres north and east of Monas, unless a place is given. */
  const driver = async (
    name: string,
    [north, east]: readonly [number, number],
    { onDuty = true, serviceLine = 'BB', seconds = 0 }: Duty = {},
  ) => {
    const position = {
      lat: monas.lat + north * metre,
      lng: monas.lng + (east * metre) / Math.cos((monas.lat * Math.PI) / 180),
    };
    await transition(driverRef(name as DriverId), (state) =>
      report({ driverId: name as DriverId, onDuty, serviceLine, position, at: at(seconds) }, state),
    );
  };
  const find = (ring: 1 | 2 = 1, fields: { readonly seconds?: number; readonly pickup?: typeof monas } = {}) =>
    driversNear(
      client,
      'State',
    )({ pickup: fields.pickup ?? monas, serviceLine: 'BB', ring, at: at(fields.seconds ?? 0) });
  return { table, transition, driver, find, sent };
};

describe('a search near a pickup', () => {
  it('[DSP-13] finds the nearest first', async () => {
    const { driver, find } = setUp();
    await driver('far', [300, 0]);
    await driver('near', [0, -50]);
    await driver('middle', [-100, 100]);
    expect(await find()).toEqual(['near', 'middle', 'far']);
  });

  it('[DSP-13] finds only free drivers on duty of the service line', async () => {
    const { driver, find, transition } = setUp();
    await driver('free', [10, 10]);
    await driver('off-duty', [1, 1], { onDuty: false });
    await driver('executive', [1, 1], { serviceLine: 'SB' });
    await driver('busy', [1, 1]);
    const busy = 'busy' as DriverId;
    await transition(driverRef(busy), (state) =>
      occupy({ by: 'ride', orderId: rideId, until: at(3_600), at: at(1) }, state ?? newDriver(busy)),
    );
    expect(await find()).toEqual(['free']);
  });

  it('leaves out a driver without a report for two minutes', async () => {
    const { driver, find } = setUp();
    await driver('silent', [1, 1], { seconds: 0 });
    await driver('there', [10, 10], { seconds: 60 });
    expect(await find(1, { seconds: 119 })).toEqual(['silent', 'there']);
    expect(await find(1, { seconds: 120 })).toEqual(['there']);
  });

  it('finds a present driver among any number whose apps ended on duty', async () => {
    const { driver, find } = setUp();
    for (let i = 0; i < 100; i += 1) await driver(`a-ghost-${i}`, [i, 0], { seconds: 0 });
    await driver('zz-there', [50, 50], { seconds: 600 });
    expect(await find(1, { seconds: 610 })).toEqual(['zz-there']);
  });

  it('finds thirty at most', async () => {
    const { driver, find } = setUp();
    for (let i = 0; i < 50; i += 1) await driver(`driver-${i}`, [i, 0]);
    expect(await find()).toHaveLength(30);
  });

  it('finds a driver once who moves to another cell during the search', async () => {
    const { table, driver, find } = setUp();
    await driver('moving', [10, 10]);
    const [item] = table.all('State');
    table.put(
      'State',
      toItem({ ...item, pk: 'DRIVER#moving', sk: 'SHADOW', cell: `BB#${cellsAround(monas, 1)[1]}`, reportedAt: at(1) }),
    );
    expect(await find()).toEqual(['moving']);
  });

  it('takes such a driver to be where they reported last', async () => {
    const { table, driver, find } = setUp();
    await driver('moving', [10, 10], { seconds: 5 });
    await driver('waiting', [50, 0]);
    const before = { cell: `BB#${cellsAround(monas, 1)[1]}`, lat: monas.lat + 900 * metre, lng: monas.lng };
    table.put('State', toItem({ ...before, pk: 'DRIVER#moving', sk: 'SHADOW', reportedAt: at(1) }));
    expect(await find(1, { seconds: 5 })).toEqual(['moving', 'waiting']);
  });

  it('finds those of a crowded cell who reported last', async () => {
    const { driver, find } = setUp();
    for (let i = 0; i < 40; i += 1) await driver(`driver-${i}`, [-100 - i, 0], { seconds: i });
    await driver('latest', [10, 0], { seconds: 50 });
    expect((await find(1, { seconds: 50 }))[0]).toBe('latest');
  });

  it('reads a few cells of the index and nothing else, for any number of drivers', async () => {
    const { find, sent } = setUp();
    await find(1);
    expect(sent).toEqual(Array.from({ length: 9 }, () => 'Query'));
    await find(2);
    expect(sent).toHaveLength(9 + 25);
  });
});

describe('a pickup at the edge of its cell', () => {
  it('[DSP-13] finds the driver across the street in another cell', async () => {
    const { driver, find } = setUp();
    for (const [name, place] of Object.entries({
      north: [700, 0],
      south: [-700, 0],
      east: [0, 900],
      west: [0, -900],
      corner: [650, 1_300],
    }))
      await driver(name, place as [number, number]);
    expect((await find(1)).toSorted()).toEqual(['corner', 'east', 'north', 'south', 'west']);
  });

  it('[DSP-13] finds more in the second ring, and all of the first', async () => {
    const { driver, find } = setUp();
    await driver('near', [100, 0]);
    await driver('second-ring', [1_300, 0]);
    await driver('third-ring', [3_500, 0]);
    expect(await find(1)).toEqual(['near']);
    expect(await find(2)).toEqual(['near', 'second-ring']);
  });

  it.each([
    ['in Jakarta', monas],
    ['on the equator', { lat: 0, lng: 100 }],
    ['on the antimeridian', { lat: -17.7, lng: 180 }],
    ['next to the antimeridian', { lat: -17.7, lng: -179.9999 }],
    ['in the north', { lat: 78.2, lng: 15.6 }],
  ])('covers nine cells, then twenty-five, with the first among the second, %s', (_, place) => {
    const [first, second] = [cellsAround(place, 1), cellsAround(place, 2)];
    expect(new Set(first).size).toBe(9);
    expect(new Set(second).size).toBe(25);
    expect(first.filter((cell) => !second.includes(cell))).toEqual([]);
  });

  it('finds the nearest first where a degree to the east is half as far as one to the north', async () => {
    const { transition, find } = setUp();
    for (const [name, position] of [
      ['north', { lat: 60.001, lng: 10 }],
      ['east', { lat: 60, lng: 10.0015 }],
    ] as const)
      await transition(driverRef(name as DriverId), (state) =>
        report({ driverId: name as DriverId, onDuty: true, position, at: at(0) }, state),
      );
    expect(await find(1, { pickup: { lat: 60, lng: 10 } })).toEqual(['east', 'north']);
  });

  it('finds the nearest first across the antimeridian', async () => {
    const { transition, find } = setUp();
    for (const [name, lng] of [
      ['a-kilometre-west', 179.99],
      ['across-the-line', -179.9999],
    ] as const)
      await transition(driverRef(name as DriverId), (state) =>
        report({ driverId: name as DriverId, onDuty: true, position: { lat: -17.7, lng }, at: at(0) }, state),
      );
    expect(await find(2, { pickup: { lat: -17.7, lng: 179.9999 } })).toEqual(['across-the-line', 'a-kilometre-west']);
  });
});
