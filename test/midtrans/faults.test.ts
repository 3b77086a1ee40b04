// The fault script: what goes wrong with calls and with notifications, and for whom.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { charges, type Running, startGateway } from './gateway.fixture.ts';

let gateway: Running;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.stop());

const va = (orderId = 'INV-1'): Promise<{ http: number; body: { status_code?: string } | undefined; text: string }> =>
  gateway.charge(charges.va('bca', orderId));

const inTime = async (call: Promise<unknown>, ms: number): Promise<'answered' | 'silent'> =>
  Promise.race([
    call.then(
      () => 'answered' as const,
      () => 'silent' as const,
    ),
    new Promise<'silent'>((resolve) => setTimeout(() => resolve('silent'), ms)),
  ]);

describe('a call', () => {
  it.each([
    ['json', 200, '{"status_message":"Server is busy, please try again later"}'],
    ['text', 200, 'Server is busy, please try again later'],
    ['truncated', 200, '{"status_code":"200","transaction_status":"settle'],
    ['empty', 200, ''],
    ['null', 200, 'null'],
    ['5xx', 503, '{"status_code":"503","status_message":"Server is busy, please try again later"}'],
  ] as const)('can be answered busy as %s', async (as, http, text) => {
    gateway.control.faults.add({ fault: { kind: 'busy', as, done: false }, next: 1 });
    const reply = await va();
    expect([reply.http, reply.text]).toEqual([http, text]);
    expect(gateway.control.transactions()).toEqual([]);
  });

  it.each([
    ['html', 200],
    ['html-5xx', 502],
  ] as const)('can be answered with a page: %s', async (as, http) => {
    gateway.control.faults.add({ fault: { kind: 'busy', as, done: true }, next: 1 });
    const reply = await va();
    expect([reply.http, reply.text.startsWith('<!doctype html>')]).toEqual([http, true]);
    expect(gateway.control.transactions()).toHaveLength(1);
  });

  it.each([true, false])('can stay without an answer; the work is done: %s', async (done) => {
    gateway.control.faults.add({ fault: { kind: 'timeout', done }, next: 1 });
    expect(await inTime(va(), 60)).toBe('silent');
    expect(gateway.control.transactions()).toHaveLength(done ? 1 : 0);
    expect(await gateway.notified()).toHaveLength(done ? 1 : 0);
  });

  it.each([true, false])('can lose its connection; the work is done: %s', async (done) => {
    gateway.control.faults.add({ fault: { kind: 'drop', done }, next: 1 });
    await expect(va()).rejects.toThrow();
    expect(gateway.control.transactions()).toHaveLength(done ? 1 : 0);
    expect(await gateway.notified()).toHaveLength(done ? 1 : 0);
  });

  it.each([
    ['empty', ''],
    ['json', '{"status_message":"Request is being processed"}'],
  ] as const)('can be answered HTTP 202, in progress, with a body that is %s', async (body, text) => {
    gateway.control.faults.add({ fault: { kind: '202', body }, next: 1 });
    const reply = await va();
    expect([reply.http, reply.text]).toEqual([202, text]);
  });

  it('can be redirected', async () => {
    gateway.control.faults.add({ fault: { kind: 'redirect', to: 'https://elsewhere.example/' }, next: 1 });
    const reply = await gateway.charge(charges.va('bca', 'INV-1'));
    expect([reply.http, reply.headers.get('location')]).toEqual([302, 'https://elsewhere.example/']);
  });

  it('can be slow before the work: its caller is gone, its charge comes later', async () => {
    gateway.control.faults.add({ fault: { kind: 'slow', ms: 60, when: 'before' }, next: 1 });
    const call = va();
    expect(await inTime(call, 20)).toBe('silent');
    expect((await gateway.call('GET', '/v2/INV-1/status')).body.status_code).toBe('404');
    await call;
    expect((await gateway.call('GET', '/v2/INV-1/status')).body.status_code).toBe('201');
  });

  it('can be slow after the work: the charge is there before its answer', async () => {
    gateway.control.faults.add({ fault: { kind: 'slow', ms: 60 }, next: 1 });
    const call = va();
    expect(await inTime(call, 20)).toBe('silent');
    expect((await gateway.call('GET', '/v2/INV-1/status')).body.status_code).toBe('201');
    await call;
  });

  it('whose caller has gone away is notified all the same', async () => {
    gateway.control.faults.add({ fault: { kind: 'slow', ms: 60 }, next: 1 });
    const gone = fetch(`${gateway.url}/v2/charge`, {
      method: 'POST',
      headers: { authorization: 'Basic U0ItTWlkLXNlcnZlci1ET0NFWEFNUExFMTo=', 'content-type': 'application/json' },
      body: JSON.stringify(charges.va('bca', 'INV-1')),
      signal: AbortSignal.timeout(20),
    });
    await expect(gone).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect((await gateway.notified()).map((body) => body.transaction_status)).toEqual(['pending']);
  });

  it('can cost more than was asked: automatic fee imposition', async () => {
    gateway.control.faults.add({ fault: { kind: 'fee', amount: 4_000 } });
    const { body } = await gateway.charge(charges.va('bca', 'INV-1', 120_000));
    expect(body.gross_amount).toBe('124000.00');
    const [came] = await gateway.notified();
    expect(came.metadata.extra_info.gross_amount_info).toEqual({
      original_amount: '120000.00',
      gross_amount: '124000.00',
      customer_imposed_payment_fee: '4000.00',
    });
  });

  it('that forbids the fee costs what was asked', async () => {
    gateway.control.faults.add({ fault: { kind: 'fee', amount: 4_000 } });
    const { body } = await gateway.charge({ ...charges.va('bca', 'INV-1'), customer_imposed_payment_fee: { enable: false } });
    expect(body.gross_amount).toBe('120000.00');
  });
});

describe('a rule', () => {
  const refuse = { kind: 'refuse', code: '503' } as const;

  it('counts down and is gone', async () => {
    gateway.control.faults.add({ fault: refuse, next: 2 });
    const codes = [await va('INV-1'), await va('INV-1'), await va('INV-1')].map(({ body }) => body?.status_code);
    expect(codes).toEqual(['503', '503', '201']);
    expect(gateway.control.faults.list()).toEqual([]);
  });

  it('stays until it is taken away', async () => {
    const id = gateway.control.faults.add({ fault: refuse });
    expect((await va()).body?.status_code).toBe('503');
    expect((await va()).body?.status_code).toBe('503');
    gateway.control.faults.remove(id);
    expect((await va()).body?.status_code).toBe('201');
  });

  it('can be for an operation', async () => {
    gateway.control.faults.add({ fault: refuse, on: 'status' });
    expect((await va()).body?.status_code).toBe('201');
    expect((await gateway.call('GET', '/v2/INV-1/status')).body.status_code).toBe('503');
  });

  it('can be for a method, in later calls too', async () => {
    gateway.control.faults.add({ fault: refuse, method: 'qris' });
    expect((await va('INV-1')).body?.status_code).toBe('201');
    expect((await gateway.charge(charges.qris('INV-2'))).body.status_code).toBe('503');
    gateway.control.faults.clear();
    await gateway.charge(charges.qris('INV-2'));
    gateway.control.faults.add({ fault: refuse, method: 'qris', on: 'cancel' });
    expect((await gateway.call('POST', '/v2/INV-2/cancel')).body.status_code).toBe('503');
  });

  it('can be for an order, or for all that begin alike', async () => {
    gateway.control.faults.add({ fault: refuse, order: 'INV-2' });
    gateway.control.faults.add({ fault: refuse, order: 'TEST-*' });
    const codes = [await va('INV-1'), await va('INV-2'), await va('TEST-1')].map(({ body }) => body?.status_code);
    expect(codes).toEqual(['201', '503', '503']);
  });

  it('can be for a share of the orders, the same with the same seed', async () => {
    const refused = async (): Promise<string[]> => {
      const one = await startGateway({ seed: 'a', faults: [{ fault: refuse, rate: 0.3 }] });
      const orders = Array.from({ length: 40 }, (_, index) => `INV-${index}`);
      const replies = await Promise.all(orders.toSorted(() => Math.random() - 0.5).map((order) => one.charge(charges.va('bca', order))));
      const made = new Set(replies.map(({ body }) => body.order_id));
      await one.stop();
      return orders.filter((order) => !made.has(order));
    };
    const [first, second] = [await refused(), await refused()];
    expect(first).toEqual(second);
    expect(first.length).toBeGreaterThan(4);
    expect(first.length).toBeLessThan(24);
  });
});

describe('a notification', () => {
  it('can be early: it is here, and answered, before the charge is', async () => {
    gateway.control.faults.add({ fault: { kind: 'early' }, next: 1 });
    const order: string[] = [];
    const call = va().then(() => order.push('answer'));
    while (gateway.merchant.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
    order.push('notification');
    await call;
    expect(order).toEqual(['notification', 'answer']);
    expect(await gateway.notified()).toHaveLength(1);
  });

  it('can be early with the paid one', async () => {
    gateway.control.faults.add({ fault: { kind: 'early', pay: true }, next: 1 });
    const { body } = await gateway.charge(charges.qris('INV-1'));
    expect(body.transaction_status).toBe('pending');
    expect(gateway.merchant.statuses().sort()).toEqual(['pending', 'settlement']);
  });

  it('can be late', async () => {
    gateway.control.faults.add({ fault: { kind: 'late', ms: 50 }, next: 1 });
    await va();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(gateway.merchant.received).toHaveLength(0);
    expect(await gateway.notified()).toHaveLength(1);
  });

  it('can come several times, its fields in another order', async () => {
    gateway.control.faults.add({ fault: { kind: 'duplicate', times: 3 }, next: 1 });
    await va();
    const came = await gateway.notified();
    expect(came).toHaveLength(4);
    expect(came.every((body) => body.signature_key === came[0].signature_key)).toBe(true);
    expect(new Set(gateway.merchant.received.map(({ body }) => body)).size).toBeGreaterThan(1);
  });

  it('can come after the next one', async () => {
    gateway.control.faults.add({ fault: { kind: 'reorder' }, when: 'pending', next: 1 });
    await va();
    gateway.control.pay('INV-1');
    await gateway.notified();
    expect(gateway.merchant.statuses()).toEqual(['settlement', 'pending']);
  });

  it('that waits for a next one does not wait for ever', async () => {
    gateway.control.faults.add({ fault: { kind: 'reorder', ms: 30 }, next: 1 });
    await va();
    expect(await gateway.notified()).toHaveLength(1);
  });

  it('can be lost: never sent, never retried, but in the log', async () => {
    gateway.control.faults.add({ fault: { kind: 'lost' }, when: 'settlement' });
    await va();
    gateway.control.pay('INV-1');
    await gateway.notified();
    await gateway.control.advance(86_400_000);
    expect(gateway.merchant.statuses()).toEqual(['pending']);
    expect(gateway.control.notifications('INV-1').map(({ status, outcome, faults }) => [status, outcome, faults])).toEqual([
      ['pending', 'delivered', []],
      ['settlement', 'lost', ['lost']],
    ]);
  });

  it('can have fields nobody has heard of, and still be valid', async () => {
    gateway.control.faults.add({ fault: { kind: 'embellish' } });
    await gateway.charge(charges.card('INV-1', gateway.control.cardToken('accept'), 640_000, {}));
    const [body] = await gateway.notified();
    expect(body).toMatchObject({ transaction_status: 'capture', settlement_time: expect.any(String), pop_id: expect.any(String) });
  });

  it('can be tampered with; the log keeps what was sent', async () => {
    gateway.control.faults.add({ fault: { kind: 'tamper', how: { kind: 'status', to: 'settlement' } }, when: 'pending', next: 1 });
    await va();
    const [body] = await gateway.notified();
    expect([body.transaction_status, body.status_code]).toEqual(['settlement', '201']);
    expect(gateway.control.notifications('INV-1')[0]).toMatchObject({ faults: ['tamper'], body: gateway.merchant.received[0]?.body });
  });
});
