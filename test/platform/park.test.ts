/** What can never be handled lies in the dead letters with its reason. */
import { describe, expect, it } from 'vitest';
import { parkIn } from '../../functions/platform/park.ts';
import { logLines } from '../support/log.ts';

const lines = logLines();
const parking = () => {
  const sent: unknown[] = [];
  return { park: parkIn(async (...message) => void sent.push(message), 'https://dead'), sent };
};

describe('a message is parked', () => {
  it('keeps its body, the reason and where it came from', async () => {
    const { park, sent } = parking();
    await park('{"a":1}', 'name: must be text', 'arn:queue');
    expect(sent).toEqual([['https://dead', '{"a":1}', { reason: 'name: must be text', source: 'arn:queue' }]]);
  });

  it('is counted, and says why', async () => {
    await parking().park('x', 'not JSON', 'arn:queue');
    expect(lines.named('Parked')).toMatchObject([{ level: 'ERROR', reason: 'not JSON', source: 'arn:queue' }]);
    expect(lines.metric('Parked')).toEqual([1]);
  });

  it('has a body although it came without one, because a queue takes no empty message', async () => {
    const { park, sent } = parking();
    await park('', 'not JSON', 'arn:queue');
    expect(sent).toMatchObject([['https://dead', '(empty)', {}]]);
  });

  it('is not counted when the dead letters cannot be reached', async () => {
    const park = parkIn(() => Promise.reject(new Error('the queue is away')), 'https://dead');
    await expect(park('x', 'not JSON', 'arn:queue')).rejects.toThrow('the queue is away');
    expect(lines.metric('Parked')).toEqual([]);
  });
});
