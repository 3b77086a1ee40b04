/** The JWT authorizer with tokens of the local issuer: audience, times and scopes. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Authorize, jwtAuthorizer } from '../../../../local/cloud/http/jwt.ts';
import { type Issuer, openIssuer, parseTokenRequest } from '../../../../local/cloud/issuer/issuer.ts';
import { httpServer, json, type Listening, listen, urlOf } from '../../../../local/server/http.ts';

let listening: Listening;
let issuer: Issuer;
let authorize: Authorize;
beforeAll(async () => {
  const server = httpServer(async (request) =>
    json(200, urlOf(request).pathname.endsWith('jwks.json') ? issuer.keys() : issuer.configuration()),
  );
  listening = await listen(server, 0);
  const stored = new Map<string, string>();
  const get = (kind: string, key: string) => stored.get(kind + key);
  const set = (kind: string, key: string, value: string) => void stored.set(kind + key, value);
  issuer = await openIssuer({ directory: '', memory: true, get, set, close: () => {} }, listening.url);
  authorize = jwtAuthorizer(listening.url, ['tuntas']);
});
afterAll(() => listening.stop());
afterEach(() => void vi.useRealTimers());

const bearer = async (more: object = {}): Promise<string> =>
  `Bearer ${await issuer.token(parseTokenRequest({ sub: 'r1', role: 'rider', ...more }))}`;

describe('a token', () => {
  it('[OPS-8] is accepted with its claims as texts', async () => {
    expect(await authorize(await bearer(), [])).toMatchObject({
      claims: { sub: 'r1', roles: '[rider]', aud: 'tuntas' },
      scopes: null,
    });
  });

  it('[OPS-8] is refused once it has expired, though its signature was verified before', async () => {
    const token = await bearer({ expiresIn: 60 });
    expect(await authorize(token, [])).toMatchObject({ claims: { sub: 'r1' } });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    expect(await authorize(token, [])).toBe('unauthorized');
  });

  it.each([
    ['for another audience', { audience: 'other' }],
    ['that has expired', { expiresIn: -1 }],
  ])('[OPS-8] %s is refused', async (_, more) => {
    expect(await authorize(await bearer(more), [])).toBe('unauthorized');
  });

  it.each(['', 'Bearer ', 'Bearer x.y.z', undefined])('[OPS-8] %j is none', async (header) => {
    expect(await authorize(header, [])).toBe('unauthorized');
  });

  it('[OPS-8] needs one of the scopes of the route', async () => {
    const token = await bearer({ scope: 'rides.read rides.write' });
    expect(await authorize(token, ['rides.write', 'other'])).toMatchObject({ scopes: ['rides.read', 'rides.write'] });
    expect(await authorize(token, ['other'])).toBe('forbidden');
  });
});
