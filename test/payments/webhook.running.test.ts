/** What a hostile or broken sender may post, on a running stack: the exact answer, and a worker that is alive. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { and, type Case, forged, malformed, raw, unsigned } from '../support/hostile-notifications.ts';
import { until } from '../support/own-stack.ts';
import { type Body, notificationOf, type PaymentsStack, paymentsStack } from '../support/payments-stack.ts';

let stack: PaymentsStack;
let target: { readonly orderId: string; readonly rider: string; readonly ref: string };
beforeAll(async () => {
  stack = await paymentsStack();
  target = await stack.charged();
  await until(async () => (await stack.syncLines(target.orderId)).length === 1);
}, 120_000);
afterAll(() => stack.end());

const state = async () => ({
  payments: await stack.payments(target.orderId),
  order: await stack.order(target.orderId),
});
/** What a claim that is checked again may change of a payment: when. */
const stateWithoutVersions = async () => {
  const { payments, order } = await state();
  return { payments: payments.map(({ version: _, ...payment }: { readonly version: number }) => payment), order };
};
const alive = async (): Promise<void> => expect((await fetch(stack.ready.webhook)).status).toBe(200);

/** Sends, and holds the stack to it: this answer, this count, nothing stored and nothing changed. */
const refused = async (
  [status, metric, code]: readonly [400 | 401, string, string],
  make: Case[1],
  init?: RequestInit,
): Promise<void> => {
  const [before, lines, count] = [await state(), await stack.syncLines(target.orderId), stack.counted(metric)];
  const answer = await stack.post(make(target.ref), init);
  expect([answer.status, answer.body.code]).toEqual([status, code]);
  await until(() => stack.counted(metric) === count + 1);
  expect(await state()).toEqual(before);
  expect(await stack.syncLines(target.orderId)).toEqual(lines);
  await alive();
};

describe('[PAY-2] what is no notification is answered 400 and stored nowhere', () => {
  it.each<Case>(malformed)('%s', async (_, make, init) => refused([400, 'WebhookMalformed', 'MALFORMED'], make, init));
});

describe('[PAY-2] what the gateway did not sign is answered 401 and stored nowhere', () => {
  it.each<Case>(unsigned)('%s', async (_, make, init) => refused([401, 'WebhookForged', 'BAD_SIGNATURE'], make, init));
});

describe('[PAY-11] a valid signature is a hint: the gateway answers pending, and it stays pending', () => {
  const brackets = (n: number): string => `"deep":${'['.repeat(n)}${']'.repeat(n)}`;
  const cases: readonly Case[] = [
    ['a settlement without a payment', (ref) => notificationOf(ref)],
    ['in capitals', forged((signature) => signature.toUpperCase())],
    ['a status in capitals', (ref) => notificationOf(ref, { transaction_status: 'SETTLEMENT', status_code: '200' })],
    ...[
      'partial_settlement',
      'paid',
      'constructor',
      '__proto__',
      'settlement\u0000',
      ' settlement',
      'x'.repeat(255),
    ].map(
      (status): Case => [
        `an unknown status: ${JSON.stringify(status.slice(0, 20))}`,
        (ref) => notificationOf(ref, { transaction_status: status }),
      ],
    ),
    ['a settlement with the code of a waiting one', (ref) => notificationOf(ref, { status_code: '201' })],
    ['a settlement with the code of a denied one', (ref) => notificationOf(ref, { status_code: '202' })],
    ['a settlement with the code 999', (ref) => notificationOf(ref, { status_code: '999' })],
    [
      'a pending one with the code of a paid one',
      (ref) => notificationOf(ref, { transaction_status: 'pending', status_code: '200' }),
    ],
    ['a settlement the fraud check denied', (ref) => notificationOf(ref, { fraud_status: 'deny' })],
    ['an unknown fraud status', (ref) => notificationOf(ref, { fraud_status: 'maybe' })],
    [
      'a capture of a bank transfer',
      (ref) => notificationOf(ref, { transaction_status: 'capture', fraud_status: 'accept' }),
    ],
    ['an unknown payment type', (ref) => notificationOf(ref, { payment_type: 'barter' })],
    ['a chargeback of nothing', (ref) => notificationOf(ref, { transaction_status: 'chargeback' })],
    ['a refund of nothing', (ref) => notificationOf(ref, { transaction_status: 'refund', refund_amount: '87000.00' })],
    [
      'a refund numbered beyond 2^53',
      (ref) =>
        and(
          notificationOf(ref, { transaction_status: 'partial_refund' }),
          '"refunds":[{"refund_chargeback_id":202502070943231234567,"refund_key":"rf-1","refund_amount":"5000.00"}]',
        ),
    ],
    ['numbers of 400 digits', (ref) => and(notificationOf(ref), `"installment_term":${'9'.repeat(400)}`)],
    ['another transaction', (ref) => notificationOf(ref, { transaction_id: '../v2/x/status?y=' })],
    ['a transaction of odd characters', (ref) => notificationOf(ref, { transaction_id: 'é\u0000\u202e😀' })],
    ['characters no queue takes', (ref) => notificationOf(ref, { status_message: '\ufffe\uffff' })],
    [
      'the last of two statuses',
      (ref) =>
        and(
          notificationOf(ref, { transaction_status: 'pending', status_code: '200' }),
          '"transaction_status":"settlement"',
        ),
    ],
    ['__proto__ next to its fields', (ref) => and(notificationOf(ref), '"__proto__":{"transaction_status":"deny"}')],
    ['a tower of brackets', (ref) => and(notificationOf(ref), brackets(3_000))],
    ['99 KB', (ref) => notificationOf(ref, { padding: '"\\'.repeat(24_000) })],
    ['text for its type', (ref) => raw(notificationOf(ref)), { headers: { 'content-type': 'text/plain' } }],
    ['no type', (ref) => Buffer.from(raw(notificationOf(ref))), { headers: {} }],
    [
      'bytes for its type, so that it comes in base 64',
      (ref) => raw(notificationOf(ref)),
      { headers: { 'content-type': 'application/octet-stream' } },
    ],
    [
      'bytes that are no text in a field of no meaning',
      (ref) => Buffer.from(raw(notificationOf(ref)).replace('midtrans', 'mid\xfftrans'), 'latin1'),
    ],
    ['spaces and line breaks around it', (ref) => `\r\n\t ${raw(notificationOf(ref))} \n`],
  ];
  it.each<Case>(cases)('%s', async (_, make, init) => {
    const before = await stateWithoutVersions();
    const lines = (await stack.syncLines(target.orderId)).length;
    const sent = make(target.ref);
    expect(await stack.post(sent, init)).toEqual({ status: 200, body: { status: 'kept' } });
    await until(async () => (await stack.syncLines(target.orderId)).length === lines + 1);
    const line = (await stack.syncLines(target.orderId)).at(-1);
    expect(line).toMatchObject({
      effect: 'noop_duplicate',
      verified: true,
      attempt: 1,
      status: 'PENDING',
      paymentRef: target.ref,
    });
    expect(line?.body).toBe(
      Buffer.isBuffer(sent) ? sent.toString('utf8') : typeof sent === 'string' ? sent : raw(sent),
    );
    expect(await stateWithoutVersions()).toEqual(before);
  });
});

describe('[PAY-5] an answer of the gateway that does not match the payment holds it, and a check releases it', () => {
  const cases: readonly (readonly [string, Body, { readonly what: string; readonly said: string }])[] = [
    ...[
      '87000.01',
      '87000.000',
      '8.7e4',
      '87000.00 ',
      ' 87000.00',
      '+87000.00',
      '-87000.00',
      '87,000.00',
      '0x153d8',
      'NaN',
      '86999.00',
      '9'.repeat(40),
    ].map((said) => [`the amount ${said}`, { gross_amount: said }, { what: 'amount', said }] as const),
    ['another currency', { currency: 'USD' }, { what: 'currency', said: 'USD' }],
    ['its currency in small letters', { currency: 'idr' }, { what: 'currency', said: 'idr' }],
    ['another merchant', { merchant_id: 'G999999999' }, { what: 'merchant', said: 'G999999999' }],
  ];
  it.each(cases)('%s', async (_, more, hold) => {
    const [lines, held] = [(await stack.syncLines(target.orderId)).length, stack.counted('PaymentHeld')];
    // Until the check: its own poll may come at any moment, and would release it.
    await stack.fault(target.orderId, { kind: 'fields', fields: more }, { on: 'status' });
    expect((await stack.post(notificationOf(target.ref, more))).status).toBe(200);
    await until(async () => (await stack.syncLines(target.orderId)).length === lines + 1);
    expect((await stack.syncLines(target.orderId)).at(-1)).toMatchObject({
      effect: 'hold_amount_mismatch',
      verified: true,
      status: 'HELD',
    });
    expect((await stack.payments(target.orderId))[0]).toMatchObject({ status: 'HELD', hold });
    await until(() => stack.counted('PaymentHeld') === held + 1);
    expect(await stack.order(target.orderId)).toBe('FINISHED');

    await stack.endFaults();
    expect((await stack.by('operator', 'op', 'POST', `/payments/${target.ref}/check`)).body).toMatchObject({
      payment: { status: 'PENDING' },
    });
  });
});

describe('[PAY-4] of no order of ours: answered 200, kept under the name it came with, and nothing else', () => {
  const cases: readonly (readonly [string, (ref: string) => string, Body, string])[] = [
    ['the test button', () => 'payment_notif_test_G700000001_0b6f', {}, 'ack_test_notification'],
    ['an order of another merchant', () => 'INV-7001', {}, 'ack_unknown_order'],
    ['an order a character short', (ref) => ref.slice(0, -1), {}, 'ack_unknown_order'],
    ['an order a character long', (ref) => `${ref}0`, {}, 'ack_unknown_order'],
    [
      'order and code shifted into each other',
      (ref) => `${ref}2`,
      { status_code: '018', gross_amount: '7000.00' },
      'ack_unknown_order',
    ],
    ['an order without its seconds', (ref) => ref.slice(0, -11), {}, 'ack_unknown_order'],
    ['an order with a line break', (ref) => `${ref}\n`, {}, 'ack_unknown_order'],
    ['an order of odd characters', () => 'ORDER#x/../é\u0000😀 %2e', {}, 'ack_unknown_order'],
    ['an order of 255 characters', () => '😀'.repeat(127), {}, 'ack_unknown_order'],
    ['an order named __proto__', () => '__proto__', {}, 'ack_unknown_order'],
  ];
  it.each(cases)('%s', async (_, make, more, effect) => {
    const before = await state();
    const orderId = make(target.ref);
    const lines = (await stack.syncLines(orderId)).length;
    const body = notificationOf(orderId, more);
    expect((await stack.post(body)).status).toBe(200);
    await until(async () => (await stack.syncLines(orderId)).length === lines + 1);
    expect((await stack.syncLines(orderId)).at(-1)).toMatchObject({ effect, verified: false, body: raw(body) });
    expect(await state()).toEqual(before);
  });
});

describe('[PAY-2] the webhook answers', () => {
  const bytes = (size: number) => ({
    method: 'POST',
    body: 'x'.repeat(size),
    headers: { 'content-type': 'application/json' },
  });
  it.each<[string, RequestInit, string, number]>([
    ['GET with its health', { method: 'GET' }, '', 200],
    ['HEAD with its health', { method: 'HEAD' }, '', 200],
    ['PUT', { method: 'PUT', body: '{}' }, '', 405],
    ['DELETE', { method: 'DELETE' }, '', 405],
    ['PATCH', { method: 'PATCH', body: '{}' }, '', 405],
    ['another path', { method: 'POST', body: '{}' }, '/x', 404],
    ['more than a function URL takes', bytes(6 * 1024 * 1024 + 1), '', 413],
  ])('%s', async (_, init, path, status) => {
    expect((await fetch(stack.ready.webhook + path, init)).status).toBe(status);
    await alive();
  });

  it('with a slash behind its path the same', async () => {
    expect((await stack.post('{}', {}, '/')).status).toBe(400);
  });
});

describe('after all of it', () => {
  it('[PAY-7] the customer pays, and the order is PAID: nothing was broken or given up, no dead letters', async () => {
    await stack.gateway('POST', `transactions/${target.ref}/pay`);
    await until(async () => (await stack.order(target.orderId)) === 'PAID');
    expect(stack.counted('WebhookUnavailable')).toBe(0);
    expect(stack.hooks.queue('webhook-dead').stored.messages).toEqual([]);
    expect(await stack.ledger(target.orderId)).toHaveLength(1);
  });
});
