/** The driver a notice of a scan goes to: the one who drove the car at that time, however late the event arrives. */
import { describe, expect, it } from 'vitest';
import { at, car } from '../support/ezpay.ts';
import { deviceMessage, ezpayWorld } from '../support/ezpay-world.ts';
import { logLines } from '../support/log.ts';

logLines();

/** Two drivers are connected; the first one drives the car. */
const street = async () => {
  const world = ezpayWorld({ mode: 'async' });
  for (const driver of ['driver-1', 'driver-2']) await world.connect(driver);
  await world.drive('driver-1', car);
  const event = (type: string) => {
    const found = world.events.find((one) => one.type === type);
    if (!found) throw new Error(`${type} was not published`);
    return found;
  };
  const typesOf = (driver: string) => world.received(driver).map(({ type }) => type);
  /** The shift ends, and another driver takes the car. */
  const handOver = async () => {
    await world.drive('driver-1', undefined);
    await world.drive('driver-2', car);
  };
  return { ...world, event, typesOf, handOver };
};
type Street = Awaited<ReturnType<typeof street>>;

const scanned = async (world: Street): Promise<string> => {
  const { body } = await world.scan('customer-1');
  await world.settle();
  return String(body.orderId);
};

const cases: readonly (readonly [string, string, (world: Street) => Promise<unknown>])[] = [
  [
    'ezpay.driver-asked',
    'EZPAY_CONFIRM_REQUEST',
    async (world) => {
      const id = await scanned(world);
      world.clock(5);
      await world.deadline(id);
    },
  ],
  [
    'ezpay.cancelled',
    'EZPAY_CANCELLED',
    async (world) => {
      const id = await scanned(world);
      for (const minute of [5, 15]) {
        world.clock(minute);
        await world.deadline(id);
      }
    },
  ],
  [
    'ezpay.cancelled',
    'EZPAY_CANCELLED',
    async (world) => {
      await world.confirm(await scanned(world), 'driver-1', { confirmed: false });
      await world.settle();
    },
  ],
  [
    'ezpay.cancelled',
    'EZPAY_CANCELLED',
    async (world) => {
      await world.drive('driver-3', 'B7777XYZ');
      await scanned(world);
      await world.scan('customer-1', { car: 'B7777XYZ' });
      await world.settle();
    },
  ],
  [
    'ezpay.confirmed',
    'EZPAY_CONFIRMED',
    async (world) => {
      await world.confirm(await scanned(world), 'driver-1');
      await world.settle();
    },
  ],
  [
    'ezpay.confirmed',
    'EZPAY_CONFIRMED',
    async (world) => {
      await scanned(world);
      await world.device(deviceMessage('STARTED', 0));
      await world.settle();
    },
  ],
  [
    'ezpay.confirmed',
    'EZPAY_CONFIRMED',
    async (world) => {
      await world.device(deviceMessage('STARTED', -1));
      await world.settle();
      await scanned(world);
    },
  ],
];

describe('a notice of a scan', () => {
  it.each(cases)(
    '[EZP-4] %s goes to the driver of that time, once, though its event arrives again under another driver',
    async (type, notice, happens) => {
      const world = await street();
      await happens(world);
      await world.handOver();
      await world.redriven(world.event(type), world.event(type));

      expect(world.event(type)).toMatchObject({ drivenBy: 'driver-1' });
      expect(world.typesOf('driver-1').filter((one) => one === notice)).toEqual([notice]);
      expect(world.typesOf('driver-2').filter((one) => String(one).startsWith('EZPAY_'))).toEqual([]);
    },
  );

  it.each(cases)(
    '[EZP-4] %s goes to the driver of that time when it first arrives under another driver',
    async (type, notice, happens) => {
      const [first, late] = [await street(), await street()];
      await happens(first);
      await late.handOver();
      await late.redriven(first.event(type));

      expect(late.typesOf('driver-1')).toContain(notice);
      expect(late.typesOf('driver-2').filter((one) => String(one).startsWith('EZPAY_'))).toEqual([]);
    },
  );

  it('of a car without a driver goes to the customer alone', async () => {
    const world = await street();
    await world.connect('customer-1');
    await world.drive('driver-1', undefined);
    await world.device(deviceMessage('STARTED', -1));
    await world.settle();
    await scanned(world);
    expect(world.event('ezpay.confirmed').drivenBy).toBeUndefined();
    const lines = world.table.all('Story').filter(({ kind }) => kind === 'notice');
    expect(lines.map(({ to }) => to)).toEqual(['customer-1']);
    expect([world.typesOf('customer-1'), world.typesOf('driver-1')]).toEqual([['EZPAY_CONFIRMED'], []]);
  });

  it('from an event older than `drivenBy` goes to no driver rather than to the wrong one', async () => {
    const [first, later] = [await street(), await street()];
    await first.device(deviceMessage('STARTED', -1));
    await first.settle();
    await scanned(first);
    const { drivenBy, ...old } = first.event('ezpay.confirmed');
    await later.connect('customer-1');
    await later.redriven(old);
    expect([drivenBy, later.typesOf('customer-1'), later.typesOf('driver-1')]).toEqual([
      'driver-1',
      ['EZPAY_CONFIRMED'],
      [],
    ]);
  });
});

describe('the argo of a car', () => {
  it('[EZP-10] is sent to its driver when it changes, not with each report', async () => {
    const world = await street();
    await world.device(deviceMessage('STARTED', -1));
    await world.settle();
    const late = { sequence: 0, receivedAt: at(400) };
    await world.device(deviceMessage('STOPPED', -30, late), deviceMessage('STARTED', 1, { sequence: 2 }));
    await world.settle();
    expect(world.typesOf('driver-1')).toEqual(['ARGO_CHANGED']);
  });
});
