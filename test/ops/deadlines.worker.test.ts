/** A deadline comes: by the delayed message, by the sweeper, early, late or twice. */
import { describe, expect, it } from 'vitest';
import { dispatchDeps, reportDriver, request } from '../../functions/dispatch/commands.ts';
import { changeArgo, ezpayDeps, scanCar } from '../../functions/ezpay/commands.ts';
import type { CarId, DriverId } from '../../functions/kernel/types.ts';
import { compose } from '../../functions/ops/deadlines.compose.ts';
import { at, d1, d2, rideId, request as rideRequest, rider } from '../support/dispatch.ts';
import { logLines } from '../support/log.ts';
import { testPorts } from '../support/ports.ts';
import { delivered } from '../support/queue.ts';

const lines = logLines();
const item = { pk: 'ORDER#TNT-20261121-0000042', sk: 'RIDE' };
const thirty = { ...item, dueAt: at(30) };
type Stored = { readonly version: number; readonly state: Readonly<Record<string, unknown>> };

/** @param drivers named by the caller; without them the matcher looks for drivers */
const setUp = async (fields: Parameters<typeof rideRequest>[0] = {}, drivers: readonly DriverId[] = [d1, d2]) => {
  const world = testPorts();
  const { ports, env, clock, table, sent, messagesTo } = world;
  const dispatch = dispatchDeps(ports, env);
  const ezpay = ezpayDeps(ports, env);
  await request(dispatch, rideRequest(fields), drivers);
  const worker = compose(ports, env);
  return {
    ...world,
    come: async (now: number, ...wakes: readonly unknown[]) => {
      clock.set(at(now));
      return (await worker(delivered(wakes))).batchItemFailures;
    },
    stored: (sk: string) => table.read('State', { ...item, sk }) as Stored | undefined,
    /** Two cells of the index away from the pickup. */
    driverNear: (driverId: DriverId, now: number) =>
      reportDriver(dispatch, { driverId, onDuty: true, position: { lat: -6.2, lng: 106.836 }, at: at(now) }),
    /** A scan of a car without a meter report: its driver must confirm after five minutes. */
    scan: async () => {
      const car = 'BB1234' as CarId;
      await changeArgo(ezpay, car, { type: 'drive', driverId: d1, drives: true, at: at(0) });
      const times = { scannedAt: at(0), windowMs: 300_000, answerMs: 600_000 };
      await scanCar(ezpay, { orderId: rideId, customerId: rider, car, paymentMethod: 'qris', mode: 'async', ...times });
    },
    woken: () => messagesTo('timers'),
    atGateway: () => messagesTo('gateway'),
    parked: () => sent.filter(({ queue }) => queue === 'own-dead-letters').map(({ attributes }) => attributes.reason),
  };
};

describe('the time of an offer is over', () => {
  it('[DSP-13] offers the ride to the next candidates', async () => {
    const { come, stored } = await setUp({ waveSize: 1 });
    expect(await come(30, thirty)).toEqual([]);
    expect(stored('RIDE')).toMatchObject({
      version: 2,
      state: { offers: { 'driver-1': { status: 'TIMED_OUT' }, 'driver-2': { status: 'PENDING' } } },
    });
  });

  it('[DSP-13] offers the ride to the drivers that the matcher finds two cells around', async () => {
    const { come, stored, driverNear } = await setUp({ candidatesFrom: 'matcher' }, [d1]);
    await driverNear('driver-7' as DriverId, 29);
    await come(30, thirty);
    expect(stored('RIDE')).toMatchObject({ state: { offers: { 'driver-7': { status: 'PENDING' } } } });
  });

  it('[DSP-13] ends the search at its time', async () => {
    const { come, stored } = await setUp();
    await come(300, thirty);
    expect(stored('RIDE')).toMatchObject({ version: 2, state: { status: 'EXPIRED' } });
    expect(lines.metric('RideExpired')).toEqual([1]);
  });

  it('[EZP-4] asks the driver about a scan without a meter report', async () => {
    const { come, stored, scan } = await setUp();
    await scan();
    expect(await come(300, { ...item, sk: 'EZPAY', dueAt: at(300) })).toEqual([]);
    expect(stored('EZPAY')?.state.status).toBe('ASKING');
    expect(stored('RIDE')?.version).toBe(1);
    expect(lines.named('Decided')).toMatchObject([{ orderId: rideId, outcome: 'happened', status: 'ASKING' }]);
  });

  it('measures how late it was', async () => {
    const { come } = await setUp({ waveSize: 1 });
    await come(31.5, thirty);
    expect(lines.metric('DeadlineLate')).toEqual([1_500]);
    expect(lines.metric('RideExpired')).toEqual([]);
    expect(lines.named('Decided')).toMatchObject([
      { orderId: rideId, command: 'deadline', outcome: 'happened', status: 'SEARCHING' },
    ]);
  });
});

describe('a wake-up is early, repeated or overtaken', () => {
  it('[ORD-8] sends an early one again once, and changes nothing', async () => {
    const { come, stored, woken } = await setUp();
    expect(await come(29.9, thirty)).toEqual([]);
    expect(woken()).toEqual([{ ...thirty, resent: true }]);
    expect(await come(29.9, { ...thirty, resent: true })).toEqual([]);
    expect(woken()).toHaveLength(1);
    expect(stored('RIDE')).toMatchObject({ version: 1 });
  });

  it('[ORD-8] obeys one that was sent again, at its time', async () => {
    const { come, stored } = await setUp({ waveSize: 1 });
    await come(30, { ...thirty, resent: true });
    expect(stored('RIDE')).toMatchObject({ version: 2 });
  });

  it('[ORD-8] leaves one that is more than 15 minutes early to the sweeper', async () => {
    const { come, woken, parked } = await setUp();
    expect(await come(30, { ...item, dueAt: at(931) })).toEqual([]);
    expect([woken(), parked()]).toEqual([[], []]);
  });

  it('[ORD-8] makes no more messages of a deadline three days away, however often it is delivered', async () => {
    const { come, woken } = await setUp();
    const far = { ...item, dueAt: at(3 * 86_400) };
    for (let minutes = 0; minutes < 72 * 60; minutes += 15) await come(minutes * 60, far, far);
    // Only in the last quarter of an hour, once for each of the two copies.
    expect(woken()).toEqual([
      { ...far, resent: true },
      { ...far, resent: true },
    ]);
  });

  it('[DSP-14] changes nothing the second time', async () => {
    const { come, stored } = await setUp({ waveSize: 1 });
    await come(30, thirty, thirty, thirty);
    await come(31, thirty);
    expect(stored('RIDE')).toMatchObject({ version: 2 });
    expect(lines.metric('DeadlineLate')).toHaveLength(1);
  });

  it('refuses one for a ride that does not exist, and parks nothing', async () => {
    const { come, parked } = await setUp();
    expect(await come(30, { ...thirty, pk: 'ORDER#TNT-20261121-ZZZZZZZ' })).toEqual([]);
    expect(parked()).toEqual([]);
    expect(lines.named('Decided')).toMatchObject([{ outcome: 'refused' }]);
  });

  it.each(['PAYMENT#1795232640', 'EARLY#1795232640#ab12'])(
    'leaves %s to the queue of the deadlines that ask the gateway',
    async (sk) => {
      const { come, atGateway, parked } = await setUp();
      expect(await come(30, { ...thirty, sk })).toEqual([]);
      expect(atGateway()).toEqual([{ ...thirty, sk }]);
      expect(parked()).toEqual([]);
    },
  );
});

describe('a wake-up is wrong', () => {
  it.each<[string, unknown, RegExp]>([
    ['is not JSON', 'wake up', /JSON/],
    ['names no item', { dueAt: at(30) }, /pk: .*sk: /],
    ['names an item without a deadline', { ...thirty, sk: 'KEY' }, /KEY is unknown/],
    ['names a method of objects', { ...thirty, sk: 'constructor' }, /constructor is unknown/],
    ['names an order that cannot be', { ...thirty, pk: 'ORDER#42' }, /ORDER#42 RIDE is unknown/],
    ['has no time', item, /dueAt/],
    ['has a negative time', { ...item, dueAt: -1 }, /dueAt/],
    ['has a time that is a text', { ...item, dueAt: 'noon' }, /dueAt/],
    ['has a time beyond 2^53', { ...item, dueAt: 2 ** 53 }, /dueAt/],
  ])('is parked with the reason when it %s, and its neighbour is done', async (_, poison, reason) => {
    const { come, stored, parked } = await setUp({ waveSize: 1 });
    expect(await come(30, poison, thirty)).toEqual([]);
    expect(parked()).toEqual([expect.stringMatching(reason)]);
    expect(stored('RIDE')).toMatchObject({ version: 2 });
  });

  it('is parked when its time is farther away than any deadline', async () => {
    const { come, woken, parked } = await setUp();
    await come(30, { ...item, dueAt: at(10 * 365 * 86_400) });
    expect([woken(), parked()]).toEqual([[], [expect.stringMatching(/dueAt/)]]);
  });
});
