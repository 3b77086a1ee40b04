/** Joining an order with its car, while the car keeps reporting. */
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { changeArgo, ezpayDeadline, ezpayDeps, joinOrder, scanCar } from '../../functions/ezpay/commands.ts';
import { ezpayRef } from '../../functions/ezpay/ezpay.ts';
import { Conflict } from '../../functions/kernel/errors.ts';
import type { Dynamo } from '../../functions/platform/ports.ts';
import { at, car, orderId, otherCar, scanOf, started, stopped } from '../support/ezpay.ts';
import { env, testPorts } from '../support/ports.ts';

/** A car whose device reports an earlier stop right before each of the first `changes` reads of the car. */
const busyCar = async (changes: number) => {
  const { ports } = testPorts();
  const direct = ezpayDeps(ports, env);
  const start = started(-1, { sequence: 1 });
  await changeArgo(direct, car, { type: 'report', event: start, at: at(0) });
  await scanCar(direct, scanOf({ mode: 'strict' }));
  let left = changes;
  let reads = 0;
  const send = async (command: GetItemCommand) => {
    if (command instanceof GetItemCommand && command.input.Key?.pk?.S === `CAR#${car}`) {
      reads += 1;
      if (left > 0) {
        left -= 1;
        const stop = stopped(20 + left, { sequence: 2 + left, receivedAt: at(60) });
        await changeArgo(direct, car, { type: 'report', event: stop, at: at(60) });
      }
    }
    return ports.dynamo.send(command);
  };
  const deps = ezpayDeps({ ...ports, dynamo: { send } as Dynamo }, env);
  return { deps, reads: () => reads, order: () => direct.store.load(ezpayRef(orderId(1))) };
};

describe('an order is joined with a car that keeps reporting', () => {
  it.each([0, 1, 4])('[EZP-13] %d times: the order has the last report', async (changes) => {
    const { deps, reads, order } = await busyCar(changes);
    await joinOrder(deps, car, orderId(1), at(60));
    const { state } = await order();
    expect(state?.trip).toEqual({ startedAt: at(-1), ...(changes > 0 ? { stoppedAt: at(20) } : {}) });
    expect(reads()).toBe(changes + 1);
  });

  it('[EZP-13] and is left alone when the car is unknown', async () => {
    const { deps, order } = await busyCar(0);
    await joinOrder(deps, otherCar, orderId(1), at(60));
    expect((await order()).version).toBe(1);
  });

  it('[EZP-13] more often: it gives up after five reads, and the message is tried again', async () => {
    const { deps, reads } = await busyCar(6);
    await expect(joinOrder(deps, car, orderId(1), at(60))).rejects.toThrow(Conflict);
    expect(reads()).toBe(5);
  });
});

describe('a deadline', () => {
  it('[EZP-4] of a closed order does not read the car', async () => {
    const { deps, reads } = await busyCar(0);
    const { decision } = await ezpayDeadline(deps, orderId(1), at(60));
    expect([decision.outcome, reads()]).toEqual(['nothing', 0]);
  });
});
