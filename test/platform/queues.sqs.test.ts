/** Messages on SQS: in groups that it takes, as text that it takes, and none lost without an error. */
import { describe, expect, it } from 'vitest';
import { Unavailable } from '../../functions/kernel/errors.ts';
import { sqsQueues } from '../../functions/platform/queues.sqs.ts';

type Sent = { readonly name: string; readonly input: Record<string, unknown> };
const setUp = (answer: object = {}) => {
  const sent: Sent[] = [];
  const send = async (command: { readonly input: Record<string, unknown> }): Promise<object> => {
    sent.push({ name: command.constructor.name, input: command.input });
    return answer;
  };
  return { queues: sqsQueues({ send: send as never }), sent };
};

describe('a message is sent', () => {
  it('carries its body and its attributes, the beginning of a long one', async () => {
    const { queues, sent } = setUp();
    await queues.send('dead', '{"a":1}', { reason: 'r'.repeat(5_000), source: 'arn' });
    expect(sent).toEqual([
      {
        name: 'SendMessageCommand',
        input: {
          QueueUrl: 'dead',
          MessageBody: '{"a":1}',
          MessageAttributes: {
            reason: { DataType: 'String', StringValue: 'r'.repeat(1_000) },
            source: { DataType: 'String', StringValue: 'arn' },
          },
        },
      },
    ]);
  });

  it('has its rare characters escaped in JSON, and left out of words', async () => {
    const { queues, sent } = setUp();
    await queues.send('dead', '{"a":"\uffff 😀 é\u0001"}', { reason: 'a\uffffb😀é' });
    expect(sent[0]?.input).toMatchObject({
      MessageBody: '{"a":"\\uffff \\ud83d\\ude00 é\\u0001"}',
      MessageAttributes: { reason: { StringValue: 'a?b??é' } },
    });
  });
});

describe('messages are sent together', () => {
  const entries = (count: number) => Array.from({ length: count }, (_, i) => ({ body: `${i}`, delaySeconds: i }));

  it('go out in groups of ten, each with its delay, and none when there are none', async () => {
    const { queues, sent } = setUp();
    await queues.sendAll('timers', []);
    expect(sent).toEqual([]);
    await queues.sendAll('timers', entries(12));
    expect(sent.map(({ input }) => (input.Entries as readonly object[]).length)).toEqual([10, 2]);
    expect(sent[1]).toEqual({
      name: 'SendMessageBatchCommand',
      input: {
        QueueUrl: 'timers',
        Entries: [
          { Id: '0', MessageBody: '10', DelaySeconds: 10 },
          { Id: '1', MessageBody: '11', DelaySeconds: 11 },
        ],
      },
    });
  });

  it('[DSP-3] fail when the queue did not take one, so that the sender repeats', async () => {
    const { queues } = setUp({ Failed: [{ Id: '0', Code: 'ServiceUnavailable' }] });
    await expect(queues.sendAll('timers', entries(1))).rejects.toThrow(
      new Unavailable('1 messages were not taken: ServiceUnavailable'),
    );
  });
});

describe('a message is delayed', () => {
  it('comes again after so many seconds', async () => {
    const { queues, sent } = setUp();
    await queues.delay('own', 'receipt', 25);
    expect(sent).toEqual([
      {
        name: 'ChangeMessageVisibilityCommand',
        input: { QueueUrl: 'own', ReceiptHandle: 'receipt', VisibilityTimeout: 25 },
      },
    ]);
  });
});
