/** The store in memory and the store of the table, held to the same promises. */
import { describe, expect, it } from 'vitest';
import { type Event, memoryStore } from '../../../bin/cli/predictor/memory.store.ts';
import { argoRef } from '../../../functions/ezpay/argo.ts';
import { answerScan, changeArgo, type EzPayDeps, ezpayDeps, scanCar } from '../../../functions/ezpay/commands.ts';
import { ezpayRef } from '../../../functions/ezpay/ezpay.ts';
import { at, car, driver, orderId, otherCar, scanOf, started } from '../../support/ezpay.ts';
import { memoryTable } from '../../support/memory-table.ts';
import { env, testPorts } from '../../support/ports.ts';

type Stored = { readonly deps: EzPayDeps; readonly events: readonly Event[] };

const onTable = (): Stored => {
  const events: Event[] = [];
  const table = memoryTable(({ item }) => {
    if (item?.outbox?.S) events.push(...(JSON.parse(item.outbox.S) as Event[]));
  });
  return { deps: ezpayDeps(testPorts({ table }).ports, env), events };
};
const inMemory = (): Stored => {
  const events: Event[] = [];
  const stored = memoryStore((written) => void events.push(...written.events));
  return { deps: { ...onTable().deps, ...stored }, events };
};

describe.each([
  ['on the table', onTable],
  ['in memory', inMemory],
])('a store %s', (_, open) => {
  const street = async () => {
    const { deps, events } = open();
    for (const which of [car, otherCar])
      await changeArgo(deps, which, { type: 'drive', driverId: driver, drives: true, at: at(-60) });
    return { deps, events };
  };

  it('[EZP-11] gives a customer one ongoing order per car, and replaces one that waits elsewhere', async () => {
    const { deps } = await street();
    const scan = (n: number, which = car) => scanCar(deps, scanOf({ orderId: orderId(n), car: which }));
    expect(await scan(1)).toMatchObject({ outcome: 'created', version: 1 });
    expect(await scan(2)).toMatchObject({ outcome: 'repeated', order: { orderId: orderId(1) } });
    expect(await scan(3, otherCar)).toMatchObject({ outcome: 'created', order: { supersedes: orderId(1) } });
    expect(await scan(4, otherCar)).toMatchObject({ outcome: 'repeated', order: { orderId: orderId(3) } });
    expect((await deps.store.load(ezpayRef(orderId(4)))).version).toBe(0);
  });

  it('[EZP-11] counts versions and publishes each change once', async () => {
    const { deps, events } = await street();
    const report = { type: 'report', event: started(-1, { sequence: 1 }), at: at(0) } as const;
    expect((await changeArgo(deps, car, report)).version).toBe(2);
    expect(await changeArgo(deps, car, report)).toMatchObject({ decision: { outcome: 'nothing' }, version: 2 });
    expect((await deps.store.load(argoRef(car))).state?.events).toHaveLength(1);
    expect(events).toMatchObject([{ source: 'tuntas.ezpay', type: 'argo.started', version: 2, car }]);
    expect(events[0]?.at).toBe('2026-11-20T20:44:00.000Z');
  });

  it('[EZP-11] finds the scans a report may concern, for nine hours', async () => {
    const { deps } = await street();
    await scanCar(deps, scanOf());
    expect(await deps.waitingIn(car, at(0))).toEqual([orderId(1)]);
    expect(await deps.waitingIn(otherCar, at(0))).toEqual([]);
    expect(await deps.waitingIn(car, at(9 * 60))).toEqual([]);
  });

  it('[EZP-11] refuses what the decider refuses, and writes nothing', async () => {
    const { deps, events } = await street();
    const answer = { driverId: driver, confirmed: true, at: at(1) };
    const { decision, version } = await answerScan(deps, orderId(1), answer);
    expect([decision.outcome, version, events]).toEqual(['refused', 0, []]);
  });
});
