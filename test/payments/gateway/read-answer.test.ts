/** How every answer of the gateway is read. */
import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../../functions/payments/gateway/read-answer.ts';
import { error } from '../../support/gateway.ts';
import { pendingTransaction as transaction } from '../../support/gateway-json.ts';
import { at, ref } from '../../support/payments.ts';

const read = (status: number, body: unknown) =>
  readAnswer({ status, text: typeof body === 'string' ? body : JSON.stringify(body) }, ref, at(0));

describe('the body’s status code comes before the HTTP status', () => {
  const codes = [
    [200, '404', { outcome: 'not-found' }],
    [404, '404', { outcome: 'not-found' }],
    [200, '406', { outcome: 'conflict' }],
    [409, '406', { outcome: 'conflict' }],
    [200, '412', { outcome: 'wrong-state' }],
    [412, '412', { outcome: 'wrong-state' }],
    [200, '414', { outcome: 'balance' }],
    [400, '400', { outcome: 'refused', code: '400', id: 'a-1' }],
    [401, '401', { outcome: 'refused', code: '401' }],
    [200, '402', { outcome: 'refused', code: '402' }],
    [200, '410', { outcome: 'refused', code: '410' }],
    [200, '411', { outcome: 'refused', code: '411' }],
    [200, '413', { outcome: 'refused', code: '413' }],
    [200, '429', { outcome: 'unknown', reason: 'status 429' }],
    [200, '500', { outcome: 'unknown', reason: 'status 500' }],
    [200, '503', { outcome: 'unknown', reason: 'status 503' }],
    [200, '505', { outcome: 'unknown', reason: 'status 505' }],
    [200, '900', { outcome: 'unknown', reason: 'status 900' }],
  ] as const;

  it.each(codes)('HTTP %i with status_code %s', (http, code, expected) => {
    expect(read(http, error(code))).toMatchObject(expected);
  });

  it.each([
    ['202', 'deny', 200],
    ['202', 'deny', 202],
    ['407', 'expire', 200],
    ['407', 'expire', 407],
    ['200', 'cancel', 200],
  ])('%s is an answer about a transaction (%s, HTTP %i)', (code, status, http) => {
    expect(read(http, { ...transaction, status_code: code, transaction_status: status })).toMatchObject({
      outcome: 'report',
      report: { transactionStatus: status, statusCode: code },
    });
  });
});

describe('an answer that is none', () => {
  const broken = [
    ['an empty 200', 200, '', 'no answer of the API, HTTP 200'],
    ['a page that says busy with 200', 200, '<html>busy</html>', 'no answer of the API, HTTP 200'],
    ['JSON that says busy with 200', 200, { message: 'busy' }, 'no answer of the API, HTTP 200'],
    ['null', 200, 'null', 'no answer of the API, HTTP 200'],
    ['a list', 200, '[]', 'no answer of the API, HTTP 200'],
    ['a number for the status code', 200, { ...transaction, status_code: 200 }, 'no answer of the API, HTTP 200'],
    ['a page of a proxy with 404: not "there is no such transaction"', 404, '<html>', 'no answer of the API, HTTP 404'],
    [
      'the error of its framework with 404',
      404,
      { timestamp: 1, status: 404, error: 'Not Found' },
      'no answer of the API, HTTP 404',
    ],
    ['a page with 503', 503, '<html>', 'HTTP 503'],
    [
      'the transaction of another order',
      200,
      { ...transaction, order_id: 'TNT-20261121-0000043-1763696640' },
      'an answer about another order',
    ],
    ['a transaction without an amount', 200, { ...transaction, gross_amount: null }, 'an answer without its fields'],
  ] as const;

  it.each(broken)('%s leaves the outcome unknown', (_, http, body, reason) => {
    expect(read(http, body)).toMatchObject({ outcome: 'unknown', reason });
  });
});

it('a page with 401 is a refused key', () => {
  expect(read(401, '<html>')).toMatchObject({ outcome: 'refused', code: '401', message: 'the key was not accepted' });
});
