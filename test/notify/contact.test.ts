/** Which address a payment leaves for its receipt. */
import { describe, expect, it } from 'vitest';
import { contactFrom, isEmail } from '../../functions/notify/contact.ts';
import { logLines } from '../support/log.ts';
import { rider } from '../support/payments.ts';
import { operator, paymentsApi } from '../support/payments-api.ts';

const lines = logLines();
const email = 'anna@rider.example';
const claims = { email, email_verified: 'true', locale: 'id-ID' };

describe('the claims of a token', () => {
  it.each<[string, Record<string, unknown>, string | undefined, unknown]>([
    ['a verified address and a language', claims, undefined, { email, language: 'id' }],
    [
      'true as API Gateway never hands it over',
      { ...claims, email_verified: true, locale: 'en_GB' },
      undefined,
      { email, language: 'en' },
    ],
    ['the old code of Indonesian', { ...claims, locale: 'in-ID' }, undefined, { email, language: 'id' }],
    ['another language', { ...claims, locale: 'nl-NL' }, undefined, { email, language: undefined }],
    ['an address that is not verified', { ...claims, email_verified: 'false' }, undefined, undefined],
    ['an address of which nothing is said', { email }, undefined, undefined],
    ['no address', {}, undefined, undefined],
    ['an address that is none', { ...claims, email: 'anna' }, undefined, undefined],
    [
      'the address somebody wrote, before the claim',
      claims,
      'other@rider.example',
      { email: 'other@rider.example', language: 'id' },
    ],
  ])('%s', (_, said, given, contact) => expect(contactFrom(said, given)).toEqual(contact));

  it.each(['a@b.co', 'anna.b+taxi@mail.rider.example', "o'neil@x-y.example"])('%s is an address', (text) =>
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
    'a@-b.co',
    'a@b..co',
    'a\ud800@b.co',
  ])('%j is none', (text) => expect(isEmail(text)).toBe(false));
});

describe('a payment is asked for', () => {
  const contactOf = (api: ReturnType<typeof paymentsApi>) =>
    api.table.read('State', { pk: `USER#${rider}`, sk: 'CONTACT' });
  const asRider = { sub: rider, roles: '[rider]' };

  it('with a verified address in the rider’s token: it is kept apart from the payment', async () => {
    const api = paymentsApi();
    await api.finished();
    await api.pay({ method: 'bca_va' }, 'k1', { claims: { ...asRider, ...claims } });
    expect(contactOf(api)).toMatchObject({ email, language: 'id' });
    const others = api.table.all('State').filter(({ sk }) => sk !== 'CONTACT');
    expect(JSON.stringify([others, lines.all()])).not.toContain('@');
  });

  it('with an address in the body: that one', async () => {
    const api = paymentsApi();
    await api.finished();
    await api.pay({ method: 'bca_va', email: 'other@rider.example' }, 'k1', { claims: { ...asRider, ...claims } });
    expect(contactOf(api)).toMatchObject({ email: 'other@rider.example' });
  });

  it('by an operator: the operator’s own address is not the rider’s', async () => {
    const api = paymentsApi();
    await api.finished();
    await api.pay({ method: 'bca_va' }, 'k1', { claims: { sub: operator.sub, roles: '[operator]', ...claims } });
    expect(contactOf(api)).toBeUndefined();
  });

  it('without an address: it costs no more than before', async () => {
    const api = paymentsApi();
    await api.finished();
    expect((await api.pay({ method: 'bca_va' }, 'k1')).status).toBe(201);
    expect(contactOf(api)).toBeUndefined();
  });

  it.each([['anna'], ['a@b.co\nBcc: x@y.co'], [42], [['a@b.co']], [{}]])(
    'with %j as the address: 400',
    async (wrong) => {
      const api = paymentsApi();
      await api.finished();
      const answer = await api.pay({ method: 'bca_va', email: wrong }, 'k1');
      expect([answer.status, answer.body.errors]).toEqual([400, [expect.objectContaining({ field: 'email' })]]);
    },
  );
});
