/** The HTTP routes of payments, as data. */
import type { Route } from '../kernel/route.ts';
import * as schemas from './payments.schemas.ts';

const ref = { ref: schemas.paymentRef };

export const routes = [
  {
    method: 'POST',
    path: '/orders/{id}/payments',
    summary: 'Pay an order',
    description:
      'Charges all that is to be paid of one purpose, or a part of it. A pending payment that would bring more than ' +
      'is owed is cancelled first. The same Idempotency-Key is the same payment.',
    roles: ['rider', 'operator'],
    params: { id: schemas.orderId },
    body: schemas.pay,
    repeatable: true,
  },
  {
    method: 'GET',
    path: '/orders/{id}/payments',
    summary: 'Get the payments of an order',
    roles: ['rider', 'operator'],
    params: { id: schemas.orderId },
  },
  {
    method: 'POST',
    path: '/payments/{ref}/check',
    summary: 'Check a payment at the gateway',
    description: 'The answer is applied as a notification would be. It releases a held payment when it matches.',
    roles: ['rider', 'operator'],
    params: ref,
  },
  {
    method: 'POST',
    path: '/payments/{ref}/cancel',
    summary: 'Cancel a payment',
    description: 'Ends a payment that waits; voids a card that is captured and not settled (operators).',
    roles: ['rider', 'operator'],
    params: ref,
  },
  {
    method: 'POST',
    path: '/payments/{ref}/refund',
    summary: 'Refund a payment',
    description: 'Needs an Idempotency-Key: the same key is the same refund. A bank transfer is refunded by hand.',
    roles: ['operator'],
    params: ref,
    body: schemas.refund,
    repeatable: true,
  },
  {
    method: 'POST',
    path: '/payments/{ref}/refunds/{key}/paid-back',
    summary: 'Close a manual refund',
    description: 'A person has paid the money back outside the gateway.',
    roles: ['operator'],
    params: { ...ref, key: schemas.refundKey },
    body: schemas.paidBack,
  },
] as const satisfies readonly Route[];
