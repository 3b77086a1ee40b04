/** Which codes are taken, and where their keys come from. */
import { describe, expect, it } from 'vitest';
import { codesFrom } from '../../functions/ezpay/settings.ts';

const now = () => 0;

describe('the codes in the cars', () => {
  it('[EZP-14] are signed with the keys of the environment on one machine, the first one signs', async () => {
    const { policy, keys, lifetimeMs } = codesFrom({ EZPAY_CODES: 'signed', EZPAY_CODE_KEYS: 'new,old' }, now);
    expect([policy, await keys?.(), lifetimeMs]).toEqual(['signed', ['new', 'old'], 120_000]);
  });

  it('[EZP-14] are signed with those of the secret on AWS, read when they are needed', async () => {
    const asked: string[] = [];
    const { keys } = codesFrom(
      { EZPAY_CODES: 'signed', EZPAY_CODE_SECRET_ID: 'tuntas/prod/ezpay-codes', EZPAY_CODE_SECONDS: '60' },
      now,
      async (id) => {
        asked.push(id);
        return ['k1'];
      },
    );
    expect(asked).toEqual([]);
    expect([await keys?.(), await keys?.(), asked]).toEqual([['k1'], ['k1'], ['tuntas/prod/ezpay-codes']]);
  });

  it('[EZP-14] may be stickers alone', () => {
    expect(codesFrom({}, now)).toMatchObject({ policy: 'static', keys: undefined });
  });

  it.each([
    [{ EZPAY_CODES: 'some' }, 'EZPAY_CODES must be signed or static'],
    [{ EZPAY_CODES: 'signed' }, 'EZPAY_CODE_SECRET_ID must name the secret'],
    [{ EZPAY_CODE_KEYS: ' , ' }, 'there is no key for the codes'],
    [{ EZPAY_CODE_SECONDS: 'soon' }, 'EZPAY_CODE_SECONDS must be a number of seconds'],
  ])('are not served with settings that make no sense: %j', (environment, words) => {
    expect(() => codesFrom(environment, now)).toThrow(words);
  });

  it('are not signed with an empty secret', async () => {
    const { keys } = codesFrom({ EZPAY_CODE_SECRET_ID: 's' }, now, async () => []);
    await expect(keys?.()).rejects.toThrow('there is no key for the codes');
  });
});
