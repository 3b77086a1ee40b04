/** Queues whose client is loaded with the first message, against a server that speaks as SQS does. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lazyQueues } from '../../functions/platform/queues.lazy.ts';
import { httpServer, type Respond } from '../support/http-server.ts';

const taken: Respond = ({ body }, response) => {
  const { MessageBody, Entries = [] } = JSON.parse(body) as {
    readonly MessageBody?: string;
    readonly Entries?: readonly { readonly Id: string; readonly MessageBody: string }[];
  };
  const md5 = (text = ''): string => createHash('md5').update(text).digest('hex');
  const Successful = Entries.map(({ Id, MessageBody: text }) => ({ Id, MessageId: Id, MD5OfMessageBody: md5(text) }));
  response
    .setHeader('content-type', 'application/x-amz-json-1.0')
    .end(JSON.stringify({ MessageId: '1', MD5OfMessageBody: md5(MessageBody), Successful }));
};
let server: Awaited<ReturnType<typeof httpServer>>;
beforeAll(async () => {
  server = await httpServer();
  Object.assign(process.env, {
    AWS_REGION: 'ap-southeast-3',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
});
afterAll(() => server.stop());

describe('the first message of a function that seldom sends', () => {
  it('is sent like every other', async () => {
    server.answers(taken);
    const queue = `${server.url}/000000000000/dead`;
    const queues = lazyQueues();
    await queues.send(queue, '{"a":1}', { reason: 'not JSON' });
    await queues.sendAll(queue, [{ body: '{"b":2}', delaySeconds: 3 }]);
    await queues.delay(queue, 'receipt', 25);
    expect(server.received.map(({ headers, body }) => [headers['x-amz-target'], JSON.parse(body)])).toEqual([
      [
        'AmazonSQS.SendMessage',
        expect.objectContaining({
          MessageBody: '{"a":1}',
          MessageAttributes: { reason: { DataType: 'String', StringValue: 'not JSON' } },
        }),
      ],
      [
        'AmazonSQS.SendMessageBatch',
        { QueueUrl: queue, Entries: [{ Id: '0', MessageBody: '{"b":2}', DelaySeconds: 3 }] },
      ],
      ['AmazonSQS.ChangeMessageVisibility', { QueueUrl: queue, ReceiptHandle: 'receipt', VisibilityTimeout: 25 }],
    ]);
  });
});
