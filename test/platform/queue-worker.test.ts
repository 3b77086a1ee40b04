/** A queue's worker: the poison is parked, the neighbour done, the failed answered by its own id. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { Conflict, Invalid, Unavailable } from '../../functions/kernel/errors.ts';
import { message } from '../../functions/platform/message.ts';
import type { Queues } from '../../functions/platform/ports.ts';
import { pauseAfter, queueWorker } from '../../functions/platform/queue-worker.ts';
import { logLines } from '../support/log.ts';
import { env, testPorts } from '../support/ports.ts';
import { delivered, queueArn } from '../support/queue.ts';

const lines = logLines();
const named = message(z.object({ name: z.string() }));
const away = async (): Promise<never> => {
  throw new Error('the queue cannot be reached');
};

const setUp = (fails: Readonly<Record<string, Error>> = {}, broken: Partial<Queues> = {}) => {
  const handled: unknown[] = [];
  const { ports, sent, delayed } = testPorts({ random: () => 0 });
  const worker = queueWorker(
    named,
    async ({ name }, delivery) => {
      const error = fails[name];
      if (error) throw error;
      handled.push({ name, ...delivery });
    },
    { ...ports, queues: { ...ports.queues, ...broken } },
    env,
  );
  const parked = (): readonly object[] =>
    sent.map(({ queue, body, attributes }) => {
      expect(queue).toBe('own-dead-letters');
      return { body, ...attributes };
    });
  return { worker, handled, parked, delayed };
};

describe('messages are delivered', () => {
  it('[DSP-6] handles each, and answers that none failed', async () => {
    const { worker, handled } = setUp();
    expect(await worker(delivered([{ name: 'a' }, { name: 'b' }], 2))).toEqual({ batchItemFailures: [] });
    expect(handled).toEqual([
      { name: 'a', messageId: 'message-1', receives: 2 },
      { name: 'b', messageId: 'message-2', receives: 2 },
    ]);
  });
});

describe('a message can never be handled', () => {
  it.each([
    ['is not JSON', 'not JSON at all', /^not JSON: .*body: must be JSON/],
    ['is empty', '', /^not JSON/],
    ['lacks a field', {}, /name: /],
    ['has a field of the wrong type', { name: 7 }, /name: .*expected string/],
    ['is a list', [], /body: /],
  ])('is parked with the reason when it %s, and its neighbours are done', async (_, poison, reason) => {
    const { worker, handled, parked } = setUp();
    expect(await worker(delivered([{ name: 'a' }, poison, { name: 'b' }]))).toEqual({ batchItemFailures: [] });
    expect(handled).toMatchObject([{ name: 'a' }, { name: 'b' }]);
    expect(parked()).toEqual([
      {
        body: typeof poison === 'string' ? poison || '(empty)' : JSON.stringify(poison),
        reason: expect.stringMatching(reason),
        source: queueArn,
      },
    ]);
  });

  it('is parked when the worker finds it invalid', async () => {
    const { worker, parked } = setUp({
      a: new Invalid('there is no such ride', [{ field: 'rideId', message: 'is not stored' }]),
    });
    expect(await worker(delivered([{ name: 'a' }]))).toEqual({ batchItemFailures: [] });
    expect(parked()).toMatchObject([{ reason: 'there is no such ride; rideId: is not stored' }]);
  });

  it('stays in the queue when the dead letters cannot be reached', async () => {
    const { worker, handled } = setUp({}, { send: away });
    expect(await worker(delivered(['poison', { name: 'a' }]))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-1' }],
    });
    expect(handled).toMatchObject([{ name: 'a' }]);
    expect(lines.named('Message not parked, left for a retry')).toMatchObject([
      { level: 'ERROR', messageId: 'message-1', error: { message: 'the queue cannot be reached' } },
    ]);
  });
});

describe('a message fails for now', () => {
  it('comes again after seconds, not after the whole visibility time-out of its queue', async () => {
    const { worker, delayed } = setUp({ a: new Unavailable('later') });
    await worker(delivered([{ name: 'a' }, { name: 'b' }]));
    expect(delayed).toEqual([{ queue: 'own-queue', receiptHandle: 'receipt-1', seconds: 5 }]);
  });

  it.each([
    [1, 0, 5],
    [1, 1, 8],
    [2, 0, 10],
    [3, 0.5, 25],
    [20, 1, 900],
  ])('after %i receives, with chance %d, it waits %i s', (receives, chance, seconds) => {
    expect(pauseAfter(receives, chance)).toBe(seconds);
  });

  it('is answered by its id even when it cannot be delayed', async () => {
    const { worker } = setUp({ a: new Unavailable('later') }, { delay: away });
    expect(await worker(delivered([{ name: 'a' }]))).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
  });

  it.each([
    ['the other side is down', new Unavailable('later')],
    ['a race was lost', new Conflict('again')],
    ['the code is wrong', new TypeError('x is undefined')],
  ])('[DSP-6] is left for a retry by its own id when %s, and its neighbours are done', async (_, error) => {
    const { worker, handled, parked } = setUp({ b: error });
    expect(await worker(delivered([{ name: 'a' }, { name: 'b' }, { name: 'c' }]))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-2' }],
    });
    expect(handled).toMatchObject([{ name: 'a' }, { name: 'c' }]);
    expect(parked()).toEqual([]);
  });

  it('says which message failed, and why', async () => {
    await setUp({ a: new Unavailable('later') }).worker(delivered([{ name: 'a' }]));
    expect(lines.all()).toMatchObject([
      { level: 'ERROR', messageId: 'message-1', error: { name: 'Unavailable', message: 'later' } },
    ]);
  });
});
