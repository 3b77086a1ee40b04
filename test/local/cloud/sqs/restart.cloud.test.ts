/** What a queue gives back after the host has ended: at once, and without a receive that was cut short. */
import {
  ChangeMessageVisibilityCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Local } from '../../../../local/cloud/cloud.ts';
import { eventually, lambda, queue, smallCloud } from '../../support/small-cloud.ts';

const cloud = smallCloud({ ...lambda('Any'), ...queue('Idle') }, { Any: 'export const handler = async () => {};' });
const kept = { memory: false, port: undefined };
let local: Local;
beforeAll(async () => {
  local = await cloud.start(kept);
});
afterAll(async () => {
  await local.stop();
  cloud.remove();
});

const restart = async (): Promise<void> => {
  await local.stop();
  local = await cloud.start(kept);
};
const client = () =>
  new SQSClient({
    endpoint: local.ready.sqs,
    region: 'ap-southeast-3',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
const idle = () => String(local.ready.queues.idle);
const send = (MessageBody: string) => client().send(new SendMessageCommand({ QueueUrl: idle(), MessageBody }));
/** Receives everything and holds it for an hour. */
const held = async (body: string): Promise<Message | undefined> => {
  const { Messages = [] } = await client().send(
    new ReceiveMessageCommand({
      QueueUrl: idle(),
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 3_600,
      MessageSystemAttributeNames: ['All'],
    }),
  );
  return Messages.find(({ Body }) => Body === body);
};
const ready = (body: string) =>
  eventually(
    () => local.hooks.queue('idle').stored.messages.find((message) => message.body === body),
    (message) => message !== undefined,
  );

describe('after a restart', () => {
  it('a message that was held is delivered at once, as if it had not been received', async () => {
    await send('held');
    expect((await held('held'))?.Attributes?.ApproximateReceiveCount).toBe('1');
    await restart();
    expect((await ready('held'))?.approximateReceiveCount).toBe(0);
  });

  it('the receive that was cut short does not count, however often: no message dies of restarts', async () => {
    await send('often held');
    const counts: (string | undefined)[] = [];
    for (let times = 0; times < 3; times += 1) {
      counts.push((await held('often held'))?.Attributes?.ApproximateReceiveCount);
      await restart();
    }
    expect(counts).toEqual(['1', '1', '1']);
  });

  it.each([0, 900])(
    'a receive that had ended counts, the message waiting %i s for the next',
    async (VisibilityTimeout) => {
      const body = `failed ${VisibilityTimeout}`;
      await send(body);
      const ReceiptHandle = (await held(body))?.ReceiptHandle;
      await client().send(new ChangeMessageVisibilityCommand({ QueueUrl: idle(), ReceiptHandle, VisibilityTimeout }));
      await restart();
      expect((await ready(body))?.approximateReceiveCount).toBe(1);
    },
  );
});
