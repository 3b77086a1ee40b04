/** The commands of dispatch: what they read, what they write, and whose decision they return. */
import { describe, expect, it } from 'vitest';
import { accept, cancel, dispatchDeadlines, reportDriver, request } from '../../functions/dispatch/commands.ts';
import { driverRef, newDriver } from '../../functions/dispatch/driver.ts';
import type { FindDrivers } from '../../functions/dispatch/nearby-drivers.store.ts';
import { occupy } from '../../functions/dispatch/occupation.decider.ts';
import type { RideRequest } from '../../functions/dispatch/ride.ts';
import type { DriverId } from '../../functions/kernel/types.ts';
import { store } from '../../functions/platform/store.ts';
import { at, d1, d2, otherRide, request as requested, rideId } from '../support/dispatch.ts';
import { memoryTable } from '../support/memory-table.ts';
import { testPorts } from '../support/ports.ts';
import { scripted } from '../support/scripted.ts';

/** A store that counts its calls, and a matcher that finds these drivers in its second ring. */
const setUp = (found: readonly DriverId[] = []) => {
  const { client, sent } = scripted(memoryTable());
  const searches: Parameters<FindDrivers>[0][] = [];
  const findDrivers: FindDrivers = async (search) => {
    searches.push(search);
    return search.ring === 2 ? found : [];
  };
  const deps = { store: store(testPorts({ dynamo: client }).ports, 'State'), findDrivers };
  return {
    deps,
    searches,
    /** The calls so far. */
    calls: () => sent.slice(),
    wake: (seconds: number, key = { pk: 'ORDER#TNT-20261121-0000042', sk: 'RIDE' }) =>
      dispatchDeadlines(deps).map((deadline) => deadline.wake(key, at(seconds)))[0],
  };
};

/** A ride that a matcher seeks drivers for: none was near, the next search is due 5 s later. */
const sought = async (fields: Partial<RideRequest> = {}, found: readonly DriverId[] = [d2]) => {
  const world = setUp(found);
  await request(world.deps, requested({ candidatesFrom: 'matcher', ...fields }), undefined);
  world.searches.length = 0;
  return world;
};

describe('the deadline of a ride has come', () => {
  it('[DSP-13] searches in a wider circle, and offers the ride to the driver who is found', async () => {
    const { wake, searches } = await sought();
    expect(await wake(5)).toEqual({
      orderId: 'TNT-20261121-0000042',
      outcome: 'happened',
      status: 'SEARCHING',
      metrics: undefined,
    });
    expect(searches).toEqual([{ pickup: requested().pickup, serviceLine: 'BB', ring: 2, at: at(5) }]);
  });

  it('does not search before the next search is due', async () => {
    const { wake, searches } = await sought();
    expect(await wake(4.999)).toMatchObject({ outcome: 'nothing', status: 'PENDING' });
    expect(searches).toEqual([]);
  });

  it('[DSP-13] ends the search when its time is over, without another look for drivers', async () => {
    const { wake, searches } = await sought();
    expect(await wake(300)).toEqual({
      orderId: 'TNT-20261121-0000042',
      outcome: 'happened',
      status: 'EXPIRED',
      metrics: { RideExpired: 1 },
    });
    expect(searches).toEqual([]);
  });

  it('looks for drivers in the last moment before', async () => {
    const { wake, searches } = await sought();
    expect(await wake(299.999)).toMatchObject({ status: 'SEARCHING' });
    expect(searches).toHaveLength(1);
  });

  it('looks for no drivers when the caller named them', async () => {
    const { deps, wake, searches } = setUp([d2]);
    await request(deps, requested({ waveSize: 1 }), [d1]);
    expect(await wake(30)).toMatchObject({ status: 'EXPIRED' });
    expect(searches).toEqual([]);
  });

  it('looks for no drivers when the ride is closed', async () => {
    const { deps, wake, searches } = await sought();
    await cancel(deps, rideId, { by: () => ({ role: 'system' }), reason: 'storm', at: at(1) });
    expect(await wake(30)).toMatchObject({ outcome: 'nothing', status: 'CANCELLED' });
    expect(searches).toEqual([]);
  });

  it('is refused for a ride that does not exist', async () => {
    const { wake, searches } = setUp([d2]);
    expect(await wake(5)).toMatchObject({ outcome: 'refused', status: undefined });
    expect(searches).toEqual([]);
  });

  it('concerns the ride of an order and no other item of it', async () => {
    const { wake, calls } = setUp();
    expect(wake(5, { pk: 'ORDER#TNT-20261121-0000042', sk: 'PAYMENT' })).toBeUndefined();
    expect(calls()).toEqual([]);
  });
});

describe('a driver accepts', () => {
  const offered = async () => {
    const world = setUp();
    await request(world.deps, requested(), [d1, d2]);
    return world;
  };
  const busy = ({ deps }: ReturnType<typeof setUp>) =>
    deps.store.transition(driverRef(d1), (driver) =>
      occupy({ by: 'ride', orderId: otherRide, until: at(3_600), at: at(1) }, driver ?? newDriver(d1)),
    );

  it('and the decision is that of the ride', async () => {
    const { deps } = await offered();
    expect(await accept(deps, rideId, { driverId: d1, at: at(2) })).toMatchObject({
      decision: { outcome: 'happened', state: { status: 'ACCEPTED', driverId: 'driver-1' } },
      version: 2,
    });
  });

  it('and is refused because they are busy, and the ride is as it was', async () => {
    const world = await offered();
    await busy(world);
    expect(await accept(world.deps, rideId, { driverId: d1, at: at(2) })).toMatchObject({
      decision: { outcome: 'refused', refusal: { code: 'DRIVER_BUSY' } },
      state: { status: 'SEARCHING' },
      version: 1,
    });
  });

  it('and learns that the ride is closed before that they are busy', async () => {
    const world = await offered();
    await busy(world);
    await cancel(world.deps, rideId, { by: () => ({ role: 'system' }), reason: 'storm', at: at(1) });
    expect(await accept(world.deps, rideId, { driverId: d1, at: at(2) })).toMatchObject({
      decision: { outcome: 'refused', refusal: { code: 'RIDE_CLOSED' } },
    });
  });
});

describe('a ride is cancelled', () => {
  const by = () => ({ role: 'system' }) as const;
  const cancelling = { reason: 'storm', at: at(5) };

  it('[OPS-8] takes one read for a person who may not, also when there is none, or a driver has it', async () => {
    const { deps, calls } = setUp();
    const callsOf = async () => {
      const before = calls().length;
      const { decision } = await cancel(deps, rideId, { by: () => undefined, ...cancelling });
      expect(decision.outcome).toBe('refused');
      return calls().slice(before);
    };
    expect(await callsOf()).toEqual(['GetItem']);
    await request(deps, requested(), [d1]);
    expect(await callsOf()).toEqual(['GetItem']);
    await accept(deps, rideId, { driverId: d1, at: at(2) });
    expect(await callsOf()).toEqual(['GetItem']);
  });

  it('takes one read and one write of one item while no driver has it', async () => {
    const { deps, calls } = setUp();
    await request(deps, requested(), [d1]);
    const before = calls().length;
    await cancel(deps, rideId, { by, ...cancelling });
    expect(calls().slice(before)).toEqual(['GetItem', 'PutItem']);
  });

  it('keeps what the driver reported when it frees them', async () => {
    const { deps } = setUp();
    await reportDriver(deps, { driverId: d1, onDuty: true, serviceLine: 'SB', at: at(0) });
    await request(deps, requested(), [d1]);
    await accept(deps, rideId, { driverId: d1, at: at(2) });
    await cancel(deps, rideId, { by, ...cancelling });
    const { state } = await deps.store.load(driverRef(d1));
    expect(state).toEqual({ driverId: 'driver-1', onDuty: true, serviceLine: 'SB' });
  });
});
