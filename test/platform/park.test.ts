/** What can never be handled lies in the dead letters with its reason. */
import type { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { parkIn } from '../../functions/platform/park.ts';
import { logLines } from '../support/log.ts';

const lines = logLines();
const parking = () => {
  const sent: SendMessageCommand['input'][] = [];
  const client = { send: async (command: SendMessageCommand) => void sent.push(command.input) } as unknown as SQSClient;
  return { park: parkIn(client, 'https://dead'), sent };
};

describe('a message is parked', () => {
  it('keeps its body, the reason and where it came from', async () => {
    const { park, sent } = parking();
    await park('{"a":1}', 'name: must be text', 'arn:queue');
    expect(sent).toEqual([
      {
        QueueUrl: 'https://dead',
        MessageBody: '{"a":1}',
        MessageAttributes: {
          reason: { DataType: 'String', StringValue: 'name: must be text' },
          source: { DataType: 'String', StringValue: 'arn:queue' },
        },
      },
    ]);
  });

  it('is counted, and says why', async () => {
    await parking().park('x', 'not JSON', 'arn:queue');
    expect(lines.named('Parked')).toMatchObject([{ level: 'ERROR', reason: 'not JSON', source: 'arn:queue' }]);
    expect(lines.metric('Parked')).toEqual([1]);
  });

  it('has a body although it came without one, because a queue takes no empty message', async () => {
    const { park, sent } = parking();
    await park('', 'not JSON', 'arn:queue');
    expect(sent[0]?.MessageBody).toBe('(empty)');
  });

  it('keeps the beginning of a long reason', async () => {
    const { park, sent } = parking();
    await park('x', 'r'.repeat(5_000), 'arn:queue');
    expect(sent[0]?.MessageAttributes?.reason?.StringValue).toHaveLength(1_000);
  });
});
