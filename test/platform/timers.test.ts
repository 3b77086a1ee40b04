/** The fast path to a deadline: a delayed message. */
import type { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { Unavailable } from '../../functions/kernel/errors.ts';
import { delaySeconds, timers } from '../../functions/platform/timers.ts';

const queue = (answer: object = {}) => {
  const batches: NonNullable<SendMessageBatchCommand['input']['Entries']>[] = [];
  const client = {
    send: async (command: SendMessageBatchCommand) => {
      batches.push(command.input.Entries ?? []);
      return answer;
    },
  } as unknown as SQSClient;
  return { wake: timers(client, 'https://queue', () => 10_000), batches };
};
const item = (dueAt: number) => ({ pk: 'ORDER#TNT-20261121-0000042', sk: 'RIDE', dueAt });

describe('a deadline is waited for', () => {
  it.each([
    ['in time', 40_000, 30],
    ['never early: a part of a second counts whole', 10_001, 1],
    ['at once when it is now', 10_000, 0],
    ['at once when it is over', 0, 0],
    ['15 minutes at most', 3_600_000, 900],
  ])('delays the message %s', (_, dueAt, seconds) => {
    expect(delaySeconds(dueAt, 10_000)).toBe(seconds);
  });

  it('sends what is to be woken, and when', async () => {
    const { wake, batches } = queue();
    await wake([item(40_000)]);
    expect(batches).toEqual([
      [{ Id: '0', MessageBody: '{"pk":"ORDER#TNT-20261121-0000042","sk":"RIDE","dueAt":40000}', DelaySeconds: 30 }],
    ]);
  });

  it('sends in groups of ten, and nothing when there is nothing', async () => {
    const { wake, batches } = queue();
    await wake([]);
    await wake(Array.from({ length: 12 }, (_, i) => item(i)));
    expect(batches.map((entries) => entries.length)).toEqual([10, 2]);
    expect(batches[0]?.map(({ Id }) => Id)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
  });

  it('fails when the queue did not take one, so that the stream repeats', async () => {
    const { wake } = queue({ Failed: [{ Id: '0', Code: 'ServiceUnavailable' }] });
    await expect(wake([item(1)])).rejects.toThrow(new Unavailable('1 wake-ups were not taken: ServiceUnavailable'));
  });
});
