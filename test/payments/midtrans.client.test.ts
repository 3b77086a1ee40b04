/** The gateway's client against a real HTTP server. */
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rupiah } from '../../functions/kernel/rupiah.ts';
import { midtrans } from '../../functions/payments/gateway/midtrans.client.ts';
import type { Method } from '../../functions/payments/payment.ts';
import type { Breaker } from '../../functions/platform/breaker.ts';
import { httpServer, json } from '../support/http-server.ts';
import { logLines } from '../support/log.ts';
import { ref, txA } from '../support/payments.ts';

const key = 'SB-Mid-server-DOCEXAMPLE1';
const lines = logLines();
let server: Awaited<ReturnType<typeof httpServer>>;
beforeAll(async () => {
  server = await httpServer();
});
afterAll(() => server.stop());

const budget = { attemptMs: 60, totalMs: 2_000, attempts: 3 };
const heardByBreaker: boolean[] = [];
const open: Breaker = { allows: async () => true, heard: async (answered) => void heardByBreaker.push(answered) };
const gateway = (breaker: Breaker = open, baseUrl = server.url) =>
  midtrans({
    baseUrl,
    keys: async () => [key, 'SB-Mid-server-OLD'],
    breaker,
    now: Date.now,
    random: () => 0,
    patience: { question: budget, charge: budget, command: budget, pauseMs: 2 },
  });

const transaction = {
  status_code: '201',
  status_message: 'Success',
  transaction_id: txA,
  order_id: ref,
  merchant_id: 'G700000001',
  gross_amount: '120000.00',
  currency: 'IDR',
  payment_type: 'bank_transfer',
  transaction_time: '2026-11-21 10:44:00',
  transaction_status: 'pending',
  fraud_status: 'accept',
  expiry_time: '2026-11-22 10:44:00',
};
const error = (code: string, message = 'as documented') => ({ status_code: code, status_message: message, id: 'a-1' });
const order = (method: Method) => ({
  ref,
  method,
  amount: rupiah(120_000),
  ...(method === 'card' ? { cardToken: 'token-1' } : {}),
});

describe('a charge', () => {
  const bank = (name: string) => ({ payment_type: 'bank_transfer', bank_transfer: { bank: name } });
  const bodies = [
    ['bca_va', bank('bca')],
    ['bni_va', bank('bni')],
    ['bri_va', bank('bri')],
    ['permata_va', bank('permata')],
    ['cimb_va', bank('cimb')],
    ['mandiri_bill', { payment_type: 'echannel', echannel: { bill_info1: 'Payment:', bill_info2: 'Taxi ride' } }],
    ['qris', { payment_type: 'qris', qris: { acquirer: 'gopay' } }],
    ['gopay', { payment_type: 'gopay' }],
    ['card', { payment_type: 'credit_card', credit_card: { token_id: 'token-1', authentication: true } }],
  ] as const;

  it.each(bodies)('by %s sends what the gateway documents', async (method, body) => {
    server.answers(json(201, transaction));
    await gateway().charge(order(method));
    const [sent] = server.received;
    expect(sent).toMatchObject({ method: 'POST', path: '/v2/charge' });
    expect(JSON.parse(sent?.body ?? '')).toMatchObject({
      ...body,
      transaction_details: { order_id: ref, gross_amount: 120_000 },
    });
    expect(sent?.headers).toMatchObject({
      'content-type': 'application/json',
      accept: 'application/json',
      authorization: 'Basic U0ItTWlkLXNlcnZlci1ET0NFWEFNUExFMTo=',
    });
  });

  it('[PAY-1] carries an idempotency key made of the payment, within the gateway’s 46 characters', async () => {
    server.answers(json(201, transaction));
    await gateway().charge(order('bca_va'));
    expect(server.received[0]?.headers['idempotency-key']).toBe(`${ref}-charge`);
    expect(`${ref}-charge`.length).toBeLessThanOrEqual(46);
  });

  const instructions = [
    ['a virtual account', { va_numbers: [{ bank: 'bca', va_number: '700' }] }, { bank: 'bca', vaNumber: '700' }],
    ['a Permata account', { permata_va_number: '850' }, { bank: 'permata', vaNumber: '850' }],
    ['a Mandiri bill', { biller_code: '70012', bill_key: '9' }, { billerCode: '70012', billKey: '9' }],
    [
      'a code',
      { qr_string: '0002', actions: [{ name: 'generate-qr-code', url: 'https://x/qr' }] },
      { qrString: '0002', actions: [{ name: 'generate-qr-code', url: 'https://x/qr' }] },
    ],
    ['a 3DS page', { redirect_url: 'https://x/3ds' }, { redirectUrl: 'https://x/3ds' }],
    ['a script instead of a page', { redirect_url: 'javascript:alert(1)' }, {}],
  ] as const;

  it.each(instructions)('answers %s', async (_, fields, expected) => {
    server.answers(json(201, { ...transaction, ...fields }));
    const answer = await gateway().charge(order('bca_va'));
    expect(answer).toMatchObject({
      outcome: 'report',
      report: { source: 'answer', transactionId: txA, transactionStatus: 'pending', amount: 120_000 },
    });
    expect(answer.outcome === 'report' && answer.report.instructions).toEqual({
      ...expected,
      expiresAt: Date.parse('2026-11-22T03:44:00Z'),
    });
  });
});

describe('the body’s status code comes before the HTTP status', () => {
  const codes = [
    [200, '404', { outcome: 'not-found' }],
    [404, '404', { outcome: 'not-found' }],
    [200, '406', { outcome: 'conflict' }],
    [409, '406', { outcome: 'conflict' }],
    [200, '412', { outcome: 'wrong-state' }],
    [412, '412', { outcome: 'wrong-state' }],
    [200, '414', { outcome: 'balance' }],
    [400, '400', { outcome: 'refused', code: '400', id: 'a-1' }],
    [401, '401', { outcome: 'refused', code: '401' }],
    [200, '402', { outcome: 'refused', code: '402' }],
    [200, '410', { outcome: 'refused', code: '410' }],
    [200, '411', { outcome: 'refused', code: '411' }],
    [200, '413', { outcome: 'refused', code: '413' }],
    [200, '429', { outcome: 'unknown', reason: 'status 429' }],
    [200, '500', { outcome: 'unknown', reason: 'status 500' }],
    [200, '503', { outcome: 'unknown', reason: 'status 503' }],
    [200, '505', { outcome: 'unknown', reason: 'status 505' }],
    [200, '900', { outcome: 'unknown', reason: 'status 900' }],
  ] as const;

  it.each(codes)('HTTP %i with status_code %s', async (http, code, expected) => {
    server.answers(json(http, error(code)));
    expect(await gateway().cancel(ref)).toMatchObject(expected);
  });

  it.each([
    ['202', 'deny', 200],
    ['202', 'deny', 202],
    ['407', 'expire', 200],
    ['407', 'expire', 407],
    ['200', 'cancel', 200],
  ])('%s is an answer about a transaction (%s, HTTP %i)', async (code, status, http) => {
    server.answers(json(http, { ...transaction, status_code: code, transaction_status: status }));
    expect(await gateway().status(ref)).toMatchObject({
      outcome: 'report',
      report: { transactionStatus: status, statusCode: code },
    });
  });
});

describe('an answer that is none', () => {
  const broken = [
    ['an empty 200', 200, '', 'no answer of the API, HTTP 200'],
    ['a page that says busy with 200', 200, '<html>busy</html>', 'no answer of the API, HTTP 200'],
    ['JSON that says busy with 200', 200, { message: 'busy' }, 'no answer of the API, HTTP 200'],
    ['null', 200, 'null', 'no answer of the API, HTTP 200'],
    ['a list', 200, '[]', 'no answer of the API, HTTP 200'],
    ['a number for the status code', 200, { ...transaction, status_code: 200 }, 'no answer of the API, HTTP 200'],
    ['a page of a proxy with 404: not "there is no such transaction"', 404, '<html>', 'no answer of the API, HTTP 404'],
    [
      'the error of its framework with 404',
      404,
      { timestamp: 1, status: 404, error: 'Not Found' },
      'no answer of the API, HTTP 404',
    ],
    ['a page with 503', 503, '<html>', 'HTTP 503'],
    [
      'the transaction of another order',
      200,
      { ...transaction, order_id: 'TNT-20261121-0000043-1763696640' },
      'an answer about another order',
    ],
    ['a transaction without an amount', 200, { ...transaction, gross_amount: null }, 'an answer without its fields'],
  ] as const;

  it.each(broken)('%s leaves the outcome unknown', async (_, http, body, reason) => {
    server.answers(json(http, body));
    expect(await gateway().charge(order('bca_va'))).toEqual({ outcome: 'unknown', reason });
  });

  it('silence ends at the time-out of the attempt, and the outcome is unknown', async () => {
    server.answers(() => undefined);
    const began = Date.now();
    expect(await gateway().charge(order('permata_va'))).toEqual({ outcome: 'unknown', reason: 'time-out' });
    expect(Date.now() - began).toBeLessThan(1_000);
  });

  it('a body that never ends is silence', async () => {
    server.answers((_, response) => void response.writeHead(200).write('{"status_code":'));
    expect(await gateway().charge(order('permata_va'))).toEqual({ outcome: 'unknown', reason: 'time-out' });
  });

  it('a connection that breaks leaves the outcome unknown', async () => {
    server.answers((_, response) => void response.destroy());
    expect(await gateway().charge(order('permata_va'))).toMatchObject({
      outcome: 'unknown',
      reason: 'network: UND_ERR_SOCKET',
    });
  });

  it('nobody listening leaves the outcome unknown', async () => {
    expect(await gateway(open, 'http://127.0.0.1:9').status(ref)).toMatchObject({ outcome: 'unknown' });
  });

  it('a redirect is never followed, the key with it', async () => {
    server.answers((_, response) => void response.writeHead(302, { location: '/elsewhere' }).end());
    expect(await gateway().charge(order('permata_va'))).toMatchObject({ outcome: 'unknown' });
    expect(server.received.map(({ path }) => path)).toEqual(['/v2/charge']);
  });
});

describe('a retry', () => {
  it('[PAY-1][PAY-12] of a charge carries the same idempotency key', async () => {
    server.answers(json(503, error('503')), json(201, transaction));
    expect(await gateway().charge(order('bca_va'))).toMatchObject({ outcome: 'report' });
    expect(server.received.map(({ headers }) => headers['idempotency-key'])).toEqual([
      `${ref}-charge`,
      `${ref}-charge`,
    ]);
  });

  it('follows when the first copy is still being worked on (HTTP 202)', async () => {
    server.answers(
      json(202, ''),
      json(202, { status_code: '202', status_message: 'in progress' }),
      json(201, transaction),
    );
    expect(await gateway().charge(order('bca_va'))).toMatchObject({
      outcome: 'report',
      report: { transactionStatus: 'pending' },
    });
  });

  it('never follows for Permata, which has no idempotency keys', async () => {
    server.answers(json(503, error('503')), json(201, transaction));
    expect(await gateway().charge(order('permata_va'))).toEqual({ outcome: 'unknown', reason: 'status 503' });
    expect(server.received).toHaveLength(1);
    expect(server.received[0]?.headers['idempotency-key']).toBeUndefined();
  });

  it('follows three times at most', async () => {
    server.answers(json(500, error('500')));
    expect(await gateway().status(ref)).toEqual({ outcome: 'unknown', reason: 'status 500' });
    expect(server.received).toHaveLength(3);
  });

  it('never follows a refusal', async () => {
    server.answers(json(400, { ...error('400'), validation_messages: ['gross_amount is invalid'] }));
    expect(await gateway().charge(order('qris'))).toMatchObject({
      outcome: 'refused',
      message: 'as documented gross_amount is invalid',
    });
    expect(server.received).toHaveLength(1);
  });

  it('of a refund carries the same refund key', async () => {
    server.answers(
      json(504, error('504')),
      json(200, { ...transaction, status_code: '200', transaction_status: 'partial_refund' }),
    );
    await gateway().refund({ ref, key: 'rf-1', amount: rupiah(5_000), reason: 'r'.repeat(300) });
    expect(server.received.map(({ body }) => JSON.parse(body))).toMatchObject([
      { refund_key: 'rf-1', amount: 5_000 },
      { refund_key: 'rf-1' },
    ]);
    expect(JSON.parse(server.received[0]?.body ?? '').reason).toHaveLength(255);
  });
});

describe('the breaker', () => {
  it('hears what is down and what only refused', async () => {
    heardByBreaker.length = 0;
    server.answers(json(200, error('412')));
    await gateway().cancel(ref);
    server.answers(json(200, error('503')));
    await gateway().charge(order('permata_va'));
    expect(heardByBreaker).toEqual([true, false]);
  });

  it('lets nothing out while it is open', async () => {
    server.answers(json(201, transaction));
    const answer = await gateway({ ...open, allows: async () => false }).charge(order('bca_va'));
    expect([answer, server.received.length]).toEqual([{ outcome: 'unknown', reason: 'breaker-open' }, 0]);
  });
});

describe('an id', () => {
  it.each(['../v1/subscriptions/x?y=', 'INV/2026', 'a#b', 'a b', '', '.', '..', 'a'.repeat(101)])(
    'that could change the URL is never sent: %s',
    async (id) => {
      server.answers(json(200, transaction));
      await expect(gateway().status(ref, id)).rejects.toThrow(RangeError);
      expect(server.received).toHaveLength(0);
    },
  );

  it('of a transaction is asked for, and its answer must be about the payment', async () => {
    server.answers(json(200, transaction));
    await gateway().status(ref, txA);
    expect(server.received[0]?.path).toBe(`/v2/${txA}/status`);
  });
});

describe('the server key', () => {
  it('refused by any call rings the alarm', async () => {
    server.answers(json(401, error('401')));
    await gateway().status(ref);
    await gateway().refund({ ref, key: 'rf-1', amount: rupiah(1), reason: '' });
    expect(lines.metric('GatewayKeyRefused')).toEqual([1, 1]);
  });

  it('is in no answer, no error and no log line', async () => {
    const said: unknown[] = [];
    for (const answer of [json(401, error('401')), json(500, 'x'), json(200, transaction), json(302, '')] as const) {
      server.answers(answer);
      said.push(
        await gateway().charge(order('bca_va')),
        await gateway()
          .status(ref)
          .catch((problem: unknown) => problem),
      );
    }
    server.answers((_, response) => void response.destroy());
    said.push(await gateway().refund({ ref, key: 'rf-1', amount: rupiah(1), reason: '' }));
    said.push(
      await gateway()
        .status(ref, '../x')
        .catch((problem: unknown) => problem),
    );
    const text = inspect(said, { depth: 20, showHidden: true }) + JSON.stringify(said) + JSON.stringify(lines.all());
    for (const secret of [key, 'U0ItTWlkLXNlcnZlci1ET0NFWEFNUExFMTo=', 'DOCEXAMPLE'])
      expect(text).not.toContain(secret);
  });
});
