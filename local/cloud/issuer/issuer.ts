/** The token issuer of one machine: an OIDC provider that gives anyone a token for any role. Never for anything but development. */
import { exportJWK, exportPKCS8, generateKeyPair, importPKCS8, type JWTPayload, SignJWT } from 'jose';
import { AwsError } from '../../server/aws-json.ts';
import type { State } from '../state.ts';
import { z } from '../template/schema.ts';

export interface Issuer {
  readonly url: string;
  readonly token: (wish: Wish) => Promise<string>;
  readonly configuration: () => Record<string, unknown>;
  readonly keys: () => Record<string, unknown>;
}

const wishSchema = z.object({
  sub: z.string().min(1),
  role: z.string().optional(),
  roles: z.array(z.string()).optional(),
  /** Seconds from now; a negative number gives a token that has already expired. */
  expiresIn: z.coerce
    .number()
    .int()
    .default(12 * 3600),
  audience: z.string().optional(),
  scope: z.string().optional(),
  /** A verified address for mail. */
  email: z.string().optional(),
  locale: z.string().optional(),
});

export type Wish = z.input<typeof wishSchema>;

/** Reads what a token shall say, from a JSON body or a query. */
export const parseWish = (input: unknown): Wish => {
  const parsed = wishSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new AwsError(
    'InvalidRequest',
    parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
  );
};

const KEY_ID = 'local';

const keyOf = async (state: State): Promise<Awaited<ReturnType<typeof importPKCS8>>> => {
  const kept = state.get('issuer', 'key');
  if (kept !== undefined) return importPKCS8(kept, 'RS256', { extractable: true });
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  state.set('issuer', 'key', await exportPKCS8(privateKey));
  return privateKey;
};

export const openIssuer = async (
  state: State,
  options: { readonly url: string; readonly audience: string; readonly rolesClaim: string },
): Promise<Issuer> => {
  const { url, audience, rolesClaim } = options;
  const key = await keyOf(state);
  const { kty, n, e } = await exportJWK(key);
  return {
    url,
    token: (wish) => {
      const { sub, role, roles, expiresIn, scope, email, locale, audience: other } = wishSchema.parse(wish);
      const now = Math.floor(Date.now() / 1000);
      const claims: JWTPayload = {
        [rolesClaim]: roles ?? (role === undefined ? [] : [role]),
        ...(scope !== undefined && { scope }),
        ...(email !== undefined && { email, email_verified: true }),
        ...(locale !== undefined && { locale }),
      };
      return new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', kid: KEY_ID, typ: 'JWT' })
        .setIssuer(url)
        .setAudience(other ?? audience)
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
    keys: () => ({ keys: [{ kty, n, e, kid: KEY_ID, alg: 'RS256', use: 'sig' }] }),
  };
};
