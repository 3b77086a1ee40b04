/** What one attempt at the gateway sends, and when another follows it. */
import { describe, expect, it } from 'vitest';
import { rupiah } from '../../../functions/kernel/rupiah.ts';
import { midtrans } from '../../../functions/payments/gateway/midtrans.client.ts';
import { readAnswer } from '../../../functions/payments/gateway/read-answer.ts';
import type { HttpCall } from '../../../functions/platform/ports.ts';
import { error } from '../../support/gateway.ts';
import { logLines } from '../../support/log.ts';
import { at, ref } from '../../support/payments.ts';
import { testPorts } from '../../support/ports.ts';

const lines = logLines();
const order = { ref, method: 'permata_va', amount: rupiah(120_000) } as const;

/** Every attempt is answered with this body, or fails with this error; the breaker lets so many out. */
const setUp = (reply: object, most = 9) => {
  const calls: HttpCall[] = [];
  const pauses: number[] = [];
  const http = async (_: string, call: HttpCall) => {
    calls.push(call);
    if (reply instanceof Error) throw reply;
    return { status: 200, text: JSON.stringify(reply) };
  };
  const { ports } = testPorts({ http });
  const breaker = { allows: async () => calls.length < most, record: async () => undefined };
  const pause = async (ms: number): Promise<void> => void pauses.push(ms);
  const settings = { baseUrl: 'https://gateway', keys: async () => ['key'], breaker };
  return { calls, pauses, client: midtrans({ ...ports, pause }, settings) };
};

describe('an attempt', () => {
  it('that reads has no body and no key of its own', async () => {
    const { client, calls } = setUp(error('404'));
    await client.status(ref);
    expect(Object.keys(calls[0]?.headers ?? {})).toEqual(['accept', 'authorization']);
    expect([calls[0]?.method, calls[0]?.body]).toEqual([undefined, undefined]);
  });

  it('of a charge for Permata has no idempotency key, and names no notification URL where there is none', async () => {
    const { client, calls } = setUp(error('402'));
    await client.charge(order);
    expect(Object.keys(calls[0]?.headers ?? {})).toEqual(['accept', 'authorization', 'content-type']);
    expect(lines.metric('GatewayKeyRefused')).toEqual([]);
  });

  it('that breaks with a number for its code has failed', async () => {
    const { client } = setUp(Object.assign(new TypeError('fetch failed'), { cause: { code: 7 } }));
    expect(await client.charge(order)).toEqual({ outcome: 'unknown', reason: 'network: failed' });
  });

  it.each(['.a', '..a', 'a'.repeat(100)])('may read the id %s', async (id) => {
    const { client, calls } = setUp(error('404'));
    expect([await client.status(ref, id), calls.length]).toEqual([{ outcome: 'not-found' }, 1]);
  });
});

describe('another attempt', () => {
  it('follows twice, after pauses between them only', async () => {
    const { client, calls, pauses } = setUp(error('500'));
    await client.status(ref);
    expect([calls.length, pauses]).toEqual([3, [200, 400]]);
  });

  it('does not follow when the breaker opens: the reason is that of the last one', async () => {
    const { client, calls } = setUp(error('500'), 1);
    expect([await client.status(ref), calls.length]).toEqual([{ outcome: 'unknown', reason: 'status 500' }, 1]);
  });

  it('does not follow an answer about another order', async () => {
    const { client, calls } = setUp({ status_code: '200', order_id: 'another' });
    expect(await client.status(ref)).toEqual({ outcome: 'unknown', reason: 'an answer about another order' });
    expect(calls).toHaveLength(1);
  });
});

describe('an answer', () => {
  const read = (status: number, text: string) => readAnswer({ status, text }, ref, at(0));

  it.each([
    [429, '<html>', { outcome: 'unknown', reason: 'HTTP 429', retry: true, down: true }],
    [500, '<html>', { outcome: 'unknown', reason: 'HTTP 500', retry: true, down: true }],
    [499, '<html>', { outcome: 'unknown', reason: 'no answer of the API, HTTP 499', retry: true }],
    [202, '<html>', { outcome: 'unknown', reason: 'in-progress', retry: true }],
    [202, '{"status_code":"202"}', { outcome: 'unknown', reason: 'in-progress', retry: true }],
    [200, `{"status_code":"200","order_id":"${ref}"}`, { reason: 'an answer without its fields', retry: false }],
    [200, '{"status_code":"414"}', { outcome: 'balance', message: '' }],
    [200, '{"status_code":"414","status_message":"too low"}', { outcome: 'balance', message: 'too low' }],
    [200, '{"status_code":"402","validation_messages":["a",7,"b"]}', { outcome: 'refused', message: ' a b' }],
    [200, '{"status_code":"402","validation_messages":"a"}', { outcome: 'refused', message: '' }],
  ])('of HTTP %i, %s, is read', (status, text, expected) => {
    const answer = read(status, text);
    expect(answer).toMatchObject(expected);
    expect('down' in answer).toBe('down' in expected);
  });
});
