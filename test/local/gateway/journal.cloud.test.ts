/** A gateway that is killed and started again has forgotten nothing that it did. */
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClock } from '../../../local/gateway/clock.ts';
import { charges, type Merchant, type Running, startGateway, startMerchant } from './gateway.fixture.ts';

const chargedAt = Date.parse('2026-11-18T14:02:11+07:00');

let folder: string;
let merchant: Merchant;
let gateway: Running;

const start = (at = chargedAt): Promise<Running> =>
  startGateway({
    notificationUrl: merchant.url,
    journalFile: join(folder, 'midtrans.jsonl'),
    clock: createClock({ start: at, scale: 0 }),
  });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'midtrans-'));
  merchant = await startMerchant();
  gateway = await start();
});
afterEach(async () => {
  await gateway.stop();
  await merchant.stop();
  rmSync(folder, { recursive: true });
});

const again = async (at?: number): Promise<void> => {
  await gateway.stop();
  gateway = await start(at);
};

describe('after a restart', () => {
  it('a charge is still there, under its ids, and takes its order id', async () => {
    const { body } = await gateway.charge(charges.va('bca', 'INV-1'));
    await gateway.control.idle();
    await again();
    const status = await gateway.call('GET', `/v2/${body.transaction_id}/status`);
    expect(status.body).toMatchObject({
      order_id: 'INV-1',
      transaction_status: 'pending',
      va_numbers: body.va_numbers,
    });
    expect((await gateway.charge(charges.va('bca', 'INV-1'))).body.status_code).toBe('406');
  });

  it('its number is still taken', async () => {
    await gateway.charge(charges.va('bca', 'INV-1', 50_000, { va_number: '70000000001' }));
    await again();
    const { body } = await gateway.charge(charges.va('bca', 'INV-2', 50_000, { va_number: '70000000001' }));
    expect(body.va_numbers[0].va_number).not.toBe('70000000001');
  });

  it('it expires when its time has come', async () => {
    await gateway.charge(charges.qris('INV-1'));
    await again();
    await gateway.control.advance(16 * 60_000);
    expect(gateway.control.transaction('INV-1').state.status).toBe('expire');
  });

  it('nothing is notified twice', async () => {
    await gateway.charge(charges.va('bca', 'INV-1'));
    await gateway.control.idle();
    await again();
    await gateway.control.idle();
    expect(merchant.statuses()).toEqual(['pending']);
  });

  it('a planned retry comes', async () => {
    merchant.answers.push(503);
    await gateway.charge(charges.va('bca', 'INV-1'));
    await gateway.control.idle();
    await again();
    await gateway.control.advance(3 * 60_000);
    expect(gateway.control.notifications('INV-1').map(({ outcome, attempts }) => [outcome, attempts.length])).toEqual([
      ['delivered', 2],
    ]);
  });

  it('what was never notified is notified', async () => {
    await gateway.charge(charges.va('bca', 'INV-1'));
    await gateway.control.idle();
    const transaction = gateway.control.transaction('INV-1');
    const settled = { ...transaction, state: { status: 'settlement', settledAt: chargedAt } };
    appendFileSync(join(folder, 'midtrans.jsonl'), `${JSON.stringify({ transaction: settled })}\n`);
    await again();
    await gateway.control.idle();
    expect(merchant.statuses()).toEqual(['pending', 'settlement']);
    expect(gateway.control.notifications().map(({ id }) => id)).toEqual(['INV-1_1', 'INV-1_2']);
  });

  it('a delivery that was under way is sent again', async () => {
    await gateway.charge(charges.va('bca', 'INV-1'));
    await gateway.control.idle();
    const [delivery] = gateway.control.notifications();
    const sending = { ...delivery, attempts: [], outcome: 'sending' };
    appendFileSync(join(folder, 'midtrans.jsonl'), `${JSON.stringify({ delivery: sending })}\n`);
    await again();
    await gateway.control.idle();
    expect(merchant.received.map(({ body }) => body)).toEqual([delivery?.body, delivery?.body]);
    expect(gateway.control.notifications().map(({ outcome }) => outcome)).toEqual(['delivered']);
  });

  it('its clock is not behind what it has recorded', async () => {
    const future = Date.now() + 86_400_000;
    await again(future);
    await gateway.charge(charges.va('bca', 'INV-1'));
    await gateway.stop();
    gateway = await startGateway({ notificationUrl: merchant.url, journalFile: join(folder, 'midtrans.jsonl') });
    expect(gateway.control.now()).toBe(future);
  });

  it('a refund is confirmed, and its key is used', async () => {
    await gateway.charge(charges.gopay('INV-1'));
    gateway.control.pay('INV-1');
    await gateway.call('POST', '/v2/INV-1/refund', { refund_key: 'rf-1', amount: 5_000 });
    await gateway.control.idle();
    await again();
    expect(
      (await gateway.call('POST', '/v2/INV-1/refund', { refund_key: 'rf-1', amount: 5_000 })).body.status_code,
    ).toBe('406');
    await gateway.control.advance(2_000);
    expect((await gateway.control.transaction('INV-1')).state).toMatchObject({
      refunds: [{ key: 'rf-1', bankConfirmedAt: chargedAt + 2_000 }],
    });
  });

  it('half a line at the end of the journal is ignored', async () => {
    await gateway.charge(charges.va('bca', 'INV-1'));
    await gateway.control.idle();
    appendFileSync(join(folder, 'midtrans.jsonl'), '{"transaction":{"transactionId":"x","ord');
    await again();
    expect(gateway.control.transactions().map(({ orderId }) => orderId)).toEqual(['INV-1']);
  });
});
