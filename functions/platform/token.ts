/** Verifies the tokens of any OIDC issuer, where API Gateway does not do it. Keys of the issuer are fetched once and kept. */
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';

/** Verifies signature, issuer, audience and times. @throws when any of them is wrong, or the issuer does not answer */
export type Verify = (token: string) => Promise<JWTPayload>;

const timeoutDuration = 1_500;

const discovered = async (issuer: string): Promise<ReturnType<typeof createRemoteJWKSet>> => {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(timeoutDuration),
  });
  const { jwks_uri } = (await response.json()) as { jwks_uri: string };
  return createRemoteJWKSet(new URL(jwks_uri), { timeoutDuration });
};

/** @param issuer URL of the issuer; its keys are found by OpenID Connect discovery */
export const tokenVerifier = (issuer: string, audience: string): Verify => {
  let keys: ReturnType<typeof createRemoteJWKSet> | undefined;
  return async (token) => {
    keys ??= await discovered(issuer);
    const { payload } = await jwtVerify(token, keys, { issuer, audience, requiredClaims: ['exp', 'sub'] });
    return payload;
  };
};

type Asking = {
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | null;
};

/** Browsers cannot set headers on a WebSocket or an EventSource, so the token may stand in the query. */
export const tokenOf = ({ headers, queryStringParameters }: Asking): string | undefined => {
  const header = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  return queryStringParameters?.token || header?.replace(/^Bearer /i, '');
};
