/** Fills the State table: rides with their deadlines in the index `due`, drivers on duty in the index `cell`. */
import { cellsAround } from '../../functions/dispatch/nearby-drivers.store.ts';
import type { Database } from './database.ts';
import { gambir } from './requests.ts';

type Wire = Readonly<Record<string, unknown>>;

const perRequest = 25;
const atOnce = 8;

/** A ride of the same shape and size as the sample, under its own id and shard. */
const rideLike = (sample: string, sampleId: string, n: number, due: boolean): Wire => {
  const id = `TNT-20200101-${n.toString(32).toUpperCase().padStart(7, '0')}`;
  const { dueShard: _, dueAt: __, ...item } = JSON.parse(sample.replaceAll(sampleId, id)) as Record<string, unknown>;
  return due ? { ...item, dueShard: { S: `due#${n % 8}` }, dueAt: { N: String(Date.now() + 3_600_000 + n) } } : item;
};

const driverIn = (cell: string, name: string, reportedAt: number): Wire => {
  const place = { lat: { N: String(gambir.lat) }, lng: { N: String(gambir.lng) } };
  return {
    pk: { S: `DRIVER#${name}` },
    sk: { S: 'DRIVER' },
    version: { N: '7' },
    state: {
      M: {
        driverId: { S: name },
        onDuty: { BOOL: true },
        serviceLine: { S: 'BB' },
        position: { M: { ...place, at: { N: String(reportedAt) } } },
      },
    },
    cell: { S: `BB#${cell}` },
    ...place,
    reportedAt: { N: String(reportedAt) },
  };
};

const batched = function* (items: Iterable<Wire>): Generator<readonly Wire[]> {
  let batch: Wire[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < perRequest) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
};

const put = async ({ call, state }: Database, items: Iterable<Wire>): Promise<void> => {
  const batches = batched(items);
  const writer = async (): Promise<void> => {
    for (let next = batches.next(); !next.done; next = batches.next()) {
      const { UnprocessedItems = {} } = await call('BatchWriteItem', {
        RequestItems: { [state]: next.value.map((Item) => ({ PutRequest: { Item } })) },
      });
      if (Object.keys(UnprocessedItems as object).length > 0) throw new Error('the emulator left items unwritten');
    }
  };
  await Promise.all(Array.from({ length: atOnce }, writer));
};

/** Every second ride is still open and so in the index `due`. */
export const fillRides = (
  database: Database,
  sample: { readonly item: Wire; readonly id: string },
  from: number,
  to: number,
) => {
  const text = JSON.stringify(sample.item);
  const rides = function* () {
    for (let n = from; n < to; n += 1) yield rideLike(text, sample.id, n, n % 2 === 0);
  };
  return put(database, rides());
};

/** The 25 cells around the pickup hold more fresh drivers than a search reads of each, and `stale` others. */
export const fillDrivers = (
  database: Database,
  { fresh, stale }: { readonly fresh: number; readonly stale: number },
) => {
  const now = Date.now();
  const drivers = function* () {
    for (const cell of cellsAround(gambir, 2)) {
      for (let n = 0; n < fresh; n += 1) yield driverIn(cell, `fresh-${cell}-${n}`, now - n);
      for (let n = 0; n < stale; n += 1) yield driverIn(cell, `stale-${cell}-${n}`, now - 3_600_000 - n);
    }
  };
  return put(database, drivers());
};
