/** What is put on a queue, as the queue gets it. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queuesSeldom } from '../../functions/platform/lazy-queue-client.ts';

const received: {
  QueueUrl: string;
  MessageBody: string;
  MessageAttributes: Record<string, { StringValue: string }>;
}[] = [];
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const message = JSON.parse(Buffer.concat(chunks).toString()) as (typeof received)[number];
  received.push(message);
  const MD5OfMessageBody = createHash('md5').update(message.MessageBody).digest('hex');
  response
    .setHeader('content-type', 'application/x-amz-json-1.0')
    .end(JSON.stringify({ MessageId: '1', MD5OfMessageBody }));
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  Object.assign(process.env, {
    AWS_REGION: 'ap-southeast-3',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
});
afterAll(() => server.close());

describe('a message is sent', () => {
  it('carries its body and its attributes, the beginning of a long one', async () => {
    const { port } = server.address() as { port: number };
    const queue = `http://127.0.0.1:${port}/000000000000/dead`;
    await queuesSeldom().send(queue, '{"a":1}', { reason: 'r'.repeat(5_000) });
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({ QueueUrl: queue, MessageBody: '{"a":1}' });
    expect(received[0]?.MessageAttributes.reason?.StringValue).toBe('r'.repeat(1_000));
  });
});
