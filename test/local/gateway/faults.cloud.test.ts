/** The rules of the fault script: for what, how often. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { charges, type Running, startGateway } from './gateway.fixture.ts';

let gateway: Running;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.stop());

const va = (orderId = 'INV-1'): Promise<{ http: number; body: { status_code?: string } | undefined; text: string }> =>
  gateway.charge(charges.va('bca', orderId));

describe('a rule', () => {
  const refuse = { kind: 'refuse', code: '503' } as const;

  it('counts down and is gone', async () => {
    gateway.control.faults.add({ fault: refuse, next: 2 });
    const codes = [await va('INV-1'), await va('INV-1'), await va('INV-1')].map(({ body }) => body?.status_code);
    expect(codes).toEqual(['503', '503', '201']);
    expect(gateway.control.faults.list()).toEqual([]);
  });

  it('stays until it is removed', async () => {
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
    const orders = Array.from({ length: 40 }, (_, index) => `INV-${index}`);
    const refused = async (called: readonly string[]): Promise<string[]> => {
      const one = await startGateway({ seed: 'a', faults: [{ fault: refuse, rate: 0.3 }] });
      const replies = await Promise.all(called.map((order) => one.charge(charges.va('bca', order))));
      const made = new Set(replies.map(({ body }) => body.order_id));
      await one.stop();
      return orders.filter((order) => !made.has(order));
    };
    const [first, second] = [await refused(orders), await refused(orders.toReversed())];
    expect(first).toEqual(second);
    expect(first.length).toBeGreaterThan(4);
    expect(first.length).toBeLessThan(24);
  });
});
