/** Frozen samples of what was stored, by shape: each is read today, and its next write stores it in today's shape. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { driverRef } from '../../functions/dispatch/driver.ts';
import { rideRef } from '../../functions/dispatch/ride.ts';
import { argoRef } from '../../functions/ezpay/argo.ts';
import { ezpayRef } from '../../functions/ezpay/ezpay.ts';
import type { Ref } from '../../functions/kernel/aggregate.ts';
import type { Happened } from '../../functions/kernel/decision.ts';
import type { CarId, DriverId, OrderId } from '../../functions/kernel/types.ts';
import { orderRef } from '../../functions/orders/order.ts';
import { earlyStore } from '../../functions/payments/notifications/early.store.ts';
import { type PaymentRef, paymentRef } from '../../functions/payments/payment.ts';
import { paymentsOf } from '../../functions/payments/payments.store.ts';
import { readBreaker } from '../../functions/platform/breaker.store.ts';
import { fromItem, type Item } from '../../functions/platform/dynamo.ts';
import { holds } from '../../functions/platform/holds.store.ts';
import { store } from '../../functions/platform/store.ts';
import { changeFrom } from '../../functions/platform/stream-reader.ts';
import { start, testPorts } from '../support/ports.ts';
import { streamed } from '../support/queue.ts';

type State = Readonly<Record<string, unknown>>;
type Sample = { readonly kind: string; readonly schema: number; readonly name: string; readonly item: Item };

const folder = join(import.meta.dirname, 'items');
/** `payment.1.json` holds payments of the shape 1. */
const samples = globSync('*.json', { cwd: folder }).flatMap((file): readonly Sample[] => {
  const [kind = '', schema] = basename(file, '.json').split('.');
  const items = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Readonly<Record<string, Item>>;
  return Object.entries(items).map(([name, item]) => ({ kind, schema: Number(schema), name, item }));
});

/** How the aggregate of an item is found by what the item says of itself. */
const refs: Readonly<Record<string, (state: State) => unknown>> = {
  ride: ({ rideId }) => rideRef(rideId as OrderId),
  order: ({ orderId }) => orderRef(orderId as OrderId),
  payment: ({ ref }) => paymentRef(ref as PaymentRef),
  ezpay: ({ orderId }) => ezpayRef(orderId as OrderId),
  argo: ({ car }) => argoRef(car as CarId),
  driver: ({ driverId }) => driverRef(driverId as DriverId),
};
const refFor = ({ kind }: Sample, state: State): Ref<unknown> => refs[kind]?.(state) as Ref<unknown>;
const isAggregate = ({ kind }: Sample): boolean => kind in refs;
const storedIn = ({ item }: Sample) => fromItem<{ state: State; version: number }>(item);

const worldWith = ({ item }: Sample) => {
  const world = testPorts();
  world.table.put('State', item);
  return { ...world, stored: store(world.ports, 'State') };
};

describe('an item of each aggregate', () => {
  it('is among the samples', () => {
    expect([...new Set(samples.filter(isAggregate).map(({ kind }) => kind))].toSorted()).toEqual(
      Object.keys(refs).toSorted(),
    );
  });

  it.each(samples.filter(isAggregate).map((sample) => [sample.kind, sample.schema, sample.name, sample] as const))(
    '[ORD-8] %s of shape %i is read: %s',
    async (_, schema, __, sample) => {
      const { state, version } = storedIn(sample);
      const ref = refFor(sample, state);
      const loaded = await worldWith(sample).stored.load(ref);
      expect(loaded.version).toBe(version);
      expect(loaded.state).toBeDefined();
      if ((ref.aggregate.schema ?? 1) === schema) expect(loaded.state).toEqual(state);
    },
  );

  it.each(samples.filter(isAggregate).map((sample) => [sample.kind, sample.schema, sample.name, sample] as const))(
    '%s of shape %i is in today’s shape after its next write: %s',
    async (_, __, ___, sample) => {
      const { state, version } = storedIn(sample);
      const ref = refFor(sample, state);
      const { stored, table } = worldWith(sample);
      const { state: read } = await stored.load(ref);
      const again: Happened<unknown> = { outcome: 'happened', state: read, at: start, facts: [] };
      await stored.transition(ref, () => again);
      expect(table.read('State', ref.aggregate.key(ref.id))).toMatchObject({ version: version + 1 });
      expect(table.read('State', ref.aggregate.key(ref.id))?.schema ?? 1).toBe(ref.aggregate.schema ?? 1);
      expect((await stored.load(ref)).state).toEqual(read);
    },
  );

  it.each(samples.map((sample) => [sample.kind, sample.schema, sample.name, sample] as const))(
    '[DSP-3] %s of shape %i is a change that the readers of the stream know: %s',
    (_, __, ___, { item }) => {
      const image = fromItem(item);
      const [record] = streamed([image]).Records;
      const { dueAt, events } = changeFrom(record ?? {});
      expect(dueAt).toBe(image.dueAt);
      expect(events).toEqual(JSON.parse(String(image.outbox ?? '[]')));
    },
  );
});

describe('an item that is not an aggregate', () => {
  const one = (kind: string): Sample => samples.find((sample) => sample.kind === kind) as Sample;

  it('[PAY-4] an early notification is read by its key', async () => {
    const sample = one('early');
    const { pk, sk, dueShard: _, expiresAt: __, ...early } = fromItem(sample.item);
    const found = await earlyStore(worldWith(sample).ports.dynamo, 'State').load({ pk: String(pk), sk: String(sk) });
    expect(found).toMatchObject(early);
  });

  it('a breaker says when to try again', async () => {
    const sample = one('breaker');
    const { pk, retryAt } = fromItem(sample.item);
    const open = await readBreaker(worldWith(sample).ports.dynamo, 'State', String(pk).replace('BREAKER#', ''));
    expect(open).toMatchObject({ retryAt });
  });

  it('[DSP-10] the hold of a flag is read', async () => {
    const sample = one('hold');
    const { pk } = fromItem(sample.item);
    const { read } = holds(worldWith(sample).ports, 'State');
    expect(await read(String(pk).replace('FLAG#', ''))).toBeDefined();
  });
});

describe('the payments of an order', () => {
  const sample = samples.find(({ kind }) => kind === 'payment') as Sample;

  it('are read by one query in today’s shape', async () => {
    const { state, version } = storedIn(sample);
    const { ports, stored } = worldWith(sample);
    const { state: loaded } = await stored.load(refFor(sample, state));
    expect(await paymentsOf(ports.dynamo, 'State')(state.orderId as OrderId)).toEqual([{ state: loaded, version }]);
  });
});
