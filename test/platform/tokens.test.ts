/** Tokens of an issuer: how its keys are found and kept, what a token must hold, and where a request carries it. */
import { describe, expect, it } from 'vitest';
import type { HttpCall } from '../../functions/platform/ports.ts';
import { tokenOf, tokenVerifier } from '../../functions/platform/tokens.ts';
import { issuer } from '../live/issuer.ts';

const url = 'https://issuer/realm';
const realm = await issuer(url, 'tuntas');

/** A verifier that has fetched nothing yet, and what it asks of the issuer. */
const setUp = () => {
  const calls: (readonly [string, HttpCall])[] = [];
  const verify = tokenVerifier(
    (document, call) => {
      calls.push([document, call]);
      return realm.http(document, call);
    },
    url,
    'tuntas',
  );
  return { verify, calls };
};

describe('a token is verified', () => {
  it('gives its claims', async () => {
    const claims = await setUp().verify(await realm.token({ sub: 'anna', roles: ['driver'] }));
    expect(claims).toMatchObject({ iss: url, aud: 'tuntas', sub: 'anna', roles: ['driver'] });
  });

  it('fetches the keys once for all tokens, within 1.5 s each', async () => {
    const { verify, calls } = setUp();
    await verify(await realm.token({ sub: 'anna' }));
    await verify(await realm.token({ sub: 'berta' }));
    expect(calls).toEqual([
      ['https://issuer/realm/.well-known/openid-configuration', { timeoutMs: 1_500 }],
      ['https://issuer/realm/keys', { timeoutMs: 1_500 }],
    ]);
  });

  it('finds the keys of an issuer whose URL ends with a slash', async () => {
    const token = await realm.token({ iss: `${url}/`, sub: 'anna' });
    expect(await tokenVerifier(realm.http, `${url}/`, 'tuntas')(token)).toMatchObject({ sub: 'anna' });
  });

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['a subject', {}, 'missing required "sub" claim'],
    ['an expiry', { sub: 'anna', exp: undefined }, 'missing required "exp" claim'],
    ['the right audience', { sub: 'anna', aud: 'another-app' }, 'unexpected "aud" claim value'],
    ['the right issuer', { sub: 'anna', iss: 'https://another' }, 'unexpected "iss" claim value'],
  ])('[OPS-8] is refused without %s', async (_, claims, reason) => {
    await expect(setUp().verify(await realm.token(claims))).rejects.toThrow(reason);
  });

  it('is refused while the keys cannot be had', async () => {
    const withoutKeys = tokenVerifier(
      async (document, call) => (document.endsWith('/keys') ? { status: 503, text: '{}' } : realm.http(document, call)),
      url,
      'tuntas',
    );
    await expect(withoutKeys(await realm.token({ sub: 'anna' }))).rejects.toThrow('Expected 200 OK');
  });
});

describe('a request carries its token', () => {
  it.each([
    ['its query', { queryStringParameters: { token: 'a.b.c' }, headers: { authorization: 'Bearer d' } }, 'a.b.c'],
    [
      'its header, when the query has an empty one',
      { queryStringParameters: { token: '' }, headers: { Authorization: 'Bearer a' } },
      'a',
    ],
    ['its header among others', { headers: { host: 'h', authorization: 'bearer a', origin: 'o' } }, 'a'],
    ['its header without a scheme', { headers: { authorization: 'a.Bearer b' } }, 'a.Bearer b'],
    ['no header of that name', { headers: { host: 'h' } }, undefined],
    ['nothing', { headers: null, queryStringParameters: null }, undefined],
  ])('in %s', (_, request, expected) => {
    expect(tokenOf(request)).toBe(expected);
  });
});
