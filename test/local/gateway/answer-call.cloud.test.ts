/** The faults of calls. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { charges, type Running, startGateway } from './gateway.fixture.ts';

let gateway: Running;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.stop());

const va = (orderId = 'INV-1'): Promise<{ http: number; body: { status_code?: string } | undefined; text: string }> =>
  gateway.charge(charges.va('bca', orderId));

/** A call that has reached the gateway: the rule that was for it is used up. */
const underWay = async () => {
  const call = va();
  const state = { answered: false, call };
  call.then(
    () => {
      state.answered = true;
    },
    () => {},
  );
  await expect.poll(gateway.control.faults.list).toEqual([]);
  return state;
};

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
    const first = await underWay();
    await va('INV-2');
    expect(first.answered).toBe(false);
    expect(gateway.control.transactions().map(({ orderId }) => orderId)).toEqual(done ? ['INV-1', 'INV-2'] : ['INV-2']);
    const orders = (await gateway.notified()).map(({ order_id }) => order_id);
    expect(orders.sort()).toEqual(done ? ['INV-1', 'INV-2'] : ['INV-2']);
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

  it('can be slow before the work: there is no charge yet', async () => {
    gateway.control.faults.add({ fault: { kind: 'slow', ms: 1_000, when: 'before' }, next: 1 });
    const slow = await underWay();
    expect((await gateway.call('GET', '/v2/INV-1/status')).body.status_code).toBe('404');
    expect(slow.answered).toBe(false);
    await slow.call;
    expect((await gateway.call('GET', '/v2/INV-1/status')).body.status_code).toBe('201');
  });

  it('can be slow after the work: the charge is there before its answer', async () => {
    gateway.control.faults.add({ fault: { kind: 'slow', ms: 1_000 }, next: 1 });
    const slow = await underWay();
    expect((await gateway.call('GET', '/v2/INV-1/status')).body.status_code).toBe('201');
    expect(slow.answered).toBe(false);
    await slow.call;
  });

  it('whose caller has gone away is notified anyway', async () => {
    gateway.control.faults.add({ fault: { kind: 'slow', ms: 100, when: 'before' }, next: 1 });
    const caller = new AbortController();
    const gone = fetch(`${gateway.url}/v2/charge`, {
      method: 'POST',
      headers: { authorization: 'Basic U0ItTWlkLXNlcnZlci1ET0NFWEFNUExFMTo=', 'content-type': 'application/json' },
      body: JSON.stringify(charges.va('bca', 'INV-1')),
      signal: caller.signal,
    });
    await expect.poll(gateway.control.faults.list).toEqual([]);
    caller.abort();
    await expect(gone).rejects.toThrow();
    await expect.poll(gateway.merchant.statuses).toEqual(['pending']);
  });

  it('can cost more than requested: automatic fee imposition', async () => {
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

  it('that forbids the fee costs what was requested', async () => {
    gateway.control.faults.add({ fault: { kind: 'fee', amount: 4_000 } });
    const { body } = await gateway.charge({
      ...charges.va('bca', 'INV-1'),
      customer_imposed_payment_fee: { enable: false },
    });
    expect(body.gross_amount).toBe('120000.00');
  });

  it('can be answered with other fields, and without some; the next answer is right', async () => {
    await va();
    gateway.control.faults.add({
      fault: { kind: 'fields', fields: { transaction_status: 'settlement', status_code: '200', va_numbers: null } },
      on: 'status',
      next: 1,
    });
    const { body: changed } = await gateway.call('GET', '/v2/INV-1/status');
    const { body: right } = await gateway.call('GET', '/v2/INV-1/status');
    expect([changed.transaction_status, changed.status_code, 'va_numbers' in changed]).toEqual([
      'settlement',
      '200',
      false,
    ]);
    expect([right.transaction_status, right.status_code, right.va_numbers.length]).toEqual(['pending', '201', 1]);
    expect(changed.transaction_id).toBe(right.transaction_id);
  });
});
