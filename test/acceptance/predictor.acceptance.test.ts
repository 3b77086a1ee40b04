/** The predictor on the running stack: a scan without a report is judged, and is an example of the stored history. */
import { randomInt } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import shipped from '../../functions/ezpay/predictor.json' with { type: 'json' };
import { storyHistory } from '../../functions/ezpay/training/story.history.ts';
import { instant } from '../../functions/kernel/types.ts';
import { enqueue, eventually, person, stack, storyOf } from './support/stack.ts';

const reported = (car: string, sequence: number, more: object) => ({
  car,
  device: `device-of-${car}`,
  sequence,
  deviceTime: Date.now() - 1_000,
  receivedAt: Date.now(),
  ...more,
});
const report = (...messages: readonly object[]) => enqueue(stack().queues.argo as string, messages);
const position = (lat: number) => ({ kind: 'PING', position: { lat, lng: 106.8 } });

describe('a scan waits on the running stack', () => {
  it('[EZP-11] judged with the flag off, and again when the car moves: an example of the history', async () => {
    const car = `B${randomInt(1_000_000)}T`;
    const [rider, operator] = await Promise.all([person('rider'), person('operator')]);
    await report(reported(car, 1, { ...position(-6.2), deviceTime: Date.now() - 60_000 }));
    await eventually(async () => (await operator.call('GET', `/cars/${car}/argo`)).status === 200);

    const { body } = await rider.call('POST', '/ezpay', { car, paymentMethod: 'gopay' });
    expect(body.status).toBe('WAITING');
    await report(reported(car, 2, { ...position(-6.21), deviceTime: Date.now() }));
    await eventually(async () => (await storyOf(body.orderId)).some(({ type }) => type === 'ezpay.judged'));
    await report(reported(car, 3, { kind: 'STARTED' }));
    await eventually(async () => (await rider.call('GET', `/ezpay/${body.orderId}`)).body.status === 'CONFIRMED');
    await eventually(async () => (await storyOf(body.orderId)).some(({ type }) => type === 'ezpay.confirmed'));

    const story = await storyOf(body.orderId);
    expect(story.find(({ type }) => type === 'ezpay.waiting')).toMatchObject({
      model: shipped.version,
      evidence: { waited: 0, moving: false },
    });
    const client = new DynamoDBClient({
      endpoint: stack().dynamodb,
      region: 'ap-southeast-3',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const examples = await storyHistory(
      { dynamo: client, now: () => instant(Date.now() + 10 * 3_600_000) },
      stack().tables.story,
    );
    client.destroy();
    expect(examples.filter(({ orderId }) => orderId === body.orderId)).toMatchObject([
      { car, ran: true, evidence: { waited: 0, moving: false } },
      { car, ran: true, evidence: { moving: true } },
    ]);
  });
});
