/** A change of a ride is decided again when its order or its driver are others than those that were read. */
import { describe, expect, it } from 'vitest';
import { accept, cancel, request } from '../../functions/dispatch/commands.ts';
import type { DriverId } from '../../functions/kernel/types.ts';
import { store } from '../../functions/platform/store.ts';
import { at, d1, d2, noFees, request as requested, rideId } from '../support/dispatch.ts';
import { logLines } from '../support/log.ts';
import { clientOf, clientWith, memoryTable } from '../support/memory-table.ts';
import { testPorts } from '../support/ports.ts';

logLines();

const setUp = async () => {
  const table = memoryTable();
  const real = clientOf(table);
  let meanwhile: (() => Promise<unknown>) | undefined;
  const outrun = clientWith(async (command) => {
    const isWrite = /^(PutItem|TransactWriteItems)Command$/.test(command?.constructor.name ?? '');
    const other = isWrite ? meanwhile : undefined;
    if (other) meanwhile = undefined;
    await other?.();
    return real.send(command as never);
  });
  const depsOf = (dynamo: typeof real) => ({
    store: store(testPorts({ dynamo }).ports, 'State'),
    findDrivers: async () => [],
    cancellation: noFees,
  });
  const deps = depsOf(real);
  await request(deps, requested(), [d1, d2]);
  const stateOf = (pk: string, sk: string) => table.read('State', { pk, sk })?.state as Record<string, unknown>;
  return {
    accepts: (driverId: DriverId) => accept(deps, rideId, { driverId, at: at(2) }),
    givesBack: (id: DriverId) =>
      cancel(deps, rideId, { by: () => ({ role: 'driver', id }), reason: 'flat', at: at(3) }),
    /** The system cancels the ride; the other writer is faster. */
    cancelledAfter: async (other: () => Promise<unknown>) => {
      meanwhile = other;
      const by = () => ({ role: 'system' }) as const;
      return (await cancel(depsOf(outrun), rideId, { by, reason: 'storm', at: at(4) })).decision.outcome;
    },
    truth: () => [
      stateOf(`ORDER#${rideId}`, 'RIDE').status,
      stateOf(`ORDER#${rideId}`, 'ORDER').status,
      'busy' in (stateOf('DRIVER#driver-1', 'DRIVER') ?? {}),
      'busy' in (stateOf('DRIVER#driver-2', 'DRIVER') ?? {}),
    ],
  };
};

describe('[ORD-1] a ride that is cancelled', () => {
  const over = ['CANCELLED', 'CANCELLED', false, false];

  it('while a driver accepts it: their order is cancelled with it, and they are free', async () => {
    const { accepts, cancelledAfter, truth } = await setUp();
    expect(await cancelledAfter(() => accepts(d1))).toBe('happened');
    expect(truth()).toEqual(over);
  });

  it('while a driver accepts it and gives it back: the order is cancelled with it', async () => {
    const { accepts, givesBack, cancelledAfter, truth } = await setUp();
    const both = async () => {
      await accepts(d1);
      await givesBack(d1);
    };
    expect(await cancelledAfter(both)).toBe('happened');
    expect(truth()).toEqual(over);
  });

  it('while it changes hands: the driver who has it by then is free', async () => {
    const { accepts, givesBack, cancelledAfter, truth } = await setUp();
    await accepts(d1);
    const passOn = async () => {
      await givesBack(d1);
      await accepts(d2);
    };
    expect(await cancelledAfter(passOn)).toBe('happened');
    expect(truth()).toEqual(over);
  });
});
