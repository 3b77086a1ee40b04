/** An OIDC issuer behind an HTTP port, and the tokens it signs. */
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { Http } from '../../functions/platform/ports.ts';

export const issuer = async (url: string, audience: string) => {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const documents: Readonly<Record<string, object>> = {
    [`${url}/.well-known/openid-configuration`]: { jwks_uri: `${url}/keys` },
    [`${url}/keys`]: { keys: [{ ...(await exportJWK(publicKey)), kid: 'key-1', alg: 'ES256' }] },
  };
  const http: Http = async (document) => ({
    status: documents[document] ? 200 : 404,
    text: JSON.stringify(documents[document] ?? {}),
  });
  return {
    http,
    /** Valid for an hour, unless `claims` differ. */
    token: (claims: JWTPayload): Promise<string> =>
      new SignJWT({ iss: url, aud: audience, exp: Math.floor(Date.now() / 1_000) + 3_600, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'key-1' })
        .sign(privateKey),
  };
};
