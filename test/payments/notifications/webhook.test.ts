/** [PAY-2] The webhook: tampering (docs/midtrans.md §4) and bad input, with status, effect and what is kept. */
import { createHash } from 'node:crypto';
import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { compose } from '../../../functions/payments/notifications/webhook.compose.ts';
import type { Kept } from '../../../functions/payments/notifications/webhook.ts';
import { logLines } from '../../support/log.ts';
import { ref, txA } from '../../support/payments.ts';
import { start, testPorts } from '../../support/ports.ts';

const lines = logLines();
const [key, old] = ['SB-Mid-server-DOCEXAMPLE1', 'SB-Mid-server-BEFORE'];
const sha = (text: string): string => createHash('sha512').update(text).digest('hex');
const signed = (orderId: string, code: string, amount: string, by = key): string => sha(orderId + code + amount + by);

type Body = Record<string, unknown>;
const settlement = (fields: Body = {}): Body => ({
  transaction_time: '2026-11-21 10:44:00',
  transaction_status: 'settlement',
  transaction_id: txA,
  status_message: 'midtrans payment notification',
  status_code: '200',
  signature_key: signed(ref, '200', '120000.00'),
  order_id: ref,
  merchant_id: 'G700000001',
  gross_amount: '120000.00',
  currency: 'IDR',
  payment_type: 'bank_transfer',
  va_numbers: [{ va_number: '70000000001', bank: 'bca' }],
  fraud_status: 'accept',
  settlement_time: '2026-11-21 10:50:00',
  payment_amounts: [],
  ...fields,
});
const event = (
  body: unknown,
  method = 'POST',
  path = '/midtrans/notifications',
  base64 = false,
): LambdaFunctionURLEvent =>
  ({
    rawPath: path,
    isBase64Encoded: base64,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    requestContext: { http: { method, path, sourceIp: '192.0.2.1' } },
  }) as LambdaFunctionURLEvent;

const answered = async (sent: LambdaFunctionURLEvent, failing = false) => {
  const { ports, env, messagesTo } = testPorts();
  const send = async (): Promise<never> => {
    throw new Error('the queue is unreachable');
  };
  const queues = failing ? { ...ports.queues, send } : ports.queues;
  const handle = compose({ ...ports, queues }, { ...env, MIDTRANS_SERVER_KEYS: `${key} ${old}` });
  const { statusCode, body, headers } = await handle(sent);
  return {
    status: statusCode,
    answer: JSON.parse(body ?? '{}') as Body,
    kept: messagesTo('webhook') as Kept[],
    headers,
  };
};

describe('a genuine notification', () => {
  it('is kept as received, byte for byte, with the time, and answered 200', async () => {
    const fields = `"transaction_id":"${txA}","status_code":"200","gross_amount":"120000.00"`;
    const signature = `"signature_key":"${signed(ref, '200', '120000.00')}"`;
    const refunds = '"refunds":[{"refund_chargeback_id":202502070943231234}]';
    const raw = `{ "order_id" : "${ref}",\n${fields},"transaction_status":"settlement",${signature},${refunds} }`;
    const { status, kept } = await answered(event(raw));
    expect([status, kept]).toEqual([200, [{ body: raw, receivedAt: start, sender: '192.0.2.1' }]]);
  });

  it.each([
    [
      'the documented example',
      ['INV-2026-000123', '200', '100000.00'],
      '8c3a3bb968868d0ec1418eaceb0f3959752b5f54522eeaf3ad8347d28afd3fe8',
      'adeff8cde69b9a4b88dbbf70bf2a9fadbd1455defd46a5f561554b654df20ab2',
    ],
    [
      'the documented pending sample',
      ['INV-7001', '201', '120000.00'],
      '90a932e10aa5cff6a637476d4305535d027b3c7a48131c3e88a972d7d4b9ba86',
      '26053682406282470f051c95c641a9790a4f375bf796b697831bccc349c3c8e0',
    ],
    [
      'the documented expire sample',
      ['INV-7007', '202', '45000.00'],
      'dfce0aa27346500e56bfdfd0dde6592cb276545099c48b86018ba1a4bc434838',
      'c6137dc4638ff4d2d0431e3a154089412553674a1d856c3bd5c3b009c236a243',
    ],
  ])('is recognised by its signature: %s', async (_name, [order_id, status_code, gross_amount], ...hex) => {
    const fields = { order_id, status_code, gross_amount, signature_key: hex.join('') };
    expect((await answered(event(settlement(fields)))).status).toBe(200);
  });

  it.each([
    ['signed with the key before this one', { signature_key: signed(ref, '200', '120000.00', old) }],
    ['with an upper-case signature: the same bytes', { signature_key: signed(ref, '200', '120000.00').toUpperCase() }],
    ['with unknown fields', { something_new: { deep: [1, 2] }, another: 7 }],
    ['with null for a field that is not there', { currency: null, merchant_id: null, va_numbers: null, refunds: null }],
    ['with an unknown status', { transaction_status: 'partial_settlement' }],
    ['with an unknown payment type', { payment_type: 'seabank' }],
    ['of another merchant', { merchant_id: 'G999999999' }],
    ['in another currency', { currency: 'USD' }],
    [
      'with refunds whose number passes 2^53',
      { refunds: [{ refund_chargeback_id: Number('202502070943231234'), refund_key: 'r1', refund_amount: '1.00' }] },
    ],
    ['with another status of the same code, which the signature does not cover', { transaction_status: 'refund' }],
    ['with another transaction, which the signature does not cover', { transaction_id: 'another' }],
  ])('%s is kept: it is decided behind the queue', async (_, fields) => {
    const { status, kept } = await answered(event(settlement(fields)));
    expect([status, kept.length]).toEqual([200, 1]);
  });

  it('with half a surrogate pair in a field that is not used is kept', async () => {
    expect((await answered(event(settlement({ custom_field1: '\ud800' })))).status).toBe(200);
  });

  it.each(['payment_notif_test_G700000001_1', 'INV/2026/01#9', '../v2/charge', 'ÄÖ 💸', 'A'.repeat(255)])(
    'for an order id that is not ours is kept too: %s',
    async (order_id) => {
      const { status, kept } = await answered(
        event(settlement({ order_id, signature_key: signed(order_id, '200', '120000.00') })),
      );
      expect([status, kept.length]).toEqual([200, 1]);
    },
  );

  it('may come base64-encoded, and with a slash at the end of the path', async () => {
    const encoded = Buffer.from(JSON.stringify(settlement())).toString('base64');
    const { status, kept } = await answered(event(encoded, 'POST', '/midtrans/notifications/', true));
    expect([status, kept[0]?.body]).toEqual([200, JSON.stringify(settlement())]);
  });

  it('is answered 503 when the queue does not take it, never 500: the gateway repeats a 500 once only', async () => {
    const { status, headers } = await answered(event(settlement()), true);
    expect([status, headers?.['retry-after']]).toEqual([503, '60']);
    expect(lines.metric('WebhookUnavailable')).toEqual([1]);
  });
});

describe('a tampered notification', () => {
  const genuine = signed(ref, '200', '120000.00');
  const tampered = [
    ['another amount', { gross_amount: '120001.00' }],
    ['the amount as a number would print it', { gross_amount: '120000' }],
    ['the amount with a space', { gross_amount: '120000.00 ' }],
    ['another status code', { status_code: '201' }],
    ['another order', { order_id: 'TNT-20261121-0000043-1763696640' }],
    ['a truncated signature', { signature_key: genuine.slice(0, 127) }],
    ['a signature cut to half', { signature_key: genuine.slice(0, 64) }],
    ['a valid signature with more behind it', { signature_key: `${genuine}00` }],
    ['a valid beginning and garbage', { signature_key: `${genuine.slice(0, 126)}zz` }],
    ['a signature of another key', { signature_key: signed(ref, '200', '120000.00', 'SB-Mid-server-OTHER') }],
    ['a signature without a key', { signature_key: sha(`${ref}200120000.00`) }],
    ['a signature over the key with its colon', { signature_key: sha(`${ref}200120000.00${key}:`) }],
    ['a signature over the key with a newline', { signature_key: sha(`${ref}200120000.00${key}\n`) }],
    [
      'a signature of SHA-256',
      { signature_key: createHash('sha256').update(`${ref}200120000.00${key}`).digest('hex') },
    ],
    ['the name of the algorithm', { signature_key: 'sha512' }],
    ['zeros', { signature_key: '0'.repeat(128) }],
  ] as const;

  it.each(tampered)('with %s is refused with 401, keeps nothing and alarms', async (_, fields) => {
    const { status, answer, kept } = await answered(event(settlement(fields)));
    expect([status, answer.code, kept]).toEqual([401, 'BAD_SIGNATURE', []]);
    expect(lines.metric('WebhookForged')).toEqual([1]);
    expect(lines.named('Notification refused')).toMatchObject([{ effect: 'reject_signature', sender: '192.0.2.1' }]);
  });

  it('puts nothing into the log that could be read as another line', async () => {
    await answered(event(settlement({ order_id: 'x\n{"level":"INFO"}' })));
    await answered(event(settlement({ order_id: 'y'.repeat(255) })));
    const refused = lines.named('Notification refused');
    expect(refused.map((line) => line.gatewayOrderId)).toEqual(['x???level???INFO??', 'y'.repeat(50)]);
  });
});

describe('a malformed notification', () => {
  const { order_id: _, ...withoutOrder } = settlement();
  const { transaction_id: __, ...withoutTransaction } = settlement();
  const malformed = [
    ['no body', undefined, ['body']],
    ['an empty body', '', ['body']],
    ['text', 'hello', ['body']],
    ['half of a body', JSON.stringify(settlement()).slice(0, -2), ['body']],
    ['null', 'null', ['body']],
    ['a list', [settlement()], ['body']],
    ['a form', 'order_id=1&status_code=200', ['body']],
    ['a body of 1 MB', settlement({ metadata: 'x'.repeat(1_000_000) }), ['body']],
    ['a body of 120 KB in 60,000 characters', settlement({ metadata: 'é'.repeat(60_000) }), ['body']],
    ['no order id', withoutOrder, ['order_id']],
    ['no transaction id', withoutTransaction, ['transaction_id']],
    ['null for the order id', settlement({ order_id: null }), ['order_id']],
    ['empty text for the signature', settlement({ signature_key: '' }), ['signature_key']],
    ['an order id of 256 characters', settlement({ order_id: 'A'.repeat(256) }), ['order_id']],
    ['a number for the status code', settlement({ status_code: 200 }), ['status_code']],
    ['a number for the amount', settlement({ gross_amount: 120000 }), ['gross_amount']],
    ['a list for the order id, whose text would fit the signature', settlement({ order_id: [ref] }), ['order_id']],
    ['a list for the status code', settlement({ status_code: ['200'] }), ['status_code']],
    ['an object for the amount', settlement({ gross_amount: { toString: 'x' } }), ['gross_amount']],
    ['a list for the signature', settlement({ signature_key: [signed(ref, '200', '120000.00')] }), ['signature_key']],
    [
      'characters moved from the status code to the order id: the same signature',
      settlement({ order_id: `${ref}2`, status_code: '00' }),
      ['status_code'],
    ],
    ['true for the status', settlement({ transaction_status: true }), ['transaction_status']],
    ['a list for the currency', settlement({ currency: ['IDR'] }), ['currency']],
    ['a number for the merchant', settlement({ merchant_id: 7 }), ['merchant_id']],
    ['a number for the fraud status', settlement({ fraud_status: 0 }), ['fraud_status']],
    ['an object for the refunds', settlement({ refunds: { refund_key: 'r1' } }), ['refunds']],
    ['text among the refunds', settlement({ refunds: ['r1'] }), ['refunds']],
    ['a number for a refund key', settlement({ refunds: [{ refund_key: 1 }] }), ['refunds.0.refund_key']],
    ['a number for a refund amount', settlement({ refunds: [{ refund_amount: 5 }] }), ['refunds.0.refund_amount']],
    [
      'half a surrogate pair in the order id',
      settlement({ order_id: 'INV-\ud800', signature_key: signed('INV-\ud800', '200', '120000.00') }),
      ['order_id'],
    ],
    ...[
      'transaction_id',
      'transaction_status',
      'merchant_id',
      'currency',
      'permata_va_number',
      'bill_key',
      'biller_code',
      'qr_string',
    ].map((field) => [`half a surrogate pair in ${field}`, settlement({ [field]: `x\udc00` }), [field]] as const),
    [
      'half a surrogate pair in a refund',
      settlement({ refunds: [{ refund_key: 'r1' }, { reason: '\ud83d' }] }),
      ['refunds.1.reason'],
    ],
    [
      'half a surrogate pair in an account number',
      settlement({ va_numbers: [{ bank: 'bca', va_number: '\ud83d' }] }),
      ['va_numbers.0.va_number'],
    ],
    [
      'half a surrogate pair in a link',
      settlement({ actions: [{ name: 'x', url: 'https://x.example/\udfff' }] }),
      ['actions.0.url'],
    ],
    [
      'a subscription’s notification, which has no signature',
      { event_name: 'subscription.charge', transaction: {} },
      ['order_id', 'status_code', 'gross_amount', 'signature_key', 'transaction_status', 'transaction_id'],
    ],
  ] as const;

  it.each(malformed)('(%s) is refused with 400 naming the fields, and keeps nothing', async (_name, body, fields) => {
    const { status, answer, kept } = await answered(event(body));
    expect([status, kept]).toEqual([400, []]);
    expect((answer.errors as { field: string }[]).map(({ field }) => field)).toEqual(fields);
    expect(lines.named('Notification refused')).toMatchObject([
      { effect: 'reject_malformed', fields: fields.join(' ') },
    ]);
    expect(lines.metric('WebhookMalformed')).toEqual([1]);
  });

  it('that is deeply nested is refused or kept, never a failure', async () => {
    expect((await answered(event('['.repeat(40_000) + ']'.repeat(40_000)))).status).toBe(400);
  });
});

describe('another path or method', () => {
  it('answers its health on GET', async () => {
    expect(await answered(event(undefined, 'GET'))).toMatchObject({ status: 200, answer: { status: 'ok' }, kept: [] });
  });
  it.each([
    ['PUT', '/midtrans/notifications', 405],
    ['DELETE', '/midtrans/notifications', 405],
    ['POST', '/', 404],
    ['POST', '/midtrans', 404],
    ['POST', '/midtrans/notifications/x', 404],
  ])('%s %s: %i', async (method, path, expected) => {
    expect(await answered(event(settlement(), method, path))).toMatchObject({ status: expected, kept: [] });
  });
});

describe('the server key', () => {
  it('is in no answer and no log line', async () => {
    const answers = [
      await answered(event(settlement())),
      await answered(event(settlement({ status_code: '100' }))),
      await answered(event(settlement()), true),
    ];
    const text = JSON.stringify(answers.map(({ answer }) => answer)) + JSON.stringify(lines.all());
    expect(text).not.toContain('DOCEXAMPLE');
    expect(text).not.toContain(signed(ref, '200', '120000.00'));
  });
});
