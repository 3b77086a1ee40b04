/** The JWT authorizer of an HTTP API: tokens of one issuer for one audience, signed with RSA, as on AWS. */
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';
import { z } from '../template/schema.ts';
import { claimTexts, type JwtContext } from './event.ts';

/** @param scopes any of them is enough */
export type Authorize = (
  authorization: string | undefined,
  scopes: readonly string[],
) => Promise<JwtContext | 'unauthorized' | 'forbidden'>;

const discovery = z.looseObject({ jwks_uri: z.string() });
const maxVerified = 10_000;

const isInTime = ({ exp, nbf }: JWTPayload): boolean => {
  const now = Date.now() / 1000;
  return (exp === undefined || exp > now) && (nbf === undefined || nbf <= now);
};

export const jwtAuthorizer = (issuer: string, audience: readonly string[]): Authorize => {
  let keys: ReturnType<typeof createRemoteJWKSet> | undefined;
  // A signature is verified once per token, its times with every request.
  const verified = new Map<string, { readonly payload: JWTPayload; readonly claims: JwtContext['claims'] }>();

  const findKeys = async (): Promise<NonNullable<typeof keys>> => {
    const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
    return createRemoteJWKSet(new URL(discovery.parse(await response.json()).jwks_uri));
  };

  const verify = async (token: string) => {
    const known = verified.get(token);
    if (known) return known;
    keys ??= await findKeys();
    const { payload } = await jwtVerify(token, keys, { issuer, algorithms: ['RS256', 'RS384', 'RS512'] });
    const named = [payload.aud ?? [], payload.client_id ?? []].flat();
    if (!audience.some((one) => named.includes(one))) throw new Error('the token is for another audience');
    if (verified.size >= maxVerified) verified.clear();
    const fresh = { payload, claims: claimTexts(payload) };
    verified.set(token, fresh);
    return fresh;
  };

  return async (authorization, scopes) => {
    const token = authorization?.replace(/^Bearer\s+/i, '').trim();
    const found = token ? await verify(token).catch(() => undefined) : undefined;
    if (!found || !isInTime(found.payload)) return 'unauthorized';
    const granted: readonly string[] = String(found.payload.scope ?? '').match(/[^ ]+/g) ?? [];
    if (scopes.length > 0 && !scopes.some((scope) => granted.includes(scope))) return 'forbidden';
    return { claims: found.claims, scopes: scopes.length > 0 ? granted : null };
  };
};
