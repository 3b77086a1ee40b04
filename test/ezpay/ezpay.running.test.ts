/** EzPay on a running stack of its own: each of its alarms rings for what it promises. */
import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OwnStack, ownStack, until } from '../support/own-stack.ts';

let stack: OwnStack;
beforeAll(async () => {
  stack = await ownStack();
}, 120_000);
afterAll(() => stack.end());

const table = 'tuntas-local-state';
const minutes = 60_000;

/** The mode of every scan from then on, as `tuntas flags hold` sets it. No scan has been made, so nothing is cached. */
const holdMode = (value: string) =>
  stack.database.send(
    new PutItemCommand({
      TableName: table,
      Item: {
        pk: { S: 'FLAG#ezpay-mode' },
        sk: { S: 'HOLD' },
        reason: { S: 'test' },
        at: { S: '2026-11-21T00:00:00.000Z' },
        value: { S: value },
      },
    }),
  );
const argoOf = async (car: string) => (await stack.by('operator', 'op', 'GET', `/cars/${car}/argo`)).body;
const driven = async (car: string): Promise<void> => {
  await stack.by('driver', `driver-of-${car}`, 'PUT', '/drivers/me', { onDuty: true, car });
  await until(async () => (await argoOf(car)).driverId === `driver-of-${car}`);
};
const scan = (rider: string, car: string) =>
  stack.by('rider', rider, 'POST', '/ezpay', { car, paymentMethod: 'gopay' });
const report = (car: string, kind: string, deviceTime: number) =>
  stack.enqueue('argo', { car, device: `meter-${car}`, kind, sequence: 1, deviceTime, receivedAt: Date.now() });

describe('[EZP-9] an alarm rings', () => {
  it('when customers are refused again and again, in a car that fails again and again', async () => {
    await holdMode('strict');
    await driven('BB1');
    for (let attempt = 1; attempt <= 12; attempt += 1)
      expect((await scan('rider-1', 'BB1')).body.code).toBe('ARGO_NOT_STARTED');
    await stack.rings('scans-find-the-argo-started');
    await stack.rings('ezpay-orders-succeed');
    await stack.rings('no-customer-is-refused-again-and-again');
    await stack.rings('no-car-fails-again-and-again');
  });

  it('when a report comes more than 5 minutes after its time', async () => {
    await driven('BB2');
    await report('BB2', 'STARTED', Date.now() - 52 * minutes);
    await stack.rings('argo-reports-come-in-time');
  });

  it('when the report of a scan’s argo arrives more than 5 minutes later', async () => {
    await driven('BB3');
    const { body } = await scan('rider-3', 'BB3');
    const scannedAt = Date.now() - 52 * minutes;
    await stack.database.send(
      new UpdateItemCommand({
        TableName: table,
        Key: { pk: { S: `ORDER#${body.orderId}` }, sk: { S: 'EZPAY' } },
        UpdateExpression: 'SET #state.scannedAt = :then',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':then': { N: String(scannedAt) } },
      }),
    );
    await report('BB3', 'STARTED', scannedAt - minutes);
    await until(
      async () => (await stack.by('rider', 'rider-3', 'GET', `/ezpay/${body.orderId}`)).body.wronglyFailed === true,
    );
    await stack.rings('meter-reports-follow-scans');
  });
});
