/** Which codes are accepted, and where their keys come from. */
import { describe, expect, it } from 'vitest';
import { codesFrom } from '../../functions/ezpay/settings.ts';
import { testPorts } from '../support/ports.ts';

const { ports } = testPorts();

describe('the codes in the cars', () => {
  it('[EZP-14] are signed with the keys of the environment on one machine, the first one signs', async () => {
    const { policy, keys, lifetimeMs } = codesFrom(ports, { EZPAY_CODES: 'signed', EZPAY_CODE_KEYS: 'new,old' });
    expect([policy, await keys?.(), lifetimeMs]).toEqual(['signed', ['new', 'old'], 120_000]);
  });

  it('[EZP-14] are signed with those of the secret on AWS, read when they are needed', async () => {
    const read: string[] = [];
    const readSecret = async (id: string) => {
      read.push(id);
      return 'k1';
    };
    const { keys, lifetimeMs } = codesFrom(
      { ...ports, readSecret },
      { EZPAY_CODES: 'signed', EZPAY_CODE_SECRET_ID: 'tuntas/prod/ezpay-codes', EZPAY_CODE_SECONDS: '60' },
    );
    expect([read, lifetimeMs]).toEqual([[], 60_000]);
    expect([await keys?.(), await keys?.(), read]).toEqual([['k1'], ['k1'], ['tuntas/prod/ezpay-codes']]);
  });

  it('[EZP-14] may be stickers alone', () => {
    expect(codesFrom(ports, {})).toMatchObject({ policy: 'static', keys: undefined });
  });

  it.each([
    [{ EZPAY_CODES: 'some' }, 'EZPAY_CODES must be signed or static'],
    [{ EZPAY_CODES: 'signed' }, 'EZPAY_CODE_SECRET_ID must name the secret'],
    [{ EZPAY_CODE_KEYS: ' , ' }, 'there is no key for the codes'],
    [{ EZPAY_CODE_SECONDS: 'soon' }, 'EZPAY_CODE_SECONDS must be a number of seconds'],
    [{ EZPAY_CODE_SECONDS: '0' }, 'EZPAY_CODE_SECONDS must be a number of seconds'],
  ])('are refused with invalid settings: %j', (environment, words) => {
    expect(() => codesFrom(ports, environment)).toThrow(words);
  });

  it('are not signed with an empty secret', async () => {
    const { keys } = codesFrom({ ...ports, readSecret: async () => '' }, { EZPAY_CODE_SECRET_ID: 's' });
    await expect(keys?.()).rejects.toThrow('there is no key for the codes');
  });
});
