/** The token issuer of one machine: an OIDC provider that gives anyone a token for any role. Only for development. */
import { exportJWK, exportPKCS8, generateKeyPair, importPKCS8, SignJWT } from 'jose';
import { AwsError } from '../../server/aws-json.ts';
import type { State } from '../state.ts';
import { issuesOf, z } from '../template/schema.ts';

export type Issuer = Awaited<ReturnType<typeof openIssuer>>;

const requestSchema = z.object({
  sub: z.string().min(1),
  role: z.string().optional(),
  roles: z.array(z.string()).optional(),
  /** Seconds from now; a negative number gives a token that has already expired. */
  expiresIn: z.coerce.number().int().default(43_200),
  audience: z.string().optional(),
  scope: z.string().optional(),
  /** A verified address for mail. */
  email: z.string().optional(),
  locale: z.string().optional(),
});

type TokenRequest = z.infer<typeof requestSchema>;

/** Reads what a token is to contain, from a JSON body or a query. */
export const parseTokenRequest = (input: unknown): TokenRequest => {
  const parsed = requestSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new AwsError('InvalidRequest', issuesOf(parsed.error));
};

const keyId = 'local';

const keyOf = async (state: State): Promise<Awaited<ReturnType<typeof importPKCS8>>> => {
  const stored = state.get('issuer', 'key');
  if (stored !== undefined) return importPKCS8(stored, 'RS256', { extractable: true });
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  state.set('issuer', 'key', await exportPKCS8(privateKey));
  return privateKey;
};

export const openIssuer = async (state: State, url: string) => {
  const key = await keyOf(state);
  const { kty, n, e } = await exportJWK(key);
  return {
    url,
    token: ({ sub, role, roles, expiresIn, scope, email, locale, audience = 'tuntas' }: TokenRequest) => {
      const now = Math.floor(Date.now() / 1000);
      const verified = email === undefined ? {} : { email, email_verified: true };
      const claims = { roles: roles ?? (role === undefined ? [] : [role]), scope, ...verified, locale };
      return new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', kid: keyId, typ: 'JWT' })
        .setIssuer(url)
        .setAudience(audience)
        .setSubject(sub)
        .setIssuedAt(Math.min(now, now + expiresIn))
        .setExpirationTime(now + expiresIn)
        .sign(key);
    },
    configuration: () => ({
      issuer: url,
      jwks_uri: `${url}/.well-known/jwks.json`,
      response_types_supported: ['token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    }),
    keys: () => ({ keys: [{ kty, n, e, kid: keyId, alg: 'RS256', use: 'sig' }] }),
  };
};
