/** A scan that waits, a car that moves off, and the predictor: through the routes, the workers and the table. */
import { describe, expect, it } from 'vitest';
import type { Predictor } from '../../functions/ezpay/commands.ts';
import { evidenceOf, type Prediction } from '../../functions/ezpay/predictor.ts';
import { at, car } from '../support/ezpay.ts';
import { deviceMessage, ezpayWorld } from '../support/ezpay-world.ts';
import { logLines } from '../support/log.ts';

const lines = logLines();

/** Sure as soon as the car has moved since the scan. */
const sureOfMovement: Predictor =
  async () =>
  (argo, scannedAt, now): Prediction => {
    const evidence = evidenceOf(argo, scannedAt, now);
    const moved = evidence.moving === true && (evidence.sincePosition ?? Number.POSITIVE_INFINITY) < evidence.waited;
    return { probability: moved ? 0.995 : 0.6, model: 'test', sure: moved, evidence };
  };
const ping = (sequence: number, minutes: number, lat: number) => ({
  car,
  device: 'device-1',
  kind: 'PING',
  sequence,
  deviceTime: at(minutes),
  receivedAt: at(minutes),
  position: { lat, lng: 106.8 },
});

const scanned = async () => {
  const world = ezpayWorld({ predictor: sureOfMovement });
  await world.drive('driver-1', car);
  await world.device(ping(1, -10, -6.2));
  await world.settle();
  world.written();
  const { body } = await world.scan('customer-1');
  await world.settle();
  const to = async (minutes: number, ...messages: readonly unknown[]): Promise<void> => {
    world.clock(minutes);
    await world.device(...messages);
    await world.settle();
  };
  const told = () => world.events.filter(({ orderId }) => orderId === body.orderId).map(({ type }) => type);
  return { world, id: String(body.orderId), body, to, told };
};

describe('a scan waits and the car moves off', () => {
  it('[EZP-11] the order is confirmed by the predictor, minutes before the argo is heard of', async () => {
    const { world, id, body, to, told } = await scanned();
    expect(body).toMatchObject({ status: 'WAITING' });
    await to(2, ping(2, 2, -6.21));
    expect((await world.order(id, { sub: 'customer-1', roles: ['rider'] })).body).toMatchObject({
      status: 'CONFIRMED',
      confirmedBy: 'predictor',
    });
    expect(told()).toEqual(['ezpay.waiting', 'ezpay.confirmed']);
    await to(52, deviceMessage('STARTED', 0.5, { sequence: 3, receivedAt: at(52) }));
    expect(told()).toEqual(['ezpay.waiting', 'ezpay.confirmed', 'ezpay.verified']);
    expect(lines.metric('EzPayPredictorWrong')).toEqual([0]);
  });

  it('[EZP-11] a trip that never shows up is told two hours later, counted once, and refused to nobody', async () => {
    const { world, id, to, told } = await scanned();
    await to(2, ping(2, 2, -6.21));
    world.clock(122);
    await world.deadline(id);
    await world.deadline(id);
    expect(told()).toEqual(['ezpay.waiting', 'ezpay.confirmed', 'ezpay.unproven']);
    expect(lines.metric('EzPayPredictorWrong')).toEqual([1]);
    expect(lines.named('Confirmed by the predictor, never proven')).toMatchObject([
      { level: 'WARN', orderId: id, car, probability: 0.995 },
    ]);
    expect((await world.order(id, { sub: 'customer-1', roles: ['rider'] })).body).toMatchObject({
      status: 'CONFIRMED',
    });
  });

  it('[EZP-11] a car that stands leaves the order waiting for the argo, then the driver, as ever', async () => {
    const { world, id, to, told } = await scanned();
    await to(4, ping(2, 4, -6.2));
    world.clock(5);
    await world.deadline(id);
    expect(told()).toEqual(['ezpay.waiting', 'ezpay.driver-asked']);
  });

  it('[EZP-4] [EZP-11] costs no write more at the scan: order, key and marker', async () => {
    const { world } = await scanned();
    expect(
      world
        .written()
        .filter((key) => !/NOTICE|SEQUENCE/.test(key))
        .slice(0, 3)
        .map((key) => key.split('#')[0]),
    ).toEqual(['ORDER', 'KEY', 'CAR']);
  });
});
