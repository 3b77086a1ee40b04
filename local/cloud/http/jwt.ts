/** The JWT authorizer of an HTTP API: tokens of one issuer for one audience, signed with RSA, as on AWS. */
import { createRemoteJWKSet, decodeJwt, type JWTPayload, jwtVerify } from 'jose';
import { z } from '../template/schema.ts';
import { claimTexts, type JwtContext } from './event.ts';

export type Judge = (
  authorization: string | undefined,
  scopes: readonly string[],
) => Promise<JwtContext | 'unauthorized' | 'forbidden'>;

const discovery = z.looseObject({ jwks_uri: z.string() });
const MOST_KEPT = 10_000;

interface Kept {
  readonly payload: JWTPayload;
  readonly claims: Readonly<Record<string, string>>;
}

export const jwtAuthorizer = ({
  issuer,
  audience,
}: {
  readonly issuer: string;
  readonly audience: readonly string[];
}): Judge => {
  let keys: ReturnType<typeof createRemoteJWKSet> | undefined;
  // A signature is checked once per token, its times with every request.
  const kept = new Map<string, Kept>();

  const findKeys = async (): Promise<NonNullable<typeof keys>> => {
    const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
    const { jwks_uri: uri } = discovery.parse(await response.json());
    return createRemoteJWKSet(new URL(uri));
  };

  const verify = async (token: string): Promise<Kept> => {
    keys ??= await findKeys();
    const { payload } = await jwtVerify(token, keys, { issuer, algorithms: ['RS256', 'RS384', 'RS512'] });
    const named = [payload.aud ?? [], payload.client_id ?? []].flat();
    if (!audience.some((one) => named.includes(one))) throw new Error('the token is for another audience');
    return { payload, claims: claimTexts(payload) };
  };

  const isInTime = ({ exp, nbf }: JWTPayload): boolean => {
    const now = Date.now() / 1000;
    return (exp === undefined || exp > now) && (nbf === undefined || nbf <= now);
  };

  const check = async (token: string): Promise<Kept> => {
    const known = kept.get(token);
    if (known) return known;
    decodeJwt(token);
    const fresh = await verify(token);
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(token, fresh);
    return fresh;
  };

  return async (authorization, scopes) => {
    const token = authorization?.replace(/^Bearer\s+/i, '').trim();
    if (!token) return 'unauthorized';
    try {
      const { payload, claims } = await check(token);
      if (!isInTime(payload)) return 'unauthorized';
      const granted = String(payload.scope ?? '')
        .split(' ')
        .filter(Boolean);
      if (scopes.length > 0 && !scopes.some((scope) => granted.includes(scope))) return 'forbidden';
      return { claims, scopes: scopes.length > 0 ? granted : null };
    } catch {
      return 'unauthorized';
    }
  };
};
