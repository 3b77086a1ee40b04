/** A run repeats with its seed, in whatever order the requests arrive. */
import { expect, it } from 'vitest';
import type { Transaction } from '../../../local/gateway/transaction.ts';
import { charges, startGateway } from './gateway.fixture.ts';

const made = async (seed: string, orders: readonly string[]): Promise<string[]> => {
  const gateway = await startGateway({ seed });
  await Promise.all(orders.map((order) => gateway.charge(charges.va('bca', order))));
  const facts = ({ orderId, transactionId, instructions }: Transaction): string =>
    JSON.stringify([orderId, transactionId, instructions]);
  const transactions = gateway.control.transactions().map(facts).sort();
  await gateway.stop();
  return transactions;
};

const orders = ['INV-1', 'INV-2', 'INV-3', 'INV-4', 'INV-5'];

it('gives the same ids and numbers with the same seed, and others with another', async () => {
  const first = await made('a', orders);
  expect(await made('a', orders.toReversed())).toEqual(first);
  expect(await made('b', orders)).not.toEqual(first);
});

it('gives a reused order id a new transaction id', async () => {
  const gateway = await startGateway();
  const first = await gateway.charge(charges.va('bca', 'INV-1'));
  gateway.control.expire('INV-1');
  const second = await gateway.charge(charges.va('bca', 'INV-1'));
  expect(second.body.transaction_id).not.toBe(first.body.transaction_id);
  await gateway.stop();
});
