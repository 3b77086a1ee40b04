/** What can never be handled is in the dead-letter queue with its reason. */
import { describe, expect, it } from 'vitest';
import { parkIn } from '../../functions/platform/park.ts';
import { logLines } from '../support/log.ts';
import { testPorts } from '../support/ports.ts';

const lines = logLines();
const parking = () => {
  const { ports, sent } = testPorts();
  return { park: parkIn(ports.queues, 'dead-letters'), sent };
};

describe('a message is parked', () => {
  it('keeps its body, the reason and where it came from', async () => {
    const { park, sent } = parking();
    await park('{"a":1}', 'name: must be text', 'arn:queue');
    expect(sent).toEqual([
      {
        queue: 'dead-letters',
        body: '{"a":1}',
        attributes: { reason: 'name: must be text', source: 'arn:queue' },
        delaySeconds: 0,
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
    expect(sent).toMatchObject([{ queue: 'dead-letters', body: '(empty)' }]);
  });

  it('is not counted when the dead letters cannot be reached', async () => {
    const park = parkIn({ send: () => Promise.reject(new Error('the queue is away')) }, 'dead-letters');
    await expect(park('x', 'not JSON', 'arn:queue')).rejects.toThrow('the queue is away');
    expect(lines.metric('Parked')).toEqual([]);
  });
});
