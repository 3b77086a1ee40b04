/** The gateway's client: what it sends, and how it reads every answer. */
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { rupiah } from '../../../functions/kernel/rupiah.ts';
import { midtrans } from '../../../functions/payments/gateway/midtrans.client.ts';
import type { Method } from '../../../functions/payments/payment.ts';
import type { Breaker } from '../../../functions/platform/breaker.ts';
import type { Http, HttpCall } from '../../../functions/platform/ports.ts';
import { error } from '../../support/gateway.ts';
import { pendingTransaction as transaction } from '../../support/gateway-json.ts';
import { logLines } from '../../support/log.ts';
import { ref, txA } from '../../support/payments.ts';
import { testPorts } from '../../support/ports.ts';

const key = 'SB-Mid-server-DOCEXAMPLE1';
const lines = logLines();

type Reply = { readonly status: number; readonly text: string } | Error;
const json = (status: number, body: unknown): Reply => ({
  status,
  text: typeof body === 'string' ? body : JSON.stringify(body),
});
const timeOut = Object.assign(new Error('no answer in time'), { name: 'TimeoutError' });
const disconnected = Object.assign(new TypeError('fetch failed'), { cause: { code: 'UND_ERR_SOCKET' } });

/** Answers each request with the next of its replies; the last one stays. */
const scripted = () => {
  const received: (HttpCall & { readonly path: string; readonly headers: object })[] = [];
  let replies: Reply[] = [];
  const http: Http = async (url, call) => {
    received.push({ headers: {}, ...call, path: new URL(url).pathname });
    const reply = replies.length > 1 ? replies.shift() : replies[0];
    if (!reply || reply instanceof Error) throw reply;
    return reply;
  };
  const answers = (...next: readonly Reply[]): void => {
    replies = [...next];
    received.length = 0;
  };
  return { http, received, answers };
};
const api = scripted();
const recorded: boolean[] = [];
const breaker: Breaker = { allows: async () => true, record: async (answered) => void recorded.push(answered) };
const gateway = (guard: Breaker = breaker) =>
  midtrans(testPorts({ http: api.http }).ports, {
    baseUrl: 'https://gateway',
    keys: async () => [key, 'SB-Mid-server-OLD'],
    breaker: guard,
  });

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
    api.answers(json(201, transaction));
    await gateway().charge(order(method));
    const [sent] = api.received;
    expect(sent).toMatchObject({ method: 'POST', path: '/v2/charge' });
    expect(JSON.parse(sent?.body ?? '')).toMatchObject({
      ...body,
      transaction_details: { order_id: ref, gross_amount: 120_000 },
      customer_imposed_payment_fee: { enable: false },
    });
    expect(sent?.headers).toMatchObject({
      'content-type': 'application/json',
      accept: 'application/json',
      authorization: 'Basic U0ItTWlkLXNlcnZlci1ET0NFWEFNUExFMTo=',
    });
  });

  it('names the notification URL of the stage, where there is one', async () => {
    const notifyUrl = 'https://tuntas.example/midtrans/notifications';
    const { ports } = testPorts({ http: api.http });
    const client = midtrans(ports, { baseUrl: 'https://gateway', keys: async () => [key], breaker, notifyUrl });
    api.answers(json(201, transaction));
    await client.charge(order('bca_va'));
    expect(api.received[0]?.headers).toMatchObject({ 'x-override-notification': notifyUrl });
    await client.cancel(ref);
    expect(api.received[1]?.headers).not.toHaveProperty('x-override-notification');
    expect(api.received[1]).toMatchObject({ method: 'POST', path: `/v2/${ref}/cancel`, body: '{}' });
    expect(api.received[1]?.headers).toMatchObject({ 'idempotency-key': `${ref}-cancel` });
  });

  it('[PAY-1] carries an idempotency key made of the payment, within the gateway’s 46 characters', async () => {
    api.answers(json(201, transaction));
    await gateway().charge(order('bca_va'));
    expect(api.received[0]?.headers['idempotency-key']).toBe(`${ref}-charge`);
    expect(`${ref}-charge`.length).toBeLessThanOrEqual(46);
  });
});

describe('a charge without an answer', () => {
  it.each([
    ['silence', timeOut, 'time-out'],
    ['a connection that breaks', disconnected, 'network: UND_ERR_SOCKET'],
    ['an error without a code', new TypeError('fetch failed'), 'network: failed'],
  ])('%s leaves the outcome unknown', async (_, reply, reason) => {
    api.answers(reply);
    expect(await gateway().charge(order('permata_va'))).toEqual({ outcome: 'unknown', reason });
  });
});

describe('a retry', () => {
  it('[PAY-1][PAY-12] of a charge carries the same idempotency key', async () => {
    api.answers(json(503, error('503')), json(201, transaction));
    expect(await gateway().charge(order('bca_va'))).toMatchObject({ outcome: 'report' });
    expect(api.received.map(({ headers }) => headers['idempotency-key'])).toEqual([`${ref}-charge`, `${ref}-charge`]);
  });

  it('follows when the first copy is still being worked on (HTTP 202)', async () => {
    api.answers(
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
    api.answers(json(503, error('503')), json(201, transaction));
    expect(await gateway().charge(order('permata_va'))).toEqual({ outcome: 'unknown', reason: 'status 503' });
    expect(api.received).toHaveLength(1);
    expect(api.received[0]?.headers['idempotency-key']).toBeUndefined();
  });

  it('follows three times at most', async () => {
    api.answers(json(500, error('500')));
    expect(await gateway().status(ref)).toEqual({ outcome: 'unknown', reason: 'status 500' });
    expect(api.received).toHaveLength(3);
  });

  it('never follows a refusal', async () => {
    api.answers(json(400, { ...error('400'), validation_messages: ['gross_amount is invalid'] }));
    expect(await gateway().charge(order('qris'))).toMatchObject({
      outcome: 'refused',
      message: 'as documented gross_amount is invalid',
    });
    expect(api.received).toHaveLength(1);
  });

  it('that is refused proves nothing of the attempt before it, which may have been carried out', async () => {
    api.answers(timeOut, json(200, error('411')));
    expect(await gateway().charge(order('bca_va'))).toEqual({
      outcome: 'unknown',
      reason: 'time-out, then refused with 411',
    });
    api.answers(json(200, error('411')));
    expect(await gateway().charge(order('bca_va'))).toMatchObject({ outcome: 'refused', code: '411' });
  });

  it.each([
    ['charge', [15_000, 6_800], [200]],
    ['status', [4_000, 4_000, 400], [200, 400]],
    ['cancel', [10_000, 7_800], [200]],
    ['refund', [10_000, 7_800], [200]],
  ] as const)('of a %s has growing pauses, and the time that is left', async (call, timeouts, pauses) => {
    const { ports, clock } = testPorts();
    const made: { readonly timeouts: number[]; readonly pauses: number[] } = { timeouts: [], pauses: [] };
    const wait = async (ms: number, into: number[]): Promise<void> => {
      into.push(ms);
      clock.pass(ms);
    };
    const client = midtrans(
      {
        ...ports,
        pause: (ms) => wait(ms, made.pauses),
        http: async (_, { timeoutMs }) => {
          await wait(timeoutMs, made.timeouts);
          throw timeOut;
        },
      },
      { baseUrl: 'https://gateway', keys: async () => [key], breaker },
    );
    const calls = {
      charge: () => client.charge(order('bca_va')),
      status: () => client.status(ref),
      cancel: () => client.cancel(ref),
      refund: () => client.refund({ ref, key: 'rf-1', amount: rupiah(1), reason: '' }),
    };
    expect(await calls[call]()).toEqual({ outcome: 'unknown', reason: 'time-out' });
    expect(made).toEqual({ timeouts, pauses });
  });

  it('of a refund carries the same refund key', async () => {
    api.answers(
      json(504, error('504')),
      json(200, { ...transaction, status_code: '200', transaction_status: 'partial_refund' }),
    );
    await gateway().refund({ ref, key: 'rf-1', amount: rupiah(5_000), reason: 'r'.repeat(300) });
    expect(api.received.map(({ body }) => JSON.parse(body ?? ''))).toMatchObject([
      { refund_key: 'rf-1', amount: 5_000 },
      { refund_key: 'rf-1' },
    ]);
    expect(JSON.parse(api.received[0]?.body ?? '').reason).toHaveLength(255);
  });
});

describe('the breaker', () => {
  it('records what is down, and a refusal as an answer', async () => {
    recorded.length = 0;
    api.answers(json(200, error('412')));
    await gateway().cancel(ref);
    api.answers(json(200, error('503')));
    await gateway().charge(order('permata_va'));
    expect(recorded).toEqual([true, false]);
  });

  it('lets nothing out while it is open', async () => {
    api.answers(json(201, transaction));
    const answer = await gateway({ ...breaker, allows: async () => false }).charge(order('bca_va'));
    expect([answer, api.received.length]).toEqual([{ outcome: 'unknown', reason: 'breaker-open' }, 0]);
  });
});

describe('an id', () => {
  it.each(['../v1/subscriptions/x?y=', 'INV/2026', 'a#b', 'a b', '', '.', '..', 'a'.repeat(101)])(
    'that could change the URL is never sent: %s',
    async (id) => {
      api.answers(json(200, transaction));
      await expect(gateway().status(ref, id)).rejects.toThrow(RangeError);
      expect(api.received).toHaveLength(0);
    },
  );

  it('of a transaction is read, and the answer must be about the payment', async () => {
    api.answers(json(200, transaction));
    await gateway().status(ref, txA);
    expect(api.received[0]?.path).toBe(`/v2/${txA}/status`);
  });
});

describe('the server key', () => {
  it('refused by any call rings the alarm', async () => {
    api.answers(json(401, error('401')));
    await gateway().status(ref);
    await gateway().refund({ ref, key: 'rf-1', amount: rupiah(1), reason: '' });
    expect(lines.metric('GatewayKeyRefused')).toEqual([1, 1]);
  });

  it('is in no answer, no error and no log line', async () => {
    const answers: unknown[] = [];
    for (const answer of [json(401, error('401')), json(500, 'x'), json(200, transaction), json(302, '')] as const) {
      api.answers(answer);
      answers.push(
        await gateway().charge(order('bca_va')),
        await gateway()
          .status(ref)
          .catch((problem: unknown) => problem),
      );
    }
    api.answers(disconnected);
    answers.push(await gateway().refund({ ref, key: 'rf-1', amount: rupiah(1), reason: '' }));
    answers.push(
      await gateway()
        .status(ref, '../x')
        .catch((problem: unknown) => problem),
    );
    const text =
      inspect(answers, { depth: 20, showHidden: true }) + JSON.stringify(answers) + JSON.stringify(lines.all());
    for (const secret of [key, 'U0ItTWlkLXNlcnZlci1ET0NFWEFNUExFMTo=', 'DOCEXAMPLE'])
      expect(text).not.toContain(secret);
  });
});
