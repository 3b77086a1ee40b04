/** Which errors of the SDK and the network mean "later". */
import { describe, expect, it } from 'vitest';
import { Conflict, Invalid, isUnavailable, Unavailable } from '../../functions/kernel/errors.ts';

const named = (name: string, more: object = {}): Error => Object.assign(new Error('x'), { name, ...more });
const cancelledBy = (...Codes: readonly (string | undefined)[]): Error =>
  named('TransactionCanceledException', { CancellationReasons: Codes.map((Code) => ({ Code })) });

describe('an error is judged', () => {
  it.each([
    ['our own', new Unavailable('later')],
    ['a throttled call', named('ThrottlingException')],
    ['a throttled table', named('ProvisionedThroughputExceededException')],
    ['a request whose answer did not come', named('TimeoutError')],
    ['a closed port', named('Error', { code: 'ECONNREFUSED' })],
    ['a name that is not resolved', named('Error', { code: 'EAI_AGAIN' })],
    ['an error of the other side', named('Whatever', { $metadata: { httpStatusCode: 500 } })],
    ['a transaction with a throttled item', cancelledBy('None', 'ThrottlingError')],
  ])('%s is unavailable', (_, error) => {
    expect(isUnavailable(error)).toBe(true);
  });

  it.each([
    ['a lost race', new Conflict('again')],
    ['an invalid message', new Invalid('wrong')],
    ['a mistake in the code', new TypeError('x is undefined')],
    ['an error of the caller', named('ValidationException', { $metadata: { httpStatusCode: 499 } })],
    ['a transaction that lost a race', cancelledBy('ConditionalCheckFailed', undefined)],
    ['a text', 'ThrottlingException'],
    ['nothing', undefined],
  ])('%s is not', (_, error) => {
    expect(isUnavailable(error)).toBe(false);
  });

  it('has its class as its name, for the log', () => {
    expect([new Invalid('a'), new Conflict('a'), new Unavailable('a')].map(({ name }) => name)).toEqual([
      'Invalid',
      'Conflict',
      'Unavailable',
    ]);
  });
});
