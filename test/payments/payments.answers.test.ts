/** The problems that the document of the payments API declares. */
import { describe, expect, it } from 'vitest';
import type { DeclaredProblem } from '../../functions/kernel/route.ts';
import { answers } from '../../functions/payments/payments.answers.ts';

describe('the document of the API', () => {
  it.each<[keyof typeof answers, 404 | 409 | 422, readonly string[]]>([
    [
      'POST /orders/{id}/payments',
      409,
      ['NOT_FINISHED', 'NOTHING_OWED', 'ALREADY_PAID', 'PAYMENT_IN_PROGRESS', 'PAYMENT_HELD', 'PAYMENT_NOT_CANCELLED'],
    ],
    ['POST /orders/{id}/payments', 422, ['IDEMPOTENCY_KEY_REUSED', 'AMOUNT_NOT_TAKEN', 'AMOUNT_TOO_HIGH']],
    ['POST /payments/{ref}/check', 404, ['PAYMENT_NOT_FOUND']],
    ['POST /payments/{ref}/cancel', 409, ['ALREADY_PAID', 'PAYMENT_IN_PROGRESS', 'PAYMENT_NOT_CANCELLED']],
    [
      'POST /payments/{ref}/refund',
      409,
      ['NOT_PAID', 'CHARGED_BACK', 'NOTHING_LEFT_TO_REFUND', 'NOT_SETTLED_YET', 'PAYMENT_HELD'],
    ],
    ['POST /payments/{ref}/refund', 422, ['REFUND_TOO_LARGE', 'IDEMPOTENCY_KEY_REUSED']],
    ['POST /payments/{ref}/refunds/{key}/paid-back', 409, ['NOT_A_MANUAL_REFUND', 'NOTHING_LEFT']],
    ['POST /payments/{ref}/refunds/{key}/paid-back', 422, ['REFUND_TOO_LARGE']],
  ])('names the codes of %s, %s', (route, status, codes) => {
    const problems: readonly DeclaredProblem[] = answers[route].problems;
    const declared = problems.filter((one) => (one.status ?? 409) === status).map(({ code }) => code);
    expect(new Set(declared)).toEqual(new Set(codes));
  });
});
