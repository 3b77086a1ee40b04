/** The HTTP routes of payments, as data. */
import type { Answer, Route } from '../platform/route.ts';
import * as schemas from './payments.schemas.ts';

const ref = { ref: schemas.paymentRef };
const foreign: Answer = { description: 'The order belongs to somebody else, or the role does not fit.' };
const unknown: Answer = { description: 'There is no such order or payment.' };
const conflict: Answer = { description: 'The order or payment is in a state that does not allow it; `code` tells which.' };
const changed: Answer = { description: 'Done, or already so (`alreadyProcessed`).', schema: schemas.changed };

export const routes = [
  {
    method: 'POST',
    path: '/orders/{id}/payments',
    summary: 'Pay an order',
    description:
      'Charges the fare. A payment that still waits is cancelled at the gateway first. Repeating the request with the same Idempotency-Key answers the payment it made the first time.',
    roles: ['rider', 'operator'],
    params: { id: schemas.orderId },
    body: schemas.pay,
    repeatable: true,
    answers: {
      201: { description: 'The payment, with what the customer needs to pay.', schema: schemas.payment },
      202: { description: 'The gateway has not answered yet. It is asked by itself; look at the payment again.', schema: schemas.payment },
      200: { description: 'The payment this key made before.', schema: schemas.payment },
      403: foreign,
      404: unknown,
      409: conflict,
      422: { description: 'The key was used for another request, or the method does not take this amount.' },
    },
  },
  {
    method: 'GET',
    path: '/orders/{id}/payments',
    summary: 'See the payments of an order',
    roles: ['rider', 'operator'],
    params: { id: schemas.orderId },
    answers: { 200: { description: 'The payments.', schema: schemas.payments }, 403: foreign, 404: unknown },
  },
  {
    method: 'POST',
    path: '/payments/{ref}/check',
    summary: 'Ask the gateway about a payment',
    description: 'What it answers is taken in as a notification would be. A payment that is held is released when the answer fits.',
    roles: ['rider', 'operator'],
    params: ref,
    answers: { 200: { description: 'The payment after the answer.', schema: schemas.checked }, 403: foreign, 404: unknown },
  },
  {
    method: 'POST',
    path: '/payments/{ref}/cancel',
    summary: 'Cancel a payment',
    description: 'Ends a payment that waits; voids a card that is captured and not settled (operators).',
    roles: ['rider', 'operator'],
    params: ref,
    answers: { 200: changed, 403: foreign, 404: unknown, 409: conflict },
  },
  {
    method: 'POST',
    path: '/payments/{ref}/refund',
    summary: 'Refund a payment',
    description:
      'Needs an Idempotency-Key: the same key is the same refund. What the gateway cannot pay back (bank transfers) becomes a manual refund with an owner and a deadline.',
    roles: ['operator'],
    params: ref,
    body: schemas.refund,
    repeatable: true,
    answers: {
      200: changed,
      404: unknown,
      409: conflict,
      422: { description: 'More than is left, or the key was used for another amount.' },
    },
  },
  {
    method: 'POST',
    path: '/payments/{ref}/refunds/{key}/paid-back',
    summary: 'Close a manual refund',
    description: 'A person has paid the money back outside the gateway.',
    roles: ['operator'],
    params: { ...ref, key: schemas.refundKey },
    body: schemas.paidBack,
    answers: { 200: changed, 404: unknown, 409: conflict },
  },
] as const satisfies readonly Route[];
