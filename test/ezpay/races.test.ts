/** A scan and a report meet on the table, in every order of their reads and writes: the report is never missed. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, describe, expect, it } from 'vitest';
import { changeArgo, ezpayDeps, joinCar, joinOrder, scanCar } from '../../functions/ezpay/commands.ts';
import { ezpayRef } from '../../functions/ezpay/ezpay.ts';
import { store } from '../../functions/platform/store.ts';
import { at, car, orderId, scanOf, started, stopped } from '../support/ezpay.ts';
import { everyOrder, interleave } from '../support/interleaving.ts';
import { logLines } from '../support/log.ts';
import { clientOf, memoryTable } from '../support/memory-table.ts';
import { seeded } from '../support/random.ts';

logLines();
const deps = (client: DynamoDBClient) => ezpayDeps(client, 'State');
const event = started(-1, { sequence: 1, receivedAt: at(1) });

/** The scan, and what its own event makes the worker do. */
const scans = (mode: 'async' | 'strict') => async (client: DynamoDBClient) => {
  const scanned = await scanCar(deps(client), scanOf({ mode }));
  if (scanned.outcome === 'created') await joinOrder(deps(client), car, scanned.order.orderId, at(1));
};
/** The report, and what its event makes the worker do. */
const reports = (report: typeof event) => async (client: DynamoDBClient) => {
  await changeArgo(deps(client), car, { type: 'report', event: report, at: report.receivedAt });
  await joinCar(deps(client), car, at(1));
};
const driven = async () => {
  const table = memoryTable();
  await changeArgo(deps(clientOf(table)), car, {
    type: 'drive',
    driverId: 'driver-1' as never,
    drives: true,
    at: at(-60),
  });
  return table;
};
const ordersIn = (table: ReturnType<typeof memoryTable>) => table.all('State').filter(({ sk }) => sk === 'EZPAY');

let met = 0;
afterAll(
  () =>
    void process.stdout.write(`[EZP-13] scan and report met in ${met} orders of their reads and writes: 0 missed\n`),
);

describe('a scan meets the report of the start', () => {
  it.each(['async', 'strict'] as const)(
    '[EZP-13] %s: in every order of reads and writes the order knows its trip',
    async (mode) => {
      const endings = new Set<string>();
      const played = await everyOrder(async (choose) => {
        const table = await driven();
        await interleave([scans(mode), reports(event)], table, { choose });
        const { state } = await store(clientOf(table), 'State').load(ezpayRef(orderId(1)));
        expect(state?.trip).toEqual({ startedAt: at(-1) });
        endings.add(String(state?.status));
      });
      met += played;
      expect(played).toBeGreaterThan(20);
      expect([...endings].toSorted()).toEqual(mode === 'async' ? ['CONFIRMED'] : ['CONFIRMED', 'REFUSED']);
    },
  );

  it('[EZP-13] without the scan’s own event the start would be missed: the race is real', async () => {
    const missed = new Set<boolean>();
    await everyOrder(async (choose) => {
      const table = await driven();
      await interleave([(client) => scanCar(deps(client), scanOf()), reports(event)], table, { choose });
      missed.add(ordersIn(table).some(({ state }) => (state as { status: string }).status === 'WAITING'));
    });
    expect(missed).toContain(true);
  });
});

describe('a scan meets a start and a late stop', () => {
  it('[EZP-13] 2,000 drawn races: the order always ends with what both reports say together', async () => {
    const random = seeded(4);
    const contrary = stopped(-0.5, { sequence: 2, receivedAt: at(2) });
    for (let n = 0; n < 2_000; n += 1) {
      const table = await driven();
      await interleave([scans('async'), reports(event), reports(contrary)], table, {
        choose: (most) => random.below(most),
      });
      const [order] = ordersIn(table) as unknown as { state: { trip?: object } }[];
      expect(order?.state.trip).toBeUndefined();
    }
  }, 60_000);
});

describe('one customer scans from two phones', () => {
  it('[EZP-7] in every order of reads and writes there is one order', async () => {
    const played = await everyOrder(async (choose) => {
      const table = await driven();
      const two = [1, 2].map((n) => (client: DynamoDBClient) => scanCar(deps(client), scanOf({ orderId: orderId(n) })));
      await interleave(two, table, { choose });
      expect(ordersIn(table)).toHaveLength(1);
    });
    expect(played).toBeGreaterThan(5);
  });
});
