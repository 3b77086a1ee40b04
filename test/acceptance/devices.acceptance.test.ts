/** Devices in cars on the running stack: what they publish over MQTT, and what happens to it. */
import { randomInt } from 'node:crypto';
import { type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../local/fleet/connection.ts';
import { type MeterOptions, simulatedMeter } from '../../local/fleet/meter.ts';
import { eventually, type Person, person, phone, stack } from './support/stack.ts';

const anyCar = () => `B${randomInt(1_000_000)}M`;
const topicOf = (car: string) => `tuntas/cars/${car}/argo`;
const minute = 60_000;
const gambir = { lat: -6.1767, lng: 106.8306 };

let operator: Person;
beforeAll(async () => {
  operator = await person('operator');
});

const argoOf = async (car: string) => (await operator.call('GET', `/cars/${car}/argo`)).body;
const mounted = (more: Partial<MeterOptions> = {}) => {
  const car = more.car ?? anyCar();
  return { car, meter: simulatedMeter({ url: stack().mqtt, ...more, car }) };
};
const driven = async () => {
  const { car, meter } = mounted();
  const driver = await phone('driver');
  await driver.call('PUT', '/drivers/me', { onDuty: true, car });
  await eventually(async () => (await argoOf(car)).driverId === driver.sub);
  return { car, meter, driver };
};
const scan = (rider: Person, car: string) => rider.call('POST', '/ezpay', { car, paymentMethod: 'gopay' });
const orderOf = async (rider: Person, id: string) => (await rider.call('GET', `/ezpay/${id}`)).body;

describe('a device', () => {
  it('[EZP-1] [EZP-2] reports that the argo runs, with the car of its connection; a scan passes', async () => {
    const { car, meter } = mounted();
    const before = Date.now();
    const { deviceTime } = meter.report('STARTED', gambir);
    await meter.online();
    await eventually(async () => (await argoOf(car)).argo === 'STARTED');
    const { lastReport, since, position } = await argoOf(car);
    expect([lastReport.kind, lastReport.deviceTime, since]).toEqual([
      'STARTED',
      ...Array(2).fill(new Date(deviceTime).toISOString()),
    ]);
    expect(Date.parse(lastReport.receivedAt)).toBeGreaterThanOrEqual(before);
    expect(position).toMatchObject(gambir);
    expect((await scan(await person('rider'), car)).body).toMatchObject({ status: 'CONFIRMED', confirmedBy: 'argo' });
    await meter.offline();
  });

  it('[EZP-4] [EZP-13] without coverage keeps its report; the scan waits, and is confirmed by it later', async () => {
    const [{ car, meter }, rider] = await Promise.all([driven(), person('rider')]);
    meter.report('STARTED');
    const { body } = await scan(rider, car);
    expect([body.status, meter.waiting().length]).toEqual(['WAITING', 1]);
    await meter.online();
    await eventually(async () => (await orderOf(rider, body.orderId)).status === 'CONFIRMED');
    expect(meter.waiting()).toEqual([]);
    await meter.offline();
  });

  it('[EZP-12] whose report comes after the order has failed shows that the customer was right', async () => {
    const [{ car, meter, driver }, rider] = await Promise.all([driven(), person('rider')]);
    meter.report('STARTED');
    const { body } = await scan(rider, car);
    await driver.call('POST', `/ezpay/${body.orderId}/confirm`, { confirmed: false });
    expect((await orderOf(rider, body.orderId)).status).toBe('CANCELLED');
    await meter.online();
    await eventually(async () => (await orderOf(rider, body.orderId)).wronglyFailed === true);
    await meter.offline();
  });

  it('[EZP-1] that repeats itself changes nothing', async () => {
    const { car, meter } = mounted();
    const started = meter.report('STARTED');
    await meter.online();
    await eventually(async () => (await argoOf(car)).argo === 'STARTED');
    for (let n = 0; n < 3; n += 1) await meter.repeat(started);
    meter.report('STOPPED');
    await meter.online();
    await meter.repeat(started);
    await eventually(async () => (await argoOf(car)).argo === 'STOPPED');
    meter.report('PING', gambir);
    await meter.online();
    await eventually(async () => (await argoOf(car)).position !== undefined);
    expect((await argoOf(car)).version).toBe(3);
    await meter.offline();
  });

  it('[EZP-13] that loses its sequence in a power cut, with a report in flash, is not suspect', async () => {
    const { car, meter } = mounted();
    for (const kind of ['STARTED', 'STOPPED'] as const) meter.report(kind);
    await meter.online();
    await meter.powerCut();
    expect(meter.report('STARTED').sequence).toBe(1);
    await meter.powerCut();
    await meter.online();
    await eventually(async () => (await argoOf(car)).argo === 'STARTED');
    expect((await argoOf(car)).lastReport.doubt).toBeUndefined();
    await meter.offline();
  });

  it.each(['1970-01-01T00:00:09.000Z', '2099-01-01T00:00:00.000Z'])(
    '[EZP-13] with its clock at %s is suspect, and counts from its receipt',
    async (time) => {
      const { car, meter } = mounted({ clock: () => Date.parse(time) });
      const before = Date.now();
      meter.report('STARTED');
      await meter.online();
      await eventually(async () => (await argoOf(car)).argo === 'STARTED');
      const { lastReport, since } = await argoOf(car);
      expect([lastReport.deviceTime, lastReport.doubt]).toEqual([time, 'clock-unset']);
      expect(Math.abs(Date.parse(since) - before)).toBeLessThan(minute);
      await meter.offline();
    },
  );

  it('[EZP-13] whose older report comes last does not move the argo back', async () => {
    const now = Date.now();
    const { car, meter } = mounted({ clock: () => now - 10 * minute });
    const started = meter.report('STARTED');
    await meter.online();
    const { meter: later } = mounted({ car, clock: () => now - 5 * minute });
    later.report('PING', gambir);
    // Without a position: the queue may deliver it before the PING, which must still count.
    later.report('STOPPED');
    await later.online();
    await eventually(async () => (await argoOf(car)).argo === 'STOPPED');
    const old = { ...started, sequence: 0, deviceTime: now - 60 * minute };
    await later.repeat(old);
    await eventually(async () => (await argoOf(car)).version === 4);
    expect((await argoOf(car)).argo).toBe('STOPPED');
    await Promise.all([meter.offline(), later.offline()]);
  });

  it('[EZP-11] reports its position: moving, then standing', async () => {
    let now = Date.now() - 20 * minute;
    const { car, meter } = mounted({ clock: () => now });
    const drive = async (minutes: number, lat: number) => {
      now += minutes * minute;
      meter.report('PING', { lat, lng: 106.8 });
      await meter.online();
    };
    const moving = (expected: boolean) => eventually(async () => (await argoOf(car)).position?.moving === expected);
    await drive(0, -6.2);
    await moving(false);
    await drive(1, -6.21);
    await moving(true);
    await drive(3, -6.21);
    await moving(false);
    await meter.offline();
  });
});

describe('[bad input] a device', () => {
  it('[OPS-8] that publishes for another car is disconnected, and the other car is unchanged', async () => {
    const [own, other] = [anyCar(), anyCar()];
    const line = await connect({ url: stack().mqtt, thing: `meter-${own}` });
    await expect(
      line.publish(topicOf(other), JSON.stringify({ kind: 'STARTED', sequence: 1, deviceTime: Date.now() })),
    ).rejects.toThrow();
    expect((await operator.call('GET', `/cars/${other}/argo`)).status).toBe(404);
  });

  const message = { kind: 'STARTED', sequence: 1, deviceTime: 1_795_000_000_000 };
  const wrong: readonly (readonly [string, unknown, string])[] = [
    ['that is not an object', [message], 'kind: '],
    ['of an unknown kind', { ...message, kind: 'PAUSED' }, 'kind: '],
    ['without a sequence', { ...message, sequence: undefined }, 'sequence: '],
    ['with a sequence of text', { ...message, sequence: '1' }, 'sequence: '],
    ['with a sequence below 0', { ...message, sequence: -1 }, 'sequence: '],
    ['with a part of a sequence', { ...message, sequence: 1.5 }, 'sequence: '],
    ['with a boot below 0', { ...message, boot: -1 }, 'boot: '],
    ['with a time of text', { ...message, deviceTime: '2026-11-21T03:44:00Z' }, 'deviceTime: '],
    ['from before 1970', { ...message, deviceTime: -1 }, 'deviceTime: '],
    ['with a time outside the calendar', { ...message, deviceTime: 9e15 }, 'deviceTime: '],
    ['of a position, without one', { ...message, kind: 'PING' }, 'position: '],
    ['from beyond the pole', { ...message, kind: 'PING', position: { lat: 91, lng: 0 } }, 'position.lat: '],
    ['from half a place', { ...message, position: { lat: 1 } }, 'position.lng: '],
  ];
  it('[EZP-13] with an invalid message: it is parked with the reason, and an alarm rings', async () => {
    const sent = wrong.map(([, payload, reason]) => ({ car: anyCar(), payload, reason }));
    for (const { car, payload } of sent) {
      const line = await connect({ url: stack().mqtt, thing: `meter-${car}` });
      await line.publish(topicOf(car), JSON.stringify(payload));
      await line.close();
    }
    const reasons = await parked(sent.map(({ car }) => car));
    for (const { car, payload, reason } of sent)
      expect([payload, reasons.get(car)]).toEqual([payload, expect.stringContaining(reason)]);
    await rings('argo-leaves-no-dead-letters');
  }, 120_000);

  it('that sends invalid or too deeply nested JSON rings another alarm, and stays connected', async () => {
    const car = anyCar();
    const line = await connect({ url: stack().mqtt, thing: `meter-${car}` });
    await line.publish(topicOf(car), 'STARTED;1;03:44');
    await line.publish(topicOf(car), `{"kind":"PING","position":${'['.repeat(5_000)}${']'.repeat(5_000)}}`);
    await line.publish(topicOf(car), JSON.stringify({ ...message, deviceTime: Date.now() }));
    await eventually(async () => (await argoOf(car)).argo === 'STARTED');
    await rings('devices-messages-of-devices-can-be-read');
    await line.close();
  });
});

/** Waits until an alarm has been raised; by now it may be over, if another test has emptied the queue. */
const rings = (promise: string): Promise<void> =>
  eventually(async () => {
    const response = await fetch(`${stack().admin}/changes`);
    const changes = (await response.json()) as readonly { readonly name: string; readonly to: string }[];
    return changes.some(({ name, to }) => name === `tuntas-local-${promise}` && to === 'ALARM');
  }, 50_000);

/** Waits until a message of each car is among the dead letters, and reads why. */
const parked = async (cars: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  const client = new SQSClient({
    endpoint: stack().sqs,
    region: 'ap-southeast-3',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const reasons = new Map<string, string>();
  const keep = ({ Body = '', MessageAttributes }: Message): void => {
    const car = /"car":"([^"]+)"/.exec(Body)?.[1];
    if (car && cars.includes(car)) reasons.set(car, MessageAttributes?.reason?.StringValue ?? '');
  };
  await eventually(async () => {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: stack().queues.argoDead,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
        VisibilityTimeout: 5,
      }),
    );
    for (const message of Messages) keep(message);
    return reasons.size === cars.length;
  }, 50_000);
  client.destroy();
  return reasons;
};
