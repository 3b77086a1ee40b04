/** The bus of a running stack is away, for less and for longer than the publisher waits: no fact is lost. */
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type BusGate, busGate } from '../support/bus-gate.ts';
import { type OwnStack, ownStack, until } from '../support/own-stack.ts';

const place = { lat: -6.1767, lng: 106.8306 };
const shards = ['fact#0', 'fact#1', 'fact#2', 'fact#3'];

let gate: BusGate;
let stack: OwnStack;
let riders = 0;

const startWith = async (variables: Readonly<Record<string, string>>): Promise<void> => {
  gate = await busGate();
  stack = await ownStack({ ...variables, AWS_ENDPOINT_URL_EVENTBRIDGE: gate.url });
  gate.lead(stack.ready.events);
};
const end = async (): Promise<void> => {
  await stack.end();
  gate.end();
};

/** @returns the ids of the facts of a ride that is requested and cancelled */
const ride = async (): Promise<readonly string[]> => {
  riders += 1;
  const [rider, driver] = [`rider-${riders}`, `driver-${riders}`];
  const { body } = await stack.by('rider', rider, 'POST', '/rides', {
    serviceLine: 'BB',
    pickup: place,
    destination: { lat: -6.1256, lng: 106.6559 },
    candidates: [driver],
  });
  const cancelled = await stack.by('rider', rider, 'POST', `/rides/${body.rideId}/cancel`, { reason: 'late' });
  expect(cancelled.status).toBe(200);
  // The request, the offer to the driver, the cancellation.
  return ['1', '1.2', '2'].map((version) => `${body.rideId}/RIDE/${version}`);
};
const ridesWhile = async (isSo: () => boolean): Promise<readonly string[]> => {
  const ids: string[] = [];
  while (isSo()) ids.push(...(await ride()));
  return ids;
};
const kept = async (): Promise<number> => {
  const counts = await Promise.all(
    shards.map((shard) =>
      stack.database.send(
        new QueryCommand({
          TableName: 'tuntas-local-state',
          IndexName: 'due',
          KeyConditionExpression: 'dueShard = :shard',
          ExpressionAttributeValues: { ':shard': { S: shard } },
          Select: 'COUNT',
        }),
      ),
    ),
  );
  return counts.reduce((sum, { Count = 0 }) => sum + Count, 0);
};
const missing = (ids: readonly string[]): readonly string[] => ids.filter((id) => !gate.taken().has(id));
const deadLetters = (): number =>
  ['outbox-dead', 'story-dead', 'timers-dead', 'events-dead']
    .map((name) => stack.hooks.queue(name).stored.messages.length)
    .reduce((sum, count) => sum + count, 0);

describe('[ORD-8][DSP-3] the bus is away for ten seconds', () => {
  beforeAll(() => startWith({}), 120_000);
  afterAll(end);

  it('publishes every fact afterwards, each id with one body', async () => {
    const before = await ride();
    await until(() => missing(before).length === 0);
    gate.away(true);
    const over = Date.now() + 10_000;
    const meanwhile = await ridesWhile(() => Date.now() < over);
    expect(missing(meanwhile)).toEqual(meanwhile);
    gate.away(false);
    const after = await ride();
    await until(() => missing([...meanwhile, ...after]).length === 0);
    expect([...gate.taken().values()].filter((bodies) => bodies.size > 1)).toEqual([]);
    expect([await kept(), deadLetters()]).toEqual([0, 0]);
  }, 60_000);
});

describe('[ORD-8][DSP-3] the bus is away for longer than the publisher repeats', () => {
  beforeAll(() => startWith({ KEEP_FACTS_AFTER_SECONDS: '2' }), 120_000);
  afterAll(end);
  afterEach(() => gate.away(false));

  it('keeps every fact, rings, and publishes all of them later, each id with one body', async () => {
    gate.away(true);
    const ids = [...(await ride()), ...(await ride()), ...(await ride())];
    await until(async () => (await kept()) === ids.length);
    await stack.rings('facts-reach-the-bus');
    expect(missing(ids)).toEqual(ids);
    // The stream is not held up: what comes next is kept as well.
    const next = await ride();
    await until(async () => (await kept()) === ids.length + next.length);
    gate.away(false);
    const all = [...ids, ...next];
    for (let runs = 0; runs < 3 && (await kept()) > 0; runs += 1)
      await until(async () => {
        stack.hooks.runSchedule('sweep');
        await stack.hooks.idle();
        return (await kept()) === 0;
      }).catch(() => undefined);
    expect([missing(all), await kept()]).toEqual([[], 0]);
    expect([...gate.taken().values()].filter((bodies) => bodies.size > 1)).toEqual([]);
    expect(deadLetters()).toBe(0);
    const fresh = await ride();
    await until(() => missing(fresh).length === 0);
  }, 120_000);
});
