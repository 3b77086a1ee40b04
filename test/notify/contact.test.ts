/** The address for mail, from the claims of a token or as the person entered it. */
import { describe, expect, it } from 'vitest';
import { contactFrom, isEmail } from '../../functions/notify/contact.ts';

const email = 'anna@rider.example';
const claims = { email, email_verified: 'true', locale: 'id-ID' };

describe('the claims of a token', () => {
  it.each<[string, Record<string, unknown>, string | undefined, unknown]>([
    ['a verified address and a language', claims, undefined, { email, language: 'id' }],
    ['true as a boolean', { ...claims, email_verified: true, locale: 'en_GB' }, undefined, { email, language: 'en' }],
    ['the old code of Indonesian', { ...claims, locale: 'in-ID' }, undefined, { email, language: 'id' }],
    ['another language', { ...claims, locale: 'nl-NL' }, undefined, { email, language: undefined }],
    ['another language of Indonesia', { ...claims, locale: 'jv-ID' }, undefined, { email, language: undefined }],
    ['a language whose code begins with that of Indonesian', { ...claims, locale: 'ido' }, undefined, { email }],
    ['the language in capitals', { ...claims, locale: 'EN-US' }, undefined, { email, language: 'en' }],
    ['an address that is not verified', { ...claims, email_verified: 'false' }, undefined, undefined],
    ['an address without a claim of its verification', { email }, undefined, undefined],
    ['an address that is a list', { ...claims, email: [email] }, undefined, undefined],
    ['no address', {}, undefined, undefined],
    ['an invalid address', { ...claims, email: 'anna' }, undefined, undefined],
    [
      'the address the person entered, before the claim',
      claims,
      'other@rider.example',
      { email: 'other@rider.example', language: 'id' },
    ],
  ])('%s', (_, given, entered, contact) => expect(contactFrom(given, entered)).toEqual(contact));

  const longest = `${'a'.repeat(64)}@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(58)}.co`;

  it.each([longest, 'a@b.co', 'anna.b+taxi@mail.rider.example', "o'neil@x-y.example"])('%s is an address', (text) =>
    expect(isEmail(text)).toBe(true),
  );

  it.each([
    'a@b',
    '@b.co',
    'a@',
    'a b@c.co',
    'a@b.co\nBcc: x@y.co',
    'a@b.co,c@d.co',
    'Anna <a@b.co>',
    `${'a'.repeat(65)}@b.co`,
    `a@${'b.'.repeat(130)}co`,
    longest.replace('.co', 'd.co'),
    'a@-b.co',
    'a@b..co',
    'a\ud800@b.co',
  ])('%j is not an address', (text) => expect(isEmail(text)).toBe(false));
});
