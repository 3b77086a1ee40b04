/** An app opens its WebSocket with the token of its issuer. */
import { generateKeyPair, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { type AuthorizerEvent, authorizer } from '../../functions/notify/authorizer.ts';
import { logLines } from '../support/log.ts';

const lines = logLines();
const issuer = 'https://issuer.example';
const audience = 'tuntas';
const keys = await generateKeyPair('ES256');
const others = await generateKeyPair('ES256');
const token = (
  wishes: {
    claims?: JWTPayload;
    iss?: string;
    aud?: string;
    exp?: string | number;
    sub?: string;
    key?: typeof keys.privateKey;
  } = {},
) =>
  new SignJWT(wishes.claims ?? { roles: ['driver'] })
    .setProtectedHeader({ alg: 'ES256' })
    .setSubject(wishes.sub ?? 'anna')
    .setIssuer(wishes.iss ?? issuer)
    .setAudience(wishes.aud ?? audience)
    .setExpirationTime(wishes.exp ?? '5m')
    .sign(wishes.key ?? keys.privateKey);

const handler = authorizer(
  async (jwt) => (await jwtVerify(jwt, keys.publicKey, { issuer, audience, requiredClaims: ['exp', 'sub'] })).payload,
  'roles',
);
const connect = (event: Omit<AuthorizerEvent, 'methodArn'>) =>
  handler({ methodArn: 'arn:aws:execute-api:x:0:api/dev/$connect', ...event });

describe('an app connects with its token', () => {
  it('is let in with the token in the query, as who it is', async () => {
    expect(await connect({ queryStringParameters: { token: await token() } })).toEqual({
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

  it.each(['Authorization', 'authorization'])('is let in with the token in the header %s', async (name) => {
    expect(await connect({ headers: { [name]: `Bearer ${await token()}` } })).toMatchObject({ principalId: 'anna' });
  });

  it('is let in by its header though the query has an empty token', async () => {
    const headers = { authorization: `Bearer ${await token()}` };
    expect(await connect({ headers, queryStringParameters: { token: '' } })).toMatchObject({ principalId: 'anna' });
  });
});

describe('an app connects without the right token', () => {
  it.each<[string, () => Promise<string> | string]>([
    ['a token that is expired', () => token({ exp: Math.floor(Date.now() / 1_000) - 60 })],
    ['a token of another issuer', () => token({ iss: 'https://elsewhere.example' })],
    ['a token for another audience', () => token({ aud: 'another-app' })],
    ['a token signed by another', () => token({ key: others.privateKey })],
    ['a token without a role', () => token({ claims: {} })],
    ['a token with roles it does not know', () => token({ claims: { roles: ['admin'] } })],
    ['a token with a role whose name contains that of another', () => token({ claims: { roles: ['ex operator'] } })],
    ['a token with a role among others it does not know', () => token({ claims: { roles: ['driver', 'admin'] } })],
    ['a token without a subject', () => token({ sub: '' })],
    ['a text that is no token', () => 'let me in'],
    [
      'a token without a signature',
      () =>
        `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"anna","roles":["operator"]}').toString('base64url')}.`,
    ],
  ])('[OPS-8] is refused with %s', async (_, made) => {
    await expect(connect({ queryStringParameters: { token: await made() } })).rejects.toThrow(/^Unauthorized$/);
  });

  it.each([
    {},
    { headers: null, queryStringParameters: null },
    { headers: { authorization: '' } },
    { queryStringParameters: { token: '' } },
  ])('[OPS-8] is refused with no token at all: %j', async (event) => {
    await expect(connect(event)).rejects.toThrow(/^Unauthorized$/);
  });

  it('never logs the token', async () => {
    const secret = await token({ exp: 1 });
    await expect(connect({ queryStringParameters: { token: secret } })).rejects.toThrow();
    expect(lines.named('Socket refused')).toHaveLength(1);
    expect(JSON.stringify(lines.all())).not.toContain(secret.slice(0, 40));
  });
});
