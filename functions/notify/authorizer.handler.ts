/** The WebSocket authorizer, wired for Lambda. Keys of the issuer are fetched once and kept. */
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { env } from '../platform/env.ts';
import { authorizer, type Verify } from './authorizer.ts';

const issuer = env('OIDC_ISSUER');
const timeoutDuration = 1_500;
let keys: ReturnType<typeof createRemoteJWKSet> | undefined;

const discovered = async (): Promise<ReturnType<typeof createRemoteJWKSet>> => {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(timeoutDuration),
  });
  const { jwks_uri } = (await response.json()) as { jwks_uri: string };
  return createRemoteJWKSet(new URL(jwks_uri), { timeoutDuration });
};

const verify: Verify = async (token) => {
  keys ??= await discovered();
  const { payload } = await jwtVerify(token, keys, { issuer, audience: env('OIDC_AUDIENCE'), requiredClaims: ['exp', 'sub'] });
  return payload;
};

export const handler = authorizer(verify, env('ROLES_CLAIM'));
