/** A deadline comes: by the delayed message, by the sweeper, early, late or twice. */
import { describe, expect, it } from 'vitest';
import { requestRide } from '../../functions/dispatch/ride.decider.ts';
import { rideRef } from '../../functions/dispatch/ride.ts';
import type { DriverId } from '../../functions/kernel/types.ts';
import { deadlines, wakeMessage } from '../../functions/ops/deadlines.worker.ts';
import { queueWorker } from '../../functions/platform/queue-worker.ts';
import { store } from '../../functions/platform/store.ts';
import type { Wake } from '../../functions/platform/timers.ts';
import { at, d1, d2, named, request, rideId } from '../support/dispatch.ts';
import { logLines } from '../support/log.ts';
import { clientOf, memoryTable } from '../support/memory-table.ts';
import { deadLetters, delivered } from '../support/queue.ts';

const lines = logLines();
const item = { pk: 'ORDER#TNT-20261121-0000042', sk: 'RIDE' };
const thirty = { ...item, dueAt: at(30) };

const setUp = async (wishes: Parameters<typeof request>[0] = {}, drivers: readonly DriverId[] = [d1, d2]) => {
  const table = memoryTable();
  const rides = store(clientOf(table), 'State');
  await rides.create(rideRef(rideId), requestRide({ type: 'request', request: request(wishes), drivers }));
  const woken: Wake[] = [];
  const atGateway: Wake[] = [];
  const near: string[] = [];
  let seconds = 0;
  const { park, parked } = deadLetters();
  const worker = queueWorker(
    wakeMessage,
    deadlines({
      store: rides,
      findDrivers: async () => named(...near),
      wake: async (wakes) => void woken.push(...wakes),
      wakeAtGateway: async (wakes) => void atGateway.push(...wakes),
      now: () => at(seconds),
    }),
    { park, delay: async () => undefined },
  );
  const come = async (now: number, ...wakes: readonly unknown[]) => {
    seconds = now;
    return (await worker(delivered(wakes))).batchItemFailures;
  };
  const ride = async () =>
    (await rides.load(rideRef(rideId))) as {
      readonly version: number;
      readonly state: { readonly status: string; readonly offers: object };
    };
  return { come, ride, woken, atGateway, near, parked };
};

describe('the time of an offer is over', () => {
  it('[DSP-13] asks the next candidates', async () => {
    const { come, ride } = await setUp({ waveSize: 1 });
    expect(await come(30, thirty)).toEqual([]);
    expect(await ride()).toMatchObject({
      version: 2,
      state: { offers: { 'driver-1': { status: 'TIMED_OUT' }, 'driver-2': { status: 'PENDING' } } },
    });
  });

  it('[DSP-13] asks whom the matcher finds two cells around', async () => {
    const { come, ride, near } = await setUp({ candidatesFrom: 'matcher' }, [d1]);
    near.push('driver-7');
    await come(30, thirty);
    expect(await ride()).toMatchObject({ state: { offers: { 'driver-7': { status: 'PENDING' } } } });
  });

  it('[DSP-13] ends the search at its time', async () => {
    const { come, ride } = await setUp();
    await come(300, thirty);
    expect(await ride()).toMatchObject({ version: 2, state: { status: 'EXPIRED' } });
    expect(lines.metric('RideExpired')).toEqual([1]);
  });

  it('measures how late it was', async () => {
    const { come } = await setUp({ waveSize: 1 });
    await come(31.5, thirty);
    expect(lines.metric('DeadlineLate')).toEqual([1_500]);
    expect(lines.named('Decided')).toMatchObject([
      { orderId: rideId, command: 'deadline', outcome: 'happened', status: 'SEARCHING' },
    ]);
  });
});

describe('a wake-up is early, repeated or overtaken', () => {
  it('sends an early one on until its time, and changes nothing', async () => {
    const { come, ride, woken } = await setUp();
    expect(await come(29.9, thirty)).toEqual([]);
    expect(woken).toEqual([thirty]);
    expect(await ride()).toMatchObject({ version: 1 });
  });

  it('[DSP-14] changes nothing the second time', async () => {
    const { come, ride } = await setUp({ waveSize: 1 });
    await come(30, thirty, thirty, thirty);
    await come(31, thirty);
    expect(await ride()).toMatchObject({ version: 2 });
    expect(lines.metric('DeadlineLate')).toHaveLength(1);
  });

  it('refuses quietly for a ride that is not there', async () => {
    const { come, parked } = await setUp();
    expect(await come(30, { ...thirty, pk: 'ORDER#TNT-20261121-ZZZZZZZ' })).toEqual([]);
    expect(parked).toEqual([]);
    expect(lines.named('Decided')).toMatchObject([{ outcome: 'refused' }]);
  });

  it.each(['PAYMENT#1795232640', 'EARLY#1795232640#ab12'])(
    'leaves %s to the queue of those who ask the gateway',
    async (sk) => {
      const { come, atGateway, parked } = await setUp();
      expect(await come(30, { ...thirty, sk })).toEqual([]);
      expect(atGateway).toEqual([{ ...thirty, sk }]);
      expect(parked).toEqual([]);
    },
  );
});

describe('a wake-up is wrong', () => {
  it.each<[string, unknown]>([
    ['is not JSON', 'wake up'],
    ['names no item', { dueAt: at(30) }],
    ['names an item without a deadline', { ...thirty, sk: 'KEY' }],
    ['names a method of objects', { ...thirty, sk: 'constructor' }],
    ['names an order that cannot be', { ...thirty, pk: 'ORDER#42' }],
    ['has no time', item],
    ['has a negative time', { ...item, dueAt: -1 }],
    ['has a time that is a text', { ...item, dueAt: 'noon' }],
    ['has a time beyond 2^53', { ...item, dueAt: 2 ** 53 }],
  ])('is parked with the reason when it %s, and its neighbour is done', async (_, poison) => {
    const { come, ride, parked } = await setUp({ waveSize: 1 });
    expect(await come(30, poison, thirty)).toEqual([]);
    expect(parked).toHaveLength(1);
    expect(parked[0]?.reason).not.toBe('');
    expect(await ride()).toMatchObject({ version: 2 });
  });

  it('is parked when its time lies so far away that no deadline of the fleet can mean it', async () => {
    const { come, woken, parked } = await setUp();
    await come(30, { ...item, dueAt: at(10 * 365 * 86_400) });
    expect([woken, parked.length]).toEqual([[], 1]);
  });
});
