/** Events of payments for the tests of the live feed. */
import { paymentSettled } from '../../events/payment.ts';
import type { LiveEvent } from '../../functions/live/notice.ts';

export const hour = 3_600_000;
export const noon = Date.parse('2026-11-21T05:00:00.000Z');

export const settled = (n: number): LiveEvent => {
  const orderId = `TNT-20261121-${String(n).padStart(7, '0')}`;
  return paymentSettled.parse({
    id: `${orderId}-1795232640/PAYMENT/3`,
    type: 'payment.settled',
    orderId,
    paymentRef: `${orderId}-1795232640`,
    riderId: 'anna',
    method: 'qris',
    amount: 120_000,
    version: 3,
    at: '2026-11-21T05:00:00.000Z',
    transactionId: 't-1',
    captured: false,
  });
};
