/** Verifies the tokens of any OIDC issuer, where API Gateway does not. The issuer's keys are fetched once and kept. */
import { createRemoteJWKSet, customFetch, type JWTPayload, jwtVerify } from 'jose';
import type { Http } from './ports.ts';

/** Verifies signature, issuer, audience and times. @throws when any of them is wrong, or the issuer does not answer */
export type Verify = (token: string) => Promise<JWTPayload>;

const timeoutMs = 1_500;

const discovered = async (http: Http, issuer: string): Promise<ReturnType<typeof createRemoteJWKSet>> => {
  const { text } = await http(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, { timeoutMs });
  const { jwks_uri } = JSON.parse(text) as { readonly jwks_uri: string };
  const fetchKeys = async (url: string): Promise<Response> => {
    const answer = await http(url, { timeoutMs });
    return new Response(answer.text, { status: answer.status });
  };
  return createRemoteJWKSet(new URL(jwks_uri), { timeoutDuration: timeoutMs, [customFetch]: fetchKeys });
};

/** @param issuer URL of the issuer; its keys are found by OpenID Connect discovery */
export const tokenVerifier = (http: Http, issuer: string, audience: string): Verify => {
  let keys: ReturnType<typeof createRemoteJWKSet> | undefined;
  return async (token) => {
    keys ??= await discovered(http, issuer);
    const { payload } = await jwtVerify(token, keys, { issuer, audience, requiredClaims: ['exp', 'sub'] });
    return payload;
  };
};

type Request = {
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | null;
};

/** Browsers cannot set headers on a WebSocket or an EventSource, so the token may be in the query. */
export const tokenOf = ({ headers, queryStringParameters }: Request): string | undefined => {
  const header = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  return queryStringParameters?.token || header?.replace(/^Bearer /i, '');
};
