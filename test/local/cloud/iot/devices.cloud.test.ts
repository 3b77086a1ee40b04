/** Devices at the broker: who may connect, what they may publish, and what arrives in the queue. */
import { createConnection } from 'node:net';
import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Connection, connect } from '../../../../local/fleet/connection.ts';
import { eventually } from '../../support/small-cloud.ts';
import { policy, rule, smallDevices } from '../../support/small-devices.ts';

describe('a device', () => {
  const cloud = smallDevices({
    ...rule(),
    ...policy({
      Effect: 'Deny',
      Action: 'iot:*',
      Resource: 'arn:aws:iot:ap-southeast-1:000000000000:client/meter-STOLEN*',
    }),
  });
  let local: Awaited<ReturnType<typeof cloud.start>>;
  beforeAll(async () => {
    local = await cloud.start();
  });
  afterAll(async () => {
    await local.stop();
    cloud.remove();
  });
  const device = (thing: string): Promise<Connection> => connect({ url: local.ready.mqtt, thing });
  const bodies = () => local.hooks.queue('argo').stored.messages.map(({ body }) => JSON.parse(body));
  const arrived = (sequence: number) => bodies().filter((body) => body.sequence === sequence);
  const payload = (sequence: number, more: object = {}) => JSON.stringify({ kind: 'PING', sequence, ...more });
  const metric = (name: string) =>
    local.hooks.metric({ namespace: 'AWS/IoT', name, dimensions: { RuleName: 'small_argo' } }, 'Sum') ?? 0;

  it('[EZP-1] publishes for its car; acknowledged when the queue has it with car, device and time', async () => {
    const meter = await device('meter-B1');
    const before = Date.now();
    await meter.publish('tuntas/cars/B1/argo', payload(1, { car: 'B2', device: 'another', receivedAt: 5 }));
    const [body] = arrived(1);
    expect(body).toMatchObject({ kind: 'PING', car: 'B1', device: 'meter-B1' });
    expect(body.receivedAt).toBeGreaterThanOrEqual(before);
    await meter.close();
  });

  it('may publish without an acknowledgement', async () => {
    const meter = await device('meter-B1');
    await meter.publish('tuntas/cars/B1/argo', payload(2), { qos: 0 });
    await eventually(
      () => arrived(2).length,
      (count) => count === 1,
    );
    await meter.close();
  });

  it('is mounted in the car that the registry names, whatever its thing is called', async () => {
    const things = `${local.ready.admin}/things`;
    await fetch(things, { method: 'POST', body: JSON.stringify({ name: 'box-7', attributes: { car: 'B7' } }) });
    const box = await device('box-7');
    await box.publish('tuntas/cars/B7/argo', payload(3));
    expect(arrived(3)).toMatchObject([{ car: 'B7', device: 'box-7' }]);
    await box.close();
  });

  it.each(['unknown', 'meter-b1', 'meter-STOLEN7'])('called %s may not connect', async (thing) => {
    await expect(device(thing)).rejects.toThrow(/not authorized/i);
  });

  it.each([
    ['for another car', 'tuntas/cars/B2/argo'],
    ['to another topic', 'tuntas/cars/B1/argo/more'],
    ['to a topic of the broker', '$SYS/anything'],
  ])('[OPS-8] that publishes %s is disconnected, and nothing arrives', async (_, topic) => {
    const meter = await device('meter-B1');
    await expect(meter.publish(topic, payload(4))).rejects.toThrow('broke');
    expect(arrived(4)).toEqual([]);
    expect(local.hooks.logs('devices').at(-1)).toContain(`it may not publish to ${topic}`);
  });

  it('that sends more than 128 KB is disconnected; exactly so much passes', async () => {
    const meter = await device('meter-B1');
    const filler = 128 * 1024 - payload(5, { filler: '' }).length;
    await meter.publish('tuntas/cars/B1/argo', payload(5, { filler: 'x'.repeat(filler) }));
    expect(arrived(5)).toHaveLength(1);
    await expect(meter.publish('tuntas/cars/B1/argo', payload(6, { filler: 'x'.repeat(filler + 1) }))).rejects.toThrow(
      'broke',
    );
    expect(arrived(6)).toEqual([]);
  });

  it.each([
    ['at QoS 2', { qos: 2 }, 'there is no QoS 2'],
    ['to be retained', { qos: 1, retain: true }, 'it may not have messages retained'],
  ] as const)('that publishes %s is disconnected', async (_, options, why) => {
    const client = await mqtt.connectAsync(local.ready.mqtt, { clientId: 'meter-B1', reconnectPeriod: 0 });
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    client.on('error', () => {}).publish('tuntas/cars/B1/argo', payload(8), options);
    await closed;
    expect(arrived(8)).toEqual([]);
    expect(local.hooks.logs('devices').at(-1)).toContain(why);
  });

  it('may not subscribe', async () => {
    const client = await mqtt.connectAsync(local.ready.mqtt, { clientId: 'meter-B1', reconnectPeriod: 0 });
    await expect(client.subscribeAsync('tuntas/#')).rejects.toThrow();
    await client.endAsync();
  });

  it('whose last will is for another car has it refused', async () => {
    const will = { topic: 'tuntas/cars/B2/argo', payload: Buffer.from(payload(9)), qos: 1, retain: false } as const;
    const client = await mqtt.connectAsync(local.ready.mqtt, { clientId: 'meter-B1', reconnectPeriod: 0, will });
    client.stream.destroy();
    await eventually(
      () => local.hooks.logs('devices').at(-1) ?? '',
      (last) => last.includes('it may not publish to tuntas/cars/B2/argo'),
    );
    expect(arrived(9)).toEqual([]);
  });

  it.each([
    ['that does not speak MQTT', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['that publishes before it connects', Buffer.from([0x30, 5, 0, 1, 97, 98, 99])],
    [
      'that speaks MQTT 5',
      Buffer.from([0x10, 21, 0, 4, 77, 81, 84, 84, 5, 2, 0, 60, 0, 0, 8, 109, 101, 116, 101, 114, 45, 66, 49]),
    ],
  ])('%s is disconnected, and the others are served', async (_, bytes) => {
    const socket = createConnection(Number(new URL(local.ready.mqtt).port), '127.0.0.1');
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => {}).resume();
    socket.write(bytes);
    await closed;
    const meter = await device('meter-B1');
    await meter.publish('tuntas/cars/B1/argo', payload(10));
    await meter.close();
  });

  it('that connects twice loses its first connection, as two devices of one name would', async () => {
    const first = await device('meter-B1');
    const second = await device('meter-B1');
    await eventually(first.isOpen, (isOpen) => !isOpen);
    await second.publish('tuntas/cars/B1/argo', payload(7));
    expect(arrived(7)).toHaveLength(1);
    await second.close();
  });

  it('has what is not JSON acknowledged and counted; other JSON than objects is passed on, for parking', async () => {
    const meter = await device('meter-B1');
    const [errors, all] = [metric('ParseError'), bodies().length];
    await meter.publish('tuntas/cars/B1/argo', 'STARTED;1;2026-11-21');
    await meter.publish('tuntas/cars/B1/argo', '[1]');
    expect(metric('ParseError')).toBe(errors + 1);
    expect(bodies()).toHaveLength(all + 1);
    expect(bodies().at(-1)).toEqual({ car: 'B1', device: 'meter-B1', receivedAt: expect.any(Number) });
    await meter.close();
  });
});
