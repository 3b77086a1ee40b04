/** Cards after the charge: review and pre-authorization (midtrans.md §5.1, §7.5). */
import { describe, expect, it } from 'vitest';
import { firstOrderAt, freshGateway, type Reply } from './gateway.fixture.ts';

const gateway = freshGateway();
const { post, status, card } = firstOrderAt(gateway);

describe('a review', () => {
  it.each([
    ['approve', 'capture', 'accept', '200'],
    ['deny', 'deny', 'deny', '202'],
  ])('ends with %s', async (operation, transactionStatus, fraud, notified) => {
    await card('challenge');
    const { body } = await post(operation);
    expect([body.status_code, body.transaction_status, body.fraud_status]).toEqual(['200', transactionStatus, fraud]);
    expect((await gateway.notified()).at(-1)).toMatchObject({
      status_code: notified,
      transaction_status: transactionStatus,
    });
  });

  it.each(['approve', 'deny'])('%s of what is not challenged is 412', async (operation) => {
    await card();
    expect((await post(operation)).body.status_code).toBe('412');
  });

  it('that was approved settles with the other cards', async () => {
    await card('challenge');
    await post('approve');
    await gateway.control.advance(26 * 3_600_000);
    expect((await gateway.notified()).at(-1)).toMatchObject({ transaction_status: 'settlement', status_code: '200' });
  });

  it('without an answer is cancelled when the cards settle', async () => {
    await card('challenge');
    await gateway.control.advance(26 * 3_600_000);
    expect((await gateway.notified()).at(-1)).toMatchObject({ transaction_status: 'cancel', status_code: '202' });
  });
});

describe('a pre-authorized card', () => {
  const capture = (gross_amount?: number | string): Promise<Reply> =>
    gateway.call('POST', '/v2/capture', {
      transaction_id: gateway.control.transaction('INV-1').transactionId,
      ...(gross_amount !== undefined && { gross_amount }),
    });

  it('is captured, all of it or less', async () => {
    await card('accept', { type: 'authorize' });
    const { body } = await capture(500_000);
    expect([body.status_code, body.transaction_status, body.gross_amount]).toEqual(['200', 'capture', '500000.00']);
    expect((await gateway.notified()).at(-1)).toMatchObject({
      transaction_status: 'capture',
      gross_amount: '500000.00',
    });
  });

  it.each([
    ['more than authorized', 640_001, '400'],
    ['a text', '500000', '408'],
  ])('is not captured for %s', async (_what, amount, code) => {
    await card('accept', { type: 'authorize' });
    expect((await capture(amount)).body.status_code).toBe(code);
  });

  it('is captured once', async () => {
    await card('accept', { type: 'authorize' });
    await capture();
    expect((await capture()).body.status_code).toBe('412');
  });

  it('expires after eight days', async () => {
    await card('accept', { type: 'authorize' });
    await gateway.control.advance(8 * 86_400_000);
    expect((await status()).transaction_status).toBe('expire');
  });
});
