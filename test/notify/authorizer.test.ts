/** An app opens its WebSocket with a token of the issuer. */
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { compose } from '../../functions/notify/authorizer.compose.ts';
import { type AuthorizerEvent, authorizer } from '../../functions/notify/authorizer.ts';
import type { Http } from '../../functions/platform/ports.ts';
import { logLines } from '../support/log.ts';
import { env, start, testPorts } from '../support/ports.ts';

const lines = logLines();
const keyOf = async (kid: string, alg = 'ES256') => {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
};
type Key = Pick<Awaited<ReturnType<typeof keyOf>>, 'kid' | 'alg'> & {
  readonly privateKey: Awaited<ReturnType<typeof keyOf>>['privateKey'] | Uint8Array;
};
const key = await keyOf('key-1');
const nextKey = await keyOf('key-2');
const otherKey = await keyOf('key-1');

type TokenFields = { readonly [Name in 'iss' | 'aud' | 'sub']?: string } & {
  readonly claims?: JWTPayload;
  readonly expiresIn?: number | undefined;
  readonly notBefore?: number;
  readonly key?: Key;
};
const seconds = Math.floor(start / 1_000);
const token = ({ claims = { roles: ['driver'] }, key: by = key, ...fields }: TokenFields = {}) => {
  const { iss = 'https://issuer', aud = 'tuntas', sub = 'anna', notBefore = 0 } = fields;
  const jwt = new SignJWT(claims)
    .setProtectedHeader({ alg: by.alg, kid: by.kid })
    .setSubject(sub)
    .setIssuer(iss)
    .setAudience(aud)
    .setNotBefore(seconds + notBefore);
  const { expiresIn = 300 } = fields;
  return (
    'expiresIn' in fields && fields.expiresIn === undefined ? jwt : jwt.setExpirationTime(seconds + expiresIn)
  ).sign(by.privateKey);
};

/** An issuer that serves its discovery document and its keys. */
const issuer = () => {
  let keys: readonly object[] = [key.jwk];
  let reachable = true;
  const calls: string[] = [];
  const http: Http = async (url) => {
    calls.push(url);
    if (!reachable) throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } });
    const body = url.endsWith('/openid-configuration') ? { jwks_uri: 'https://issuer/keys' } : { keys };
    return { status: 200, text: JSON.stringify(body) };
  };
  const handler = compose(testPorts({ http }).ports, env);
  return {
    calls,
    rotate: (...next: readonly { readonly jwk: object }[]): void => {
      keys = next.map(({ jwk }) => jwk);
    },
    setReachable: (now: boolean): void => {
      reachable = now;
    },
    connect: (event: Omit<AuthorizerEvent, 'methodArn'>) =>
      handler({ methodArn: 'arn:aws:execute-api:x:0:api/dev/$connect', ...event }),
  };
};
const connect = async (jwt: string, at = issuer()) => at.connect({ queryStringParameters: { token: jwt } });

// The library that verifies tokens reads the clock itself.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: start }));
afterEach(() => void vi.useRealTimers());

const encoded = (json: object): string => Buffer.from(JSON.stringify(json)).toString('base64url');

describe('an app connects with its token', () => {
  it('is admitted with the token in the query, under its subject', async () => {
    expect(await connect(await token())).toEqual({
      principalId: 'anna',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Action: 'execute-api:Invoke', Effect: 'Allow', Resource: 'arn:aws:execute-api:x:0:api/dev/$connect' },
        ],
      },
      context: { roles: 'driver' },
    });
  });

  it.each(['Authorization', 'authorization'])('is admitted with the token in the header %s', async (name) => {
    const headers = { [name]: `Bearer ${await token()}` };
    expect(await issuer().connect({ headers })).toMatchObject({ principalId: 'anna' });
  });

  it('is admitted by its header when the query has an empty token', async () => {
    const headers = { authorization: `Bearer ${await token()}` };
    expect(await issuer().connect({ headers, queryStringParameters: { token: '' } })).toMatchObject({
      principalId: 'anna',
    });
  });

  it('costs two calls of the issuer, however many apps connect', async () => {
    const at = issuer();
    for (const sub of ['anna', 'berta', 'clara']) await connect(await token({ sub }), at);
    expect(at.calls).toEqual(['https://issuer/.well-known/openid-configuration', 'https://issuer/keys']);
  });
});

describe('an app connects without a valid token', () => {
  it.each<[string, () => Promise<string> | string]>([
    ['a token that expired a second ago', () => token({ expiresIn: -1 })],
    ['a token without an expiry', () => token({ expiresIn: undefined })],
    ['a token that is not valid yet', () => token({ notBefore: 60 })],
    ['a token of another issuer', () => token({ iss: 'https://another-issuer' })],
    ['a token for another audience', () => token({ aud: 'another-app' })],
    ['a token signed with another key of the same name', () => token({ key: otherKey })],
    ['a token signed with an unknown key', () => token({ key: nextKey })],
    [
      'a token signed with the public key as a shared secret',
      () =>
        token({ key: { kid: 'key-1', alg: 'HS256', privateKey: new TextEncoder().encode(JSON.stringify(key.jwk)) } }),
    ],
    ['a token without a role', () => token({ claims: {} })],
    ['a token with an unknown role', () => token({ claims: { roles: ['admin'] } })],
    ['a token with a role whose name contains another', () => token({ claims: { roles: ['ex operator'] } })],
    ['a token with a known and an unknown role', () => token({ claims: { roles: ['driver', 'admin'] } })],
    ['a token without a subject', () => token({ sub: '' })],
    ['a text that is not a token', () => 'let me in'],
    [
      'a token without a signature',
      () => `${encoded({ alg: 'none' })}.${encoded({ sub: 'anna', roles: ['operator'] })}.`,
    ],
  ])('[OPS-8] is refused with %s', async (_, made) => {
    await expect(connect(await made())).rejects.toThrow(/^Unauthorized$/);
  });

  it.each([
    {},
    { headers: null, queryStringParameters: null },
    { headers: { authorization: '' } },
    { queryStringParameters: { token: '' } },
  ])('[OPS-8] is refused with no token at all: %j', async (event) => {
    const at = issuer();
    await expect(at.connect(event)).rejects.toThrow(/^Unauthorized$/);
    expect([at.calls, lines.all()]).toEqual([[], []]);
  });

  it('is refused with the reason unknown when what went wrong has no name', async () => {
    const refuse = authorizer(async () => Promise.reject('broken'), 'roles');
    const event = { methodArn: 'arn', queryStringParameters: { token: 'x' } };
    await expect(refuse(event)).rejects.toThrow(/^Unauthorized$/);
    expect(lines.named('Socket refused')).toMatchObject([{ outcome: 'refused', reason: 'unknown' }]);
  });

  it('never logs the token', async () => {
    const secret = await token({ expiresIn: -1 });
    await expect(connect(secret)).rejects.toThrow();
    expect(lines.named('Socket refused')).toMatchObject([{ outcome: 'refused', reason: 'JWTExpired' }]);
    expect(JSON.stringify(lines.all())).not.toContain(secret.slice(0, 40));
  });
});

describe('the issuer changes its keys', () => {
  it('[OPS-8] admits a token of the new key, and refuses one of a key that was removed', async () => {
    const at = issuer();
    await connect(await token(), at);
    at.rotate(nextKey);
    vi.setSystemTime(start + 31_000);
    expect(await connect(await token({ key: nextKey }), at)).toMatchObject({ principalId: 'anna' });
    await expect(connect(await token(), at)).rejects.toThrow(/^Unauthorized$/);
  });
});

describe('the issuer is unreachable', () => {
  it('refuses, and admits as soon as the issuer answers', async () => {
    const at = issuer();
    at.setReachable(false);
    await expect(connect(await token(), at)).rejects.toThrow(/^Unauthorized$/);
    at.setReachable(true);
    expect(await connect(await token(), at)).toMatchObject({ principalId: 'anna' });
  });
});
