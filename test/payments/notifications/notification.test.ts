/** [PAY-2] The edges of what a notification may be, and the lines the webhook logs. */
import { createHash } from 'node:crypto';
import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { examine, faultsOf } from '../../../functions/payments/notifications/notification.ts';
import { webhook } from '../../../functions/payments/notifications/webhook.ts';
import { logLines } from '../../support/log.ts';
import { ref, start, txA } from '../../support/payments.ts';

const lines = logLines();
const key = 'server-key';
const signature = createHash('sha512').update(`${ref}200120000.00${key}`).digest('hex');
const settlement = {
  order_id: ref,
  status_code: '200',
  gross_amount: '120000.00',
  signature_key: signature,
  transaction_status: 'settlement',
  transaction_id: txA,
};
const verdict = (fields: object): string => examine(JSON.stringify({ ...settlement, ...fields }), [key]).verdict;

describe('a notification', () => {
  it('has 100 KB at most', () => {
    const spare = 102_400 - JSON.stringify({ ...settlement, metadata: '' }).length;
    expect(verdict({ metadata: 'x'.repeat(spare) })).toBe('genuine');
    expect(examine('x'.repeat(102_401), [key])).toEqual({
      verdict: 'malformed',
      faults: [{ field: 'body', message: 'must have 100 KB at most' }],
    });
  });

  it.each(['x200', '2000', '20'])('with the status code %s is malformed', (status_code) => {
    expect(faultsOf({ ...settlement, status_code })).toEqual([
      { field: 'status_code', message: 'must have three digits' },
    ]);
  });

  it('without a status code is told that it must be text', () => {
    expect(faultsOf({ ...settlement, status_code: undefined })).toEqual([
      { field: 'status_code', message: 'must be text' },
    ]);
  });

  it('with garbage before a valid signature is forged', () => {
    expect(verdict({ signature_key: `zz${signature}` })).toBe('forged');
  });

  it('with a link that is no object is genuine: links are never taken from it', () => {
    expect(verdict({ actions: [null, 'x'] })).toBe('genuine');
  });

  it('with text behind a refund is malformed', () => {
    expect(faultsOf({ ...settlement, refunds: [{ refund_key: 'r1' }, 'r2'] })).toEqual([
      { field: 'refunds', message: 'must be a list of objects' },
    ]);
  });
});

describe('the webhook', () => {
  const setUp = () => {
    let time = start - 40;
    const now = (): number => {
      time += 40;
      return time;
    };
    return webhook({ keys: async () => [key], keep: async () => undefined, now });
  };
  const event = (method: string): LambdaFunctionURLEvent =>
    ({
      rawPath: '/midtrans/notifications',
      isBase64Encoded: false,
      body: JSON.stringify(settlement),
      requestContext: { http: { method, sourceIp: '192.0.2.1' } },
    }) as LambdaFunctionURLEvent;

  it('counts what it keeps, and how long that took', async () => {
    expect(await setUp()(event('POST'))).toMatchObject({ statusCode: 200 });
    expect(lines.all()).toMatchObject([
      { message: 'Notification kept', outcome: 'happened', gatewayOrderId: ref, status: 'settlement', WebhookKept: 1 },
    ]);
    expect(lines.metric('WebhookLatency')).toEqual([40]);
  });

  it('answers its health on HEAD, and keeps nothing', async () => {
    expect(await setUp()(event('HEAD'))).toMatchObject({ statusCode: 200, body: '{"status":"ok"}' });
    expect(lines.all()).toEqual([]);
  });
});
