/** What is stored of rides, read back for an operator: of a period, or of one ride. */
import { GetItemCommand, QueryCommand, type ScanCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { rideRecords } from '../../functions/dispatch/ride-records.store.ts';
import { instant, type OrderId } from '../../functions/kernel/types.ts';
import { toItem } from '../../functions/platform/dynamo.ts';
import { rideId } from '../support/dispatch.ts';
import { clientWith } from '../support/memory-table.ts';
import { testPorts } from '../support/ports.ts';

const pk = 'ORDER#TNT-20261121-0000042';
const place = { lat: -6.2, lng: 106.8, sequence: 0 };
const requested = {
  ...{ pk, sk: 'EVENT#1', kind: 'event', type: 'ride.requested', version: 1 },
  ...{ at: '2026-11-21T03:44:00.000Z', pickup: place },
};
const dispatched = {
  ...{ pk, sk: 'DISPATCH#driver-1#1', kind: 'dispatch', driverId: 'driver-1', version: 1 },
  ...{ at: '2026-11-21T03:44:01.000Z', sentAt: '2026-11-21T03:44:02.000Z' },
};
const unsent = { ...dispatched, sk: 'DISPATCH#driver-2#2', driverId: 'driver-2', sentAt: undefined };
const former = { ...requested, sk: 'EVENT#0', version: 'one' };
const ride = {
  ...{ pk, sk: 'RIDE', version: 2 },
  state: {
    status: 'SEARCHING',
    pickup: place,
    offers: { 'driver-1': { status: 'DECLINED' }, 'driver-2': { status: 'PENDING' } },
  },
};

const event = { type: 'ride.requested', version: 1, at: 1_795_232_640_000, pickup: place };
const dispatch = { driverId: 'driver-1', version: 1, claimedAt: 1_795_232_641_000, sentAt: 1_795_232_642_000 };
const stored = { status: 'SEARCHING', version: 2, pickup: place, pending: ['driver-2'] };

type Row = Readonly<Record<string, unknown>>;
type Stored = { readonly lines?: readonly (readonly Row[])[]; readonly rides?: readonly Row[] };

/** Tables that hold pages of lines, and rides. A query reads page by page, a scan finds all in its first segment. */
const setUp = ({ lines = [], rides = [] }: Stored) => {
  const asked: { readonly name: string; readonly input: Row }[] = [];
  const cost = { ScannedCount: 5, ConsumedCapacity: { CapacityUnits: 2 } };
  const dynamo = clientWith(async (command) => {
    const { input } = command as { input: Row };
    asked.push({ name: (command as object).constructor.name, input });
    if (command instanceof GetItemCommand) return { ...cost, Item: rides[0] && toItem(rides[0]) };
    if (command instanceof QueryCommand) {
      const page = Number(command.input.ExclusiveStartKey?.page?.N ?? 0);
      const next = page + 1 < lines.length ? { LastEvaluatedKey: { page: { N: String(page + 1) } } } : {};
      return { ...(lines[page] ? { Items: lines[page].map(toItem) } : {}), ...cost, ...next };
    }
    const { Segment, TableName } = (command as ScanCommand).input;
    const found = TableName === 'Story' ? lines.flat() : rides;
    return { Items: Segment === 0 ? found.map(toItem) : [], ...cost };
  });
  const { ports } = testPorts();
  return { asked, records: rideRecords({ ...ports, dynamo }, { state: 'State', story: 'Story' }, 1_000) };
};
const since = instant(Date.UTC(2026, 10, 21));

describe('the rides of a period are read', () => {
  it('with their events, their dispatches, and what is stored of them', async () => {
    const { records } = setUp({ lines: [[requested, dispatched, unsent]], rides: [ride] });
    expect(await records.period(since)).toMatchObject([
      {
        rideId: 'TNT-20261121-0000042',
        ride: stored,
        events: [event],
        dispatches: [dispatch, { driverId: 'driver-2', version: 1, claimedAt: 1_795_232_641_000 }],
        unreadable: [],
      },
    ]);
  });

  it('each by itself, also when only its lines or only its item are found', async () => {
    const other = { ...ride, pk: 'ORDER#TNT-20261121-0000043' };
    const { records } = setUp({ lines: [[requested]], rides: [other] });
    expect(await records.period(since)).toEqual([
      { rideId: 'TNT-20261121-0000042', events: [expect.objectContaining(event)], dispatches: [], unreadable: [] },
      { rideId: 'TNT-20261121-0000043', ride: stored, events: [], dispatches: [], unreadable: [] },
    ]);
  });

  it('and items of another form are named by their keys', async () => {
    const { records } = setUp({ lines: [[former, requested]], rides: [{ ...ride, version: 'two' }] });
    const [record, ...others] = await records.period(since);
    expect(others).toEqual([]);
    expect(record).toMatchObject({ events: [event], dispatches: [], unreadable: ['EVENT#0', 'RIDE'] });
    expect(record?.ride).toBeUndefined();
  });

  it('and a partition of no order is named whole', async () => {
    const { records } = setUp({ lines: [[{ ...requested, pk: 'ORDER#42' }]] });
    expect(await records.period(since)).toMatchObject([{ rideId: 'ORDER#42', events: [event] }]);
  });

  it('from the story before the state, of which a ride is never behind its story', async () => {
    const { records, asked } = setUp({});
    expect(await records.period(since)).toEqual([]);
    const tables = asked.map(({ input }) => input.TableName);
    expect(tables).toEqual([...Array(4).fill('Story'), ...Array(4).fill('State')]);
    expect(asked[0]?.input).toMatchObject({
      ExpressionAttributeValues: { ':since': { S: '2026-11-21T00:00:00.000Z' } },
    });
    expect(asked[4]?.input).toMatchObject({ ExpressionAttributeValues: { ':since': { N: '1795219200000' } } });
  });
});

describe('one ride is read', () => {
  it('with every page of its lines, as they are at this moment', async () => {
    const { records, asked } = setUp({ lines: [[requested], [], [dispatched]], rides: [ride] });
    expect(await records.one(rideId)).toMatchObject({
      rideId: 'TNT-20261121-0000042',
      ride: stored,
      events: [event],
      dispatches: [dispatch],
      unreadable: [],
    });
    expect(asked.map(({ name }) => name)).toEqual(['QueryCommand', 'QueryCommand', 'QueryCommand', 'GetItemCommand']);
    for (const { input } of asked) expect(input.ConsistentRead).toBe(true);
    expect(asked[2]?.input).toMatchObject({
      TableName: 'Story',
      ExpressionAttributeValues: { ':pk': { S: pk } },
      ExclusiveStartKey: { page: { N: '2' } },
    });
    expect(asked[3]?.input).toMatchObject({ TableName: 'State', Key: { pk: { S: pk }, sk: { S: 'RIDE' } } });
  });

  it('and costs what each answer says', async () => {
    const { records } = setUp({ lines: [[requested], [dispatched]], rides: [ride] });
    await records.one(rideId);
    expect(records.cost()).toEqual({ readUnits: 6, items: 10 });
  });

  it('and is nothing when it does not exist', async () => {
    const { records, asked } = setUp({});
    expect(await records.one('TNT-20261121-ZZZZZZZ' as OrderId)).toBeUndefined();
    expect(asked).toHaveLength(2);
  });
});
