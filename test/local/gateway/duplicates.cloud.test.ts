/** The order id is the guard against a second charge: 406, and when it may be used again (midtrans.md §2.3). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { charges, type Reply, type Running, startGateway } from './gateway.fixture.ts';

let gateway: Running;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.stop());

const codes = ({ http, body }: Reply): [number, string] => [http, body?.status_code];

describe('a duplicate order id', () => {
  it('is 406 while the first is pending', async () => {
    await gateway.charge(charges.va('bca', 'INV-1'));
    const reply = await gateway.charge(charges.qris('INV-1'));
    expect(codes(reply)).toEqual([200, '406']);
    expect(reply.body.status_message).toMatch(/conflict with the current state of the target resource/);
  });

  it('is 406 when the first was paid, in other words', async () => {
    await gateway.charge(charges.va('bca', 'INV-1'));
    gateway.control.pay('INV-1');
    const reply = await gateway.charge(charges.va('bca', 'INV-1'));
    expect(codes(reply)).toEqual([200, '406']);
    expect(reply.body.status_message).toMatch(/^order_id has been paid and utilized/);
  });

  it.each(['cancel', 'expire'])('is fine after %s of a pending one, as another transaction', async (operation) => {
    const first = await gateway.charge(charges.va('bca', 'INV-1'));
    await gateway.call('POST', `/v2/INV-1/${operation}`);
    const second = await gateway.charge(charges.va('bca', 'INV-1'));
    expect(codes(second)).toEqual([200, '201']);
    expect(second.body.transaction_id).not.toBe(first.body.transaction_id);
  });

  it('stays 406 after the cancel of a captured card', async () => {
    await gateway.charge(charges.card('INV-1', gateway.control.cardToken('accept'), 640_000, {}));
    await gateway.call('POST', '/v2/INV-1/cancel');
    expect(codes(await gateway.charge(charges.va('bca', 'INV-1')))).toEqual([200, '406']);
  });

  it('after reuse: the order id means the latest, the transaction id each of them', async () => {
    const first = await gateway.charge(charges.va('bca', 'INV-1'));
    await gateway.call('POST', '/v2/INV-1/expire');
    const second = await gateway.charge(charges.va('bca', 'INV-1'));
    const status = async (id: string): Promise<string> =>
      (await gateway.call('GET', `/v2/${id}/status`)).body.transaction_status;
    expect(await status('INV-1')).toBe('pending');
    expect(await status(first.body.transaction_id)).toBe('expire');
    expect(await status(second.body.transaction_id)).toBe('pending');
  });
});
