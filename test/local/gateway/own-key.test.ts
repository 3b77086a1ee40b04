/** The server key of the simulated gateway: the public one, or a chosen one. */
import { describe, expect, it } from 'vitest';
import { midtransKey } from '../../../local/gateway/own-key.ts';

describe('the server key of the simulated gateway', () => {
  it('[PAY-2] is the one of the environment', () => {
    expect(midtransKey({ TUNTAS_MIDTRANS_SERVER_KEY: 'SB-Mid-server-MINE' })).toBe('SB-Mid-server-MINE');
  });

  it.each([{}, { TUNTAS_MIDTRANS_SERVER_KEY: '' }])(
    'is the known one when the environment names none: %o',
    (variables) => {
      expect(midtransKey(variables)).toBe('local-server-key');
    },
  );

  it.each(['two keys', 'two,keys', 'a-key\n'])('must be one key: %j is refused with the remedy', (key) => {
    expect(() => midtransKey({ TUNTAS_MIDTRANS_SERVER_KEY: key })).toThrow(
      'TUNTAS_MIDTRANS_SERVER_KEY must be one key without spaces or commas. Set another value, or unset it.',
    );
  });
});
