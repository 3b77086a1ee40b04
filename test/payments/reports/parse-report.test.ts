/** Reports as the gateway writes them in JSON. */
import { describe, expect, it } from 'vitest';
import { reportFrom } from '../../../functions/payments/reports/parse-report.ts';
import { pendingTransaction as transaction } from '../../support/gateway-json.ts';
import { at, txA } from '../../support/payments.ts';

const instructions = [
  ['a virtual account', { va_numbers: [{ bank: 'bca', va_number: '700' }] }, { bank: 'bca', vaNumber: '700' }],
  ['a Permata account', { permata_va_number: '850' }, { bank: 'permata', vaNumber: '850' }],
  ['a Mandiri bill', { biller_code: '70012', bill_key: '9' }, { billerCode: '70012', billKey: '9' }],
  [
    'a code',
    { qr_string: '0002', actions: [{ name: 'generate-qr-code', url: 'https://x/qr' }] },
    { qrString: '0002', actions: [{ name: 'generate-qr-code', url: 'https://x/qr' }] },
  ],
  ['a 3DS page', { redirect_url: 'https://x/3ds' }, { redirectUrl: 'https://x/3ds' }],
  ['a script instead of a page', { redirect_url: 'javascript:alert(1)' }, {}],
] as const;

describe('a report', () => {
  it.each(instructions)('has %s', (_, fields, expected) => {
    const report = reportFrom({ ...transaction, ...fields }, 'answer', at(5));
    expect(report?.instructions).toEqual({ ...expected, expiresAt: Date.parse('2026-11-22T03:44:00Z') });
  });

  it('has its status in small letters, its amount as text and as rupiah, and when it was reported', () => {
    expect(reportFrom({ ...transaction, transaction_status: 'PENDING' }, 'answer', at(5))).toMatchObject({
      source: 'answer',
      reportedAt: at(5),
      transactionId: txA,
      transactionStatus: 'pending',
      statusCode: '201',
      fraudStatus: 'accept',
      grossAmount: '120000.00',
      amount: 120_000,
      currency: 'IDR',
      merchantId: 'G700000001',
      refundAmount: undefined,
      refunds: [],
    });
  });

  it.each(['transaction_id', 'transaction_status', 'status_code', 'gross_amount'])('without %s is none', (field) => {
    for (const missing of [undefined, null, '', 7])
      expect(reportFrom({ ...transaction, [field]: missing }, 'answer', at(5))).toBeUndefined();
  });

  it.each([
    ['2026-11-22 10:44:00', Date.parse('2026-11-22T03:44:00Z')],
    ['2026-11-22T10:44:00', undefined],
    ['x2026-11-22 10:44:00', undefined],
    ['2026-11-22 10:44:00 ', undefined],
    ['2026-13-22 10:44:00', undefined],
    [7, undefined],
  ])('expires at %j, in Jakarta', (expiry_time, expected) => {
    expect(reportFrom({ ...transaction, expiry_time }, 'answer', at(5))?.instructions.expiresAt).toBe(expected);
  });

  it('names a refund by its key, else by its id, else by its time and amount', () => {
    const refunds = [
      { refund_key: 'r1', refund_chargeback_uuid: 'u1', refund_amount: '5000.00', reason: 'wrong route' },
      { refund_chargeback_uuid: 'u2', refund_amount: '5000.00', bank_confirmed_at: '2026-11-21 12:00:00' },
      { created_at: '2026-11-21 12:00:00', refund_amount: '5000.00', refund_chargeback_id: 7 },
      { refund_amount: 'all' },
      'no refund',
    ];
    const report = reportFrom({ ...transaction, refund_amount: '15000.00', refunds }, 'answer', at(5));
    expect(report?.refundAmount).toBe(15_000);
    expect(report?.refunds).toEqual([
      { key: 'r1', amount: 5_000, reason: 'wrong route', confirmed: false },
      { key: 'u2', amount: 5_000, reason: '', confirmed: true },
      { key: 'unnamed-2026-11-21 12:00:00-5000', amount: 5_000, reason: '', confirmed: false },
      { key: 'unnamed--0', amount: 0, reason: '', confirmed: false },
    ]);
  });

  it('has links to pages only', () => {
    const actions = [
      { name: 'a', url: 'http://x/a' },
      { name: 'b', url: 'javascript:alert(1)' },
      { name: 'c', url: ' https://x/c' },
      { url: 'https://x/d' },
    ];
    const { instructions: shown } = reportFrom({ ...transaction, actions }, 'answer', at(5)) ?? {};
    expect(shown?.actions).toEqual([{ name: 'a', url: 'http://x/a' }]);
  });
});
