/** Waiting scans and the shipped predictor, through the composed functions: it confirms early and is proven later. */
import { describe, expect, it } from 'vitest';
import shipped from '../../functions/ezpay/predictor.json' with { type: 'json' };
import { at, car, historyBefore } from '../support/ezpay.ts';
import { asRider, deviceMessage, ezpayWorld, type Settings } from '../support/ezpay-world.ts';
import { logLines } from '../support/log.ts';

const lines = logLines();

/** 14:00, when the customer scans. */
const noon = 616;
const ping = (sequence: number, minutes: number, receivedAt: number, lat: number) =>
  deviceMessage('PING', minutes, { sequence, receivedAt: at(receivedAt), position: { lat, lng: 106.8 } });
/** Where the car was a minute before the scan arrives 18 seconds after it: the car had just driven up. */
const drivenUp = ping(21, noon - 1, noon + 0.3, -6.22);

/** A customer scans a reliable car whose last position is two minutes old. */
const scanned = async (settings: Settings = { predictor: 'on' }) => {
  const world = ezpayWorld(settings);
  await world.history(historyBefore(noon));
  world.clock(noon - 2);
  await world.device(ping(20, noon - 2, noon - 2, -6.2));
  await world.settle();
  world.clock(noon);
  world.written();
  const { body } = await world.scan('customer-1');
  const written = world.written();
  await world.settle();
  const to = async (minutes: number, ...messages: readonly unknown[]): Promise<void> => {
    world.clock(minutes);
    await world.device(...messages);
    await world.settle();
  };
  const id = String(body.orderId);
  const facts = () => world.events.filter(({ orderId }) => orderId === id);
  return { ...world, id, body, written, to, facts, types: () => facts().map(({ type }) => type) };
};

describe('a scan waits in a car that has just driven up', () => {
  it('[EZP-11] the predictor confirms the order minutes before the argo’s report, which verifies it', async () => {
    const { order, id, body, to, types, facts } = await scanned();
    expect(body).toMatchObject({ status: 'WAITING' });
    await to(noon + 0.3, drivenUp);
    expect((await order(id, asRider('customer-1'))).body).toMatchObject({
      status: 'CONFIRMED',
      confirmedBy: 'predictor',
    });
    expect(types()).toEqual(['ezpay.waiting', 'ezpay.confirmed']);
    expect(facts()[1]).toMatchObject({ by: 'predictor', model: shipped.version, waitedMs: 18_000 });
    await to(noon + 52, deviceMessage('STARTED', noon + 0.5, { sequence: 30, receivedAt: at(noon + 52) }));
    expect(types()).toEqual(['ezpay.waiting', 'ezpay.confirmed', 'ezpay.verified']);
    expect(lines.metric('EzPayPredictorWrong')).toEqual([0]);
  });

  it('[EZP-11] a trip without a report is published as unproven after two hours, once', async () => {
    const { order, id, to, types, clock, deadline } = await scanned();
    await to(noon + 0.3, drivenUp);
    clock(noon + 0.3 + 120);
    await deadline(id);
    await deadline(id);
    expect(types()).toEqual(['ezpay.waiting', 'ezpay.confirmed', 'ezpay.unproven']);
    expect(lines.metric('EzPayPredictorWrong')).toEqual([1]);
    expect(lines.named('Confirmed by the predictor, never proven')).toMatchObject([
      { level: 'WARN', orderId: id, car, model: shipped.version },
    ]);
    expect((await order(id, asRider('customer-1'))).body).toMatchObject({ status: 'CONFIRMED' });
  });

  it('[EZP-11] with the flag off the same evidence is judged and published, and the order waits', async () => {
    const { to, types, facts } = await scanned({ predictor: 'off' });
    await to(noon + 0.3, drivenUp);
    expect(types()).toEqual(['ezpay.waiting', 'ezpay.judged']);
    expect(facts()[1]?.probability).toBeGreaterThanOrEqual(shipped.threshold);
  });

  it('[EZP-11] without new evidence the order waits for the argo, then for the driver', async () => {
    const { id, to, types, clock, deadline } = await scanned();
    await to(noon + 4, ping(21, noon + 4, noon + 4, -6.2));
    clock(noon + 5);
    await deadline(id);
    expect(types()).toEqual(['ezpay.waiting', 'ezpay.driver-asked']);
  });

  it('[EZP-4] [EZP-11] no additional write at the scan: order, key and marker', async () => {
    const { written } = await scanned();
    expect(written.map((key) => key.split('#')[0])).toEqual(['SEQUENCE ORDER', 'ORDER', 'KEY', 'CAR']);
  });
});
