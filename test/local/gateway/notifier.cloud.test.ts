/** The faults of notifications. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { charges, type Running, startGateway } from './gateway.fixture.ts';

let gateway: Running;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.stop());

const va = (orderId = 'INV-1'): Promise<{ http: number; body: { status_code?: string } | undefined; text: string }> =>
  gateway.charge(charges.va('bca', orderId));

describe('a notification', () => {
  it('can be early: it is received, and answered, before the charge is', async () => {
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
    gateway.control.faults.add({ fault: { kind: 'late', ms: 1_000 }, next: 1 });
    await va('INV-1');
    await va('INV-2');
    expect((await gateway.notified()).map(({ order_id }) => order_id)).toEqual(['INV-2', 'INV-1']);
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
    gateway.control.faults.add({ fault: { kind: 'reorder', ms: 60_000 }, when: 'pending', next: 1 });
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
    expect(
      gateway.control.notifications('INV-1').map(({ status, outcome, faults }) => [status, outcome, faults]),
    ).toEqual([
      ['pending', 'delivered', []],
      ['settlement', 'lost', ['lost']],
    ]);
  });

  it('can have unknown fields, and still be valid', async () => {
    gateway.control.faults.add({ fault: { kind: 'embellish' } });
    await gateway.charge(charges.card('INV-1', gateway.control.cardToken('accept'), 640_000, {}));
    const [body] = await gateway.notified();
    expect(body).toMatchObject({
      transaction_status: 'capture',
      settlement_time: expect.any(String),
      pop_id: expect.any(String),
    });
  });

  it('can be tampered with; the log keeps what was sent', async () => {
    gateway.control.faults.add({
      fault: { kind: 'tamper', how: { kind: 'status', to: 'settlement' } },
      when: 'pending',
      next: 1,
    });
    await va();
    const [body] = await gateway.notified();
    expect([body.transaction_status, body.status_code]).toEqual(['settlement', '201']);
    expect(gateway.control.notifications('INV-1')[0]).toMatchObject({
      faults: ['tamper'],
      body: gateway.merchant.received[0]?.body,
    });
  });
});
