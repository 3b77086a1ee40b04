/** The guarantees of dispatch on a real conditional store, with the real client of the SDK. */
import { setTimeout as sleep } from 'node:timers/promises';
import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import {
  accept,
  cancel,
  decline,
  dispatchDeps,
  movePickup,
  request as requestRide,
  rideDeadline,
} from '../../functions/dispatch/commands.ts';
import { driverRef } from '../../functions/dispatch/driver.ts';
import { type RideRequest, rideRef } from '../../functions/dispatch/ride.ts';
import type { Outcome } from '../../functions/kernel/aggregate.ts';
import type { DriverId, OrderId } from '../../functions/kernel/types.ts';
import type { Dynamo } from '../../functions/platform/ports.ts';
import { at, d1, d2, named, noFees, offers, request } from '../support/dispatch.ts';
import { realTables } from '../support/dynamo.ts';
import { clientWith } from '../support/memory-table.ts';
import { env, testPorts } from '../support/ports.ts';

const { client, anotherClient, state } = realTables();
const depsOf = (dynamo: Dynamo) => ({
  ...dispatchDeps(testPorts({ dynamo }).ports, { ...env, STATE_TABLE: state }),
  cancellation: noFees,
});
const dispatch = () => depsOf(client());
const allowed = () => true;
const system = () => ({ role: 'system' }) as const;
const hundred = named(...Array.from({ length: 30 }, (_, i) => `driver-${i + 1}`));

let sequence = 0;
const newRide = async (drivers: readonly DriverId[], fields: Partial<RideRequest> = {}): Promise<OrderId> => {
  sequence += 1;
  const rideId = `TNT-20261121-${String(sequence).padStart(7, '0')}` as OrderId;
  await requestRide(dispatch(), request({ rideId, waveSize: 30, ...fields }), drivers);
  return rideId;
};
const ride = async (rideId: OrderId) => {
  const { state: found, version } = await dispatch().store.load(rideRef(rideId));
  if (!found) throw new Error(`${rideId} is not stored`);
  return { ride: found, version };
};
const busyWith = async (driverId: DriverId) => (await dispatch().store.load(driverRef(driverId))).state?.busy?.orderId;
const outcomes = (answers: readonly Outcome<unknown>[]) => {
  const count = { happened: 0, nothing: 0, refused: 0 };
  for (const { decision } of answers) count[decision.outcome] += 1;
  return count;
};
/** A hundred requests at once, through two functions with connections of their own. */
const atOnce = async <T>(act: (i: number, deps: ReturnType<typeof dispatch>) => Promise<T>): Promise<T[]> => {
  const functions = [dispatch(), depsOf(anotherClient())];
  return Promise.all(Array.from({ length: 100 }, (_, i) => act(i, functions[i % 2] as ReturnType<typeof dispatch>)));
};
const nth = (i: number): DriverId => hundred[i % hundred.length] as DriverId;

describe('thirty drivers accept a hundred times at once', () => {
  it('[DSP-1, DSP-13] one wins, ride and driver agree, the others are free', async () => {
    const rideId = await newRide(hundred);
    const answers = await atOnce((i, deps) => accept(deps, rideId, { driverId: nth(i), at: at(5) }));
    const { ride: accepted, version } = await ride(rideId);
    if (accepted.status !== 'ACCEPTED') throw new Error(`the ride is ${accepted.status}`);
    expect(outcomes(answers).happened).toBe(1);
    expect(version).toBe(2);
    expect(Object.values(offers(accepted)).filter((status) => status !== 'WITHDRAWN')).toEqual(['ACCEPTED']);
    for (const driverId of hundred)
      expect(await busyWith(driverId)).toBe(driverId === accepted.driverId ? rideId : undefined);
  });

  it('[DSP-13] one driver who accepts ten rides at once has one of them', async () => {
    const rides = await Promise.all(Array.from({ length: 10 }, () => newRide(named('anna', 'berta'))));
    const answers = await Promise.all(
      rides.map((rideId) => accept(dispatch(), rideId, { driverId: 'anna' as DriverId, at: at(5) })),
    );
    expect(outcomes(answers)).toEqual({ happened: 1, nothing: 0, refused: 9 });
    const statuses = await Promise.all(rides.map(async (rideId) => (await ride(rideId)).ride.status));
    expect(statuses.toSorted()).toEqual(['ACCEPTED', ...Array.from({ length: 9 }, () => 'SEARCHING')]);
    expect(await busyWith('anna' as DriverId)).toBe(rides[statuses.indexOf('ACCEPTED')]);
  });
});

describe('thirty drivers decline a hundred times at once', () => {
  it('[DSP-2] all succeed, one of them changes the ride, nothing stays pending', async () => {
    const rideId = await newRide(hundred);
    const answers = await atOnce((i, deps) =>
      decline(deps, rideId, { driverId: nth(i), reason: 'too far', at: at(5) }),
    );
    const { ride: declined, version } = await ride(rideId);
    expect(outcomes(answers)).toEqual({ happened: 1, nothing: 99, refused: 0 });
    expect([declined.status, version]).toEqual(['DECLINED', 2]);
    expect(Object.values(offers(declined)).toSorted()).toEqual([
      'DECLINED',
      ...Array.from({ length: 29 }, () => 'WITHDRAWN'),
    ]);
  });

  it('[DSP-13] under policy next each counts once, and the last one closes the ride', async () => {
    const drivers = hundred.slice(0, 5);
    const rideId = await newRide(drivers, { policy: 'next' });
    await Promise.all(
      drivers.map((driverId) => decline(dispatch(), rideId, { driverId, reason: 'too far', at: at(5) })),
    );
    const { ride: declined, version } = await ride(rideId);
    expect([declined.status, version]).toEqual(['DECLINED', 6]);
    expect(Object.values(offers(declined))).toEqual(Array.from({ length: 5 }, () => 'DECLINED'));
  });
});

describe('a hundred pickups come at once in disorder', () => {
  it('[DSP-5] the newest stays, and each that was taken was newer than the one before', async () => {
    const rideId = await newRide([d1]);
    const order = Array.from({ length: 100 }, (_, i) => ((i * 37) % 100) + 2);
    const answers = await atOnce((i, deps) =>
      movePickup(deps, rideId, { pickup: { lat: -6.2, lng: 106.8, sequence: order[i] as number }, at: at(5) }, allowed),
    );
    const { ride: moved, version } = await ride(rideId);
    expect(moved.pickup.sequence).toBe(101);
    expect(outcomes(answers).refused).toBe(0);
    expect(version).toBe(1 + outcomes(answers).happened);
  });
});

describe('acceptance, decline, cancellation and time-out meet', () => {
  it('[DSP-1, DSP-13, DSP-14] leaves ride and drivers in agreement, two hundred times', async () => {
    const drivers = named('one', 'two');
    const [one, two] = drivers as [DriverId, DriverId];
    for (let race = 0; race < 200; race += 10) {
      const rides = await Promise.all(Array.from({ length: 10 }, () => newRide(drivers)));
      await Promise.all(
        rides.flatMap((rideId) => [
          accept(dispatch(), rideId, { driverId: one, at: at(29) }),
          decline(dispatch(), rideId, { driverId: two, reason: 'too far', at: at(29) }),
          cancel(dispatch(), rideId, { by: system, reason: 'storm', at: at(29) }),
          rideDeadline(dispatch(), rideId, at(30)),
        ]),
      );
      const found = await Promise.all(rides.map(ride));
      const accepted = found
        .filter(({ ride: { status } }) => status === 'ACCEPTED')
        .map(({ ride: { rideId } }) => rideId);
      expect(
        found.flatMap(({ ride: closed }) => Object.values(offers(closed))).filter((status) => status === 'PENDING'),
      ).toEqual([]);
      expect([await busyWith(one), await busyWith(two)]).toEqual([accepted[0], undefined]);
      expect(accepted.length).toBeLessThanOrEqual(1);
      for (const rideId of accepted) await cancel(dispatch(), rideId, { by: system, reason: 'next race', at: at(31) });
      expect(await busyWith(one)).toBeUndefined();
    }
  });
});

describe('functions end while their acceptance is being written', () => {
  it('[DSP-1, DSP-13] leaves ride and driver both written or both not', async () => {
    let deaths = 0;
    const dying = clientWith((command) => {
      if (!(command instanceof TransactWriteItemsCommand)) return client().send(command as never);
      deaths += 1;
      return client().send(command, {
        abortSignal: deaths % 3 === 0 ? AbortSignal.abort() : AbortSignal.timeout(deaths % 3),
      });
    });
    const drivers = Array.from({ length: 60 }, (_, i) => `mortal-${i}` as DriverId);
    const rides = await Promise.all(drivers.map((driverId) => newRide([driverId])));
    await Promise.allSettled(
      rides.map((rideId, i) => accept(depsOf(dying), rideId, { driverId: drivers[i] as DriverId, at: at(5) })),
    );
    await sleep(300);
    const found = await Promise.all(rides.map(ride));
    const expected = found.map(({ ride: { status, rideId } }) => (status === 'ACCEPTED' ? rideId : undefined));
    expect(await Promise.all(drivers.map(busyWith))).toEqual(expected);
    expect(expected.filter((rideId) => rideId === undefined).length).toBeGreaterThanOrEqual(20);
  });
});

describe('a driver is found through the index', () => {
  it('[DSP-13] while on duty and free, and not while busy', async () => {
    const { store, findDrivers } = dispatch();
    const search = { pickup: { lat: -7.25, lng: 112.75 }, serviceLine: 'BB', ring: 1, at: at(0) } as const;
    const onDuty = {
      driverId: d2,
      onDuty: true,
      serviceLine: 'BB',
      position: { lat: -7.2501, lng: 112.7501, at: at(0) },
    } as const;
    await store.transition(driverRef(d2), () => ({ outcome: 'happened', state: onDuty, at: at(0), facts: [] }));
    expect(await findDrivers(search)).toEqual([d2]);
    const rideId = await newRide([d2]);
    await accept(dispatch(), rideId, { driverId: d2, at: at(5) });
    await sleep(20);
    expect(await findDrivers(search)).toEqual([]);
  });
});
