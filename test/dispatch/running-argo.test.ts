/** The running argo of their car occupies a driver at `accept` too, though its event was lost. */
import { describe, expect, it } from 'vitest';
import { accept, dispatchDeps } from '../../functions/dispatch/commands.ts';
import { changeArgo, ezpayDeps } from '../../functions/ezpay/commands.ts';
import type { DriverId } from '../../functions/kernel/types.ts';
import { car, orderId, ordersWorld } from '../orders/world.ts';
import { logLines } from '../support/log.ts';

logLines();

/** A ride is offered to `driver-1`, who drives a car; no event is delivered. */
const offered = async () => {
  const world = ordersWorld();
  await world.drivenBy('driver-1');
  await world.ride();
  const driver = () =>
    world.table.read('State', { pk: 'DRIVER#driver-1', sk: 'DRIVER' })?.state as { readonly busy?: object };
  const argoStops = () => {
    const at = world.clock.now();
    const event = { device: 'meter-1', sequence: 2, kind: 'STOPPED', deviceTime: at, receivedAt: at } as const;
    return changeArgo(ezpayDeps(world.ports, world.env), car, { type: 'report', event, at });
  };
  return { ...world, driver, argoStops };
};

describe('a driver accepts a ride', () => {
  it('[ORD-2, DSP-13] while the argo of their car runs: refused, and they are occupied by it', async () => {
    const world = await offered();
    await world.argoStarts();
    expect((await world.accepted()).decision).toMatchObject({
      outcome: 'refused',
      refusal: { code: 'DRIVER_BUSY' },
    });
    expect(world.driver().busy).toMatchObject({ by: 'argo' });
    world.clock.pass(1_000);
    await world.argoStops();
    expect((await world.accepted()).decision).toMatchObject({ outcome: 'happened' });
    expect(world.driver().busy).toMatchObject({ by: 'ride', orderId });
  });

  it('[ORD-2] again, when the argo runs on their way: it stays theirs', async () => {
    const world = await offered();
    await world.accepted();
    await world.argoStarts();
    expect((await world.accepted()).decision).toMatchObject({ outcome: 'nothing' });
    expect(world.driver().busy).toMatchObject({ by: 'ride', orderId });
  });

  it('[ORD-2] without a car, or in one whose argo never reported', async () => {
    const world = ordersWorld();
    await world.ride();
    expect((await world.accepted()).decision).toMatchObject({ outcome: 'happened' });
    const driven = await offered();
    const deps = dispatchDeps(driven.ports, driven.env);
    const command = { driverId: 'driver-1' as DriverId, at: driven.clock.now() };
    expect((await accept(deps, orderId, command)).decision).toMatchObject({ outcome: 'happened' });
  });
});
