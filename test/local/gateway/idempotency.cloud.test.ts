/** Idempotency-Key (midtrans.md §1.4). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { charges, type Running, startGateway } from './gateway.fixture.ts';

let gateway: Running;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.stop());

const key = { 'idempotency-key': '0b6f6a3e-5a0e-4a54-9a39-6d2a3f0c7001-charge' };
const minute = 60_000;

describe('the same key again', () => {
  it('gives the same answer, whatever the body', async () => {
    const first = await gateway.charge(charges.va('bca', 'INV-1'), key);
    const second = await gateway.charge(charges.qris('INV-2'), key);
    expect(second.text).toBe(first.text);
    expect(gateway.control.transactions()).toHaveLength(1);
  });

  it('notifies once', async () => {
    await gateway.charge(charges.va('bca', 'INV-1'), key);
    await gateway.charge(charges.va('bca', 'INV-1'), key);
    expect(await gateway.notified()).toHaveLength(1);
  });

  it('is one key for all endpoints', async () => {
    const charged = await gateway.charge(charges.va('bca', 'INV-1'), key);
    const cancelled = await gateway.call('POST', '/v2/INV-1/cancel', {}, key);
    expect(cancelled.text).toBe(charged.text);
    expect(gateway.control.transaction('INV-1').state.status).toBe('pending');
  });

  it('counts for expire, whose success is 407', async () => {
    await gateway.charge(charges.va('bca', 'INV-1'));
    const first = await gateway.call('POST', '/v2/INV-1/expire', {}, key);
    const second = await gateway.call('POST', '/v2/INV-1/expire', {}, key);
    expect([first.body.status_code, second.body.status_code]).toEqual(['407', '407']);
  });

  it('is a new attempt after an error', async () => {
    gateway.control.faults.add({ fault: { kind: 'refuse', code: '503' }, next: 1 });
    const first = await gateway.charge(charges.va('bca', 'INV-1'), key);
    const second = await gateway.charge(charges.va('bca', 'INV-1'), key);
    expect([first.body.status_code, second.body.status_code]).toEqual(['503', '201']);
  });

  it('is a new attempt after a denial', async () => {
    gateway.control.faults.add({ fault: { kind: 'decline' }, next: 1 });
    const first = await gateway.charge(charges.gopay('INV-1'), key);
    const second = await gateway.charge(charges.gopay('INV-2'), key);
    expect([first.body.status_code, second.body.status_code]).toEqual(['202', '201']);
  });

  it('is a new attempt after five minutes: 406', async () => {
    await gateway.charge(charges.va('bca', 'INV-1'), key);
    await gateway.control.advance(5 * minute - 1);
    expect((await gateway.charge(charges.va('bca', 'INV-1'), key)).body.status_code).toBe('201');
    await gateway.control.advance(1);
    expect((await gateway.charge(charges.va('bca', 'INV-1'), key)).body.status_code).toBe('406');
  });

  it('gives the answer of a charge whose answer was lost', async () => {
    gateway.control.faults.add({ fault: { kind: 'drop', done: true }, next: 1 });
    await expect(gateway.charge(charges.va('bca', 'INV-1'), key)).rejects.toThrow();
    const again = await gateway.charge(charges.va('bca', 'INV-1'), key);
    expect(again.body.status_code).toBe('201');
    expect(gateway.control.transactions()).toHaveLength(1);
  });
});

describe('the same key while the first call is running', () => {
  it('is HTTP 202 until it is answered', async () => {
    gateway.control.faults.add({ fault: { kind: 'slow', ms: 1_000 }, next: 1 });
    const running = gateway.charge(charges.va('bca', 'INV-1'), key);
    await expect.poll(gateway.control.faults.list).toEqual([]);
    const second = await gateway.charge(charges.va('bca', 'INV-1'), key);
    expect([second.http, second.text]).toEqual([202, '']);
    const first = await running;
    expect((await gateway.charge(charges.va('bca', 'INV-1'), key)).text).toBe(first.text);
  });
});

describe('a key that does not count', () => {
  it('has more than 46 characters', async () => {
    const long = { 'idempotency-key': 'k'.repeat(47) };
    await gateway.charge(charges.va('bca', 'INV-1'), long);
    expect((await gateway.charge(charges.va('bca', 'INV-1'), long)).body.status_code).toBe('406');
    const fits = { 'idempotency-key': 'k'.repeat(46) };
    await gateway.charge(charges.va('bca', 'INV-2'), fits);
    expect((await gateway.charge(charges.va('bca', 'INV-2'), fits)).body.status_code).toBe('201');
  });

  it('comes with a Permata charge', async () => {
    await gateway.charge(charges.va('permata', 'INV-1'), key);
    expect((await gateway.charge(charges.va('permata', 'INV-1'), key)).body.status_code).toBe('406');
  });

  it('comes with a GET', async () => {
    await gateway.charge(charges.va('bca', 'INV-1'), key);
    expect((await gateway.call('GET', '/v2/INV-1/status', undefined, key)).body.status_message).toBe(
      'Success, transaction is found',
    );
  });
});
