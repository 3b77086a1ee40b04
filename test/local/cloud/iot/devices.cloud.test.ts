/** The devices' side of the local stack: who may connect and publish, and what the topic rule makes of it. */
import { createConnection } from 'node:net';
import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileSql } from '../../../../local/cloud/iot/sql.ts';
import { type Connection, connect } from '../../../../local/fleet/connection.ts';
import { eventually, lambda, queue, type Resources, smallCloud } from '../../support/small-cloud.ts';

const sql =
  "SELECT kind, sequence, position AS place, topic(3) AS car, clientid() AS device, timestamp() AS receivedAt FROM 'tuntas/cars/+/argo'";
const message = (payload: string) => ({
  topic: 'tuntas/cars/B1/argo',
  clientId: 'meter-B1',
  payload: Buffer.from(payload),
  at: 7,
});

describe('the SQL of a topic rule', () => {
  const { matches, select } = compileSql(sql, 'Rule.Sql');

  it('takes fields of the payload and what the connection says, and leaves out what is not there', () => {
    expect(select(message('{"kind":"PING","position":{"lat":-6.2},"car":"B9","device":"x"}'))).toEqual({
      kind: 'PING',
      place: { lat: -6.2 },
      car: 'B1',
      device: 'meter-B1',
      receivedAt: 7,
    });
  });

  it.each(['[1]', '42', '"STARTED"', 'null', ''])('finds no fields in %j, which is no object', (payload) => {
    expect(select(message(payload))).toEqual({ car: 'B1', device: 'meter-B1', receivedAt: 7 });
  });

  it.each(['{"kind":', 'STARTED', '\u0000\u0001'])('cannot parse %j', (payload) => {
    expect(() => select(message(payload))).toThrow('not JSON');
  });

  it('takes nothing from what every object has', () => {
    expect(compileSql("SELECT constructor, __proto__ FROM 'a'", 'Rule').select(message('{}'))).toEqual({});
  });

  it.each([
    ['tuntas/cars/B1/argo', true],
    ['tuntas/cars/argo', false],
    ['tuntas/cars/B1/B2/argo', false],
    ['tuntas/cars/B1/argo/more', false],
    ['other/cars/B1/argo', false],
  ])('of topic %s: %s', (topic, expected) => expect(matches(topic)).toBe(expected));

  it('takes all below a level with #', () => {
    const all = compileSql("SELECT a FROM 'x/#'", 'Rule').matches;
    expect(['x', 'x/y', 'x/y/z', 'y/x'].map(all)).toEqual([true, true, true, false]);
  });

  it.each([
    "SELECT * FROM 'a'",
    "SELECT a FROM 'a' WHERE b > 1",
    "SELECT principal() AS p FROM 'a'",
    "SELECT topic(3) FROM 'a'",
    "SELECT a.b FROM 'a'",
    "SELECT a FROM 'a/#/b'",
    "SELECT a FROM 'a+/b'",
    'SELECT a',
  ])('that is not known stops the start with its place: %s', (statement) => {
    expect(() => compileSql(statement, 'Argo.Properties.TopicRulePayload.Sql')).toThrow(
      'Argo.Properties.TopicRulePayload.Sql: ',
    );
  });
});

const ofThing = (what: string): string => `\${iot:Connection.Thing.${what}}`;
const rule = (more: object = {}): Resources => ({
  Rule: {
    Type: 'AWS::IoT::TopicRule',
    Properties: {
      RuleName: 'small_argo',
      TopicRulePayload: {
        Sql: sql,
        AwsIotSqlVersion: '2016-03-23',
        Actions: [
          {
            Sqs: { QueueUrl: 'https://sqs.ap-southeast-3.amazonaws.com/000000000000/small-argo', RoleArn: 'arn:role' },
          },
        ],
        ...more,
      },
    },
  },
});
const policy = (...more: readonly object[]): Resources => ({
  Policy: {
    Type: 'AWS::IoT::Policy',
    Properties: {
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'iot:Connect',
            Resource: `arn:aws:iot:ap-southeast-1:000000000000:client/${ofThing('ThingName')}`,
          },
          {
            Effect: 'Allow',
            Action: 'iot:Publish',
            Resource: `arn:aws:iot:ap-southeast-1:000000000000:topic/tuntas/cars/${ofThing('Attributes[car]')}/argo`,
          },
          ...more,
        ],
      },
    },
  },
});
const small = (devices: Resources) =>
  smallCloud({ ...lambda('Any'), ...queue('Argo') }, { Any: 'export const handler = async () => {};' }, {}, devices);

describe('a device', () => {
  const cloud = small({
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

  it('[EZP-1] publishes for its car; it is acknowledged when the queue has the message, with car, device and time of receipt', async () => {
    const meter = await device('meter-B1');
    const before = Date.now();
    await meter.publish('tuntas/cars/B1/argo', payload(1, { car: 'B2', device: 'somebody', receivedAt: 5 }));
    const [body] = arrived(1);
    expect(body).toMatchObject({ kind: 'PING', car: 'B1', device: 'meter-B1' });
    expect(body.receivedAt).toBeGreaterThanOrEqual(before);
    await meter.close();
  });

  it('may publish without asking for an acknowledgement', async () => {
    const meter = await device('meter-B1');
    await meter.publish('tuntas/cars/B1/argo', payload(2), { qos: 0 });
    await eventually(
      () => arrived(2).length,
      (count) => count === 1,
    );
    await meter.close();
  });

  it('is what the registry says: its thing names the car, whatever it is called', async () => {
    const things = `${local.ready.admin}/things`;
    await fetch(things, { method: 'POST', body: JSON.stringify({ name: 'box-7', attributes: { car: 'B7' } }) });
    const box = await device('box-7');
    await box.publish('tuntas/cars/B7/argo', payload(3));
    expect(arrived(3)).toMatchObject([{ car: 'B7', device: 'box-7' }]);
    await box.close();
  });

  it.each(['nobody', 'meter-b1', 'meter-STOLEN7'])('called %s is not let in', async (thing) => {
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

  it('is refused to listen', async () => {
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
    ['that is no MQTT', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['that publishes before it connects', Buffer.from([0x30, 5, 0, 1, 97, 98, 99])],
    [
      'that speaks MQTT 5',
      Buffer.from([0x10, 21, 0, 4, 77, 81, 84, 84, 5, 2, 0, 60, 0, 0, 8, 109, 101, 116, 101, 114, 45, 66, 49]),
    ],
  ])('%s is hung up on, and the others go on', async (_, bytes) => {
    const socket = createConnection(Number(new URL(local.ready.mqtt).port), '127.0.0.1');
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => {}).resume();
    socket.write(bytes);
    await closed;
    const meter = await device('meter-B1');
    await meter.publish('tuntas/cars/B1/argo', payload(10));
    await meter.close();
  });

  it('that connects twice loses its first line, as two boxes of one name would', async () => {
    const first = await device('meter-B1');
    const second = await device('meter-B1');
    await eventually(first.isOpen, (isOpen) => !isOpen);
    await second.publish('tuntas/cars/B1/argo', payload(7));
    expect(arrived(7)).toHaveLength(1);
    await second.close();
  });

  it('whose payload is not JSON is acknowledged and counted; what is JSON and no object goes on, for the worker to park', async () => {
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

describe('a topic rule whose queue does not take the message', () => {
  it('hands it to the error action whole, with the failure', async () => {
    const cloud = smallCloud(
      { ...lambda('Any'), ...queue('Argo', { MaximumMessageSize: 1_024 }) },
      { Any: 'export const handler = async () => {};' },
      {},
      { ...rule({ ErrorAction: { Sqs: { QueueUrl: { Ref: 'Refused' } } } }), ...policy(), ...queue('Refused') },
    );
    const local = await cloud.start();
    const meter = await connect({ url: local.ready.mqtt, thing: 'meter-B1' });
    const payload = JSON.stringify({ kind: 'x'.repeat(2_000) });
    await meter.publish('tuntas/cars/B1/argo', payload);
    const [refused] = local.hooks.queue('refused').stored.messages.map(({ body }) => JSON.parse(body));
    expect(refused).toEqual({
      ruleName: 'small_argo',
      topic: 'tuntas/cars/B1/argo',
      clientId: 'meter-B1',
      base64OriginalPayload: Buffer.from(payload).toString('base64'),
      failures: [
        { failedAction: 'SqsAction', failedResource: 'small-argo', errorMessage: expect.stringContaining('too long') },
      ],
    });
    expect(local.hooks.queue('argo').stored.messages).toEqual([]);
    expect(
      local.hooks.metric({ namespace: 'AWS/IoT', name: 'Failure', dimensions: { RuleName: 'small_argo' } }, 'Sum'),
    ).toBe(1);
    await meter.close();
    await local.stop();
    cloud.remove();
  });
});

describe('a template of devices that is not known', () => {
  it.each([
    [
      'a rule for a queue that is not there',
      { ...rule({ Actions: [{ Sqs: { QueueUrl: 'https://sqs/1/other' } }] }), ...policy() },
      'has no queue https://sqs/1/other',
    ],
    [
      'another action',
      { ...rule({ Actions: [{ Lambda: { FunctionArn: 'arn' } }] }), ...policy() },
      'Rule (AWS::IoT::TopicRule)',
    ],
    ['another SQL version', { ...rule({ AwsIotSqlVersion: '2015-10-08' }), ...policy() }, 'AwsIotSqlVersion'],
    [
      'a policy variable',
      {
        ...rule(),
        ...policy({
          Effect: 'Allow',
          Action: 'iot:Connect',
          Resource: `arn:aws:iot:r:0:client/\${iot:Certificate.Subject}`,
        }),
      },
      'iot:Certificate.Subject',
    ],
    [
      'a policy that lets devices read',
      { ...rule(), ...policy({ Effect: 'Allow', Action: 'iot:Subscribe', Resource: '*' }) },
      'iot:Subscribe',
    ],
    [
      'an action of a policy',
      { ...rule(), ...policy({ Effect: 'Allow', Action: 'iot:GetThingShadow', Resource: '*' }) },
      'iot:GetThingShadow',
    ],
    ['a name that the other stack has too', { ...rule(), ...policy(), ...queue('Argo') }, 'both stacks have a Argo'],
  ])('stops the start with what it is: %s', async (_, devices, reason) => {
    const cloud = small(devices);
    await expect(cloud.start()).rejects.toThrow(reason);
    cloud.remove();
  });
});
