/** The worker of the argo queue: messages that the IoT rule could not send before, and positions. */
import { describe, expect, it } from 'vitest';
import { at, car } from '../support/ezpay.ts';
import { asOperator, deviceMessage, ezpayWorld } from '../support/ezpay-world.ts';
import { logLines } from '../support/log.ts';

const lines = logLines();

/** As IoT Core wraps a message that the queue did not accept. */
const undelivered = (payload: string, topic = `tuntas/cars/${car}/argo`) => ({
  ruleName: 'tuntas_dev_argo',
  topic,
  clientId: 'meter-1',
  base64OriginalPayload: Buffer.from(payload).toString('base64'),
  failures: [{ failedAction: 'SqsAction', failedResource: 'tuntas-dev-argo', errorMessage: 'AccessDenied' }],
});

describe('a message the IoT rule could not send', () => {
  it('[EZP-1] is applied when sent to the queue again: at the device’s time, received now', async () => {
    const world = ezpayWorld();
    world.clock(52);
    await world.device(
      undelivered(
        JSON.stringify({ kind: 'STARTED', sequence: 1, deviceTime: at(0), car: 'B9999XYZ', device: 'other-device' }),
      ),
    );
    const { body } = await world.argo(car, asOperator);
    expect(body).toMatchObject({
      argo: 'STARTED',
      since: new Date(at(0)).toISOString(),
      lastReport: { receivedAt: new Date(at(52)).toISOString() },
    });
    expect(world.parked()).toEqual([]);
  });

  it.each([
    ['that is not JSON', undelivered('STARTED;1')],
    ['without a car', undelivered(JSON.stringify({ kind: 'STARTED', sequence: 1, deviceTime: at(0) }), 'other/topic')],
  ])('%s is parked whole, with the reason', async (_, message) => {
    const world = ezpayWorld();
    await world.device(message);
    expect(world.parked()).toMatchObject([
      { body: JSON.stringify(message), reason: expect.stringContaining('Some fields') },
    ]);
  });
});

describe('a meter report', () => {
  it('[EZP-9] that arrives late is applied and logged with its lag', async () => {
    const world = ezpayWorld();
    await world.device(deviceMessage('STARTED', -1, { receivedAt: at(3) }));
    expect(lines.named('Meter report applied')).toEqual([
      {
        level: 'INFO',
        message: 'Meter report applied',
        car,
        device: 'device-1',
        sequence: 1,
        kind: 'STARTED',
        outcome: 'happened',
        doubt: undefined,
        ArgoLag: 240_000,
        ArgoReported: 1,
      },
    ]);
  });

  it('[EZP-9] from a clock that was never set is suspect, and its lag is unknown', async () => {
    const world = ezpayWorld();
    await world.device(deviceMessage('STARTED', 0, { deviceTime: 5_000 }));
    expect(lines.named('Meter report applied')).toMatchObject([
      { doubt: 'clock-unset', ArgoReported: 1, ArgoSuspect: 1 },
    ]);
    expect(lines.metric('ArgoLag')).toEqual([]);
  });

  it('[EZP-1] that is a copy is skipped with the reason', async () => {
    const world = ezpayWorld();
    await world.device(deviceMessage('STARTED', -1), deviceMessage('STARTED', -1, { receivedAt: at(3) }));
    expect(lines.named('Meter report skipped')).toMatchObject([
      { level: 'WARN', car, sequence: 1, outcome: 'nothing', reason: 'duplicate', ArgoDuplicate: 1 },
    ]);
  });

  it('[EZP-13] keeps the number of the power-on', async () => {
    const world = ezpayWorld();
    await world.device(deviceMessage('STARTED', -1, { boot: 0 }), deviceMessage('STARTED', -1, { boot: 1 }));
    expect(lines.metric('ArgoReported')).toEqual([1, 1]);
  });
});

describe('positions of a car', () => {
  const ping = (minutes: number, more: object = {}) => ({
    car,
    device: 'meter-1',
    kind: 'PING',
    sequence: minutes + 1,
    deviceTime: at(minutes),
    receivedAt: at(minutes),
    position: { lat: -6.2, lng: 106.8 },
    ...more,
  });

  it('[EZP-11] are written when the evidence changes: in ten minutes of standing three times', async () => {
    const world = ezpayWorld();
    for (let minute = 0; minute <= 10; minute += 1) await world.device(ping(minute));
    expect(world.written()).toHaveLength(3);
    expect(lines.metric('ArgoPositionWritten')).toEqual([1, 1, 1]);
  });

  it.each(['1970-01-01T00:00:05.000Z', '2099-01-01T00:00:00.000Z'])(
    '[EZP-11] from a clock at %s count from their receipt',
    async (time) => {
      const world = ezpayWorld();
      await world.device(ping(0), ping(1, { deviceTime: Date.parse(time), position: { lat: -6.21, lng: 106.8 } }));
      expect((await world.argo(car, asOperator)).body.position).toEqual({
        lat: -6.21,
        lng: 106.8,
        at: new Date(at(1)).toISOString(),
        moving: true,
      });
    },
  );
});
