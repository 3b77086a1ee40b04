/** The service account that may send pushes, and the access token it gets for a signed assertion (RFC 7523). */
import { importPKCS8, SignJWT } from 'jose';
import * as z from 'zod/mini';
import { Unavailable } from '../kernel/errors.ts';
import { parseWith, type Schema } from '../kernel/schema.ts';
import type { BasePorts, Env, Http } from '../platform/ports.ts';

const serviceAccount = z.object({
  project_id: z.string(),
  client_email: z.string(),
  private_key: z.string(),
  token_uri: z._default(z.url(), 'https://oauth2.googleapis.com/token'),
});
export type ServiceAccount = z.infer<typeof serviceAccount>;
const grant = z.object({ access_token: z.string(), expires_in: z.number() });

/** Answers the service account, or nothing when no push service is configured. */
export type Credentials = () => Promise<ServiceAccount | undefined>;
export type Access = { readonly projectId: string; readonly token: string };
export type AccessTokens = {
  /** @throws {Unavailable} when the account cannot be read, or no token is granted */
  readonly get: () => Promise<Access | undefined>;
  /** The push service refused the token: the next one is requested with the account as it then is. */
  readonly forget: () => void;
};

const scope = 'https://www.googleapis.com/auth/firebase.messaging';
const timeoutMs = 2_000;
/** A token is not used so shortly before its end. */
const marginMs = 60_000;

/** Wrong settings are not the fault of a message: it stays on its queue until they are corrected. */
const settingsOf = <T>(schema: Schema<T>, text: string, what: string): T => {
  try {
    return parseWith(schema, text);
  } catch (error) {
    throw new Unavailable(`${what} is invalid`, { cause: error });
  }
};

/** @param env FCM_CREDENTIALS: the key file of the service account; FCM_SECRET_ID: the secret that holds it instead */
export const credentialsFrom =
  ({ readSecret }: Pick<BasePorts, 'readSecret'>, { FCM_CREDENTIALS: json, FCM_SECRET_ID: id }: Env): Credentials =>
  async () => {
    if (!json && !id) return undefined;
    const text = json || (await readSecret(id as string));
    return settingsOf(serviceAccount, text, 'the service account of the push service');
  };

const assertionOf = async ({ client_email, private_key, token_uri }: ServiceAccount, at: number): Promise<string> => {
  const key = await importPKCS8(private_key, 'RS256').catch((cause: unknown) => {
    throw new Unavailable('the private key of the push service cannot be read', { cause });
  });
  const seconds = Math.floor(at / 1000);
  return new SignJWT({ scope })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
    .setIssuer(client_email)
    .setAudience(token_uri)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + 3_600)
    .sign(key);
};

const grantFor = async (http: Http, account: ServiceAccount, at: number): Promise<z.infer<typeof grant>> => {
  const assertion = await assertionOf(account, at);
  const { status, text } = await http(account.token_uri, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }).toString(),
    timeoutMs,
  }).catch((cause: unknown) => {
    throw new Unavailable('the token service of the push service does not answer', { cause });
  });
  if (status !== 200)
    throw new Unavailable(`the token service of the push service answered ${status}: ${text.slice(0, 200)}`);
  return settingsOf(grant, text, 'the answer of the token service');
};

type Kept = Access & { readonly usableUntil: number };

/** One token for all messages, until shortly before it ends. */
export const accessTokens = ({ http, now }: Pick<BasePorts, 'http' | 'now'>, read: Credentials): AccessTokens => {
  let current: Promise<Kept | undefined> | undefined;

  const renew = async (): Promise<Kept | undefined> => {
    const account = await read();
    if (!account) return undefined;
    const { access_token: token, expires_in } = await grantFor(http, account, now());
    return { projectId: account.project_id, token, usableUntil: now() + expires_in * 1000 - marginMs };
  };
  return {
    get: async () => {
      const before = current;
      const known = await before?.catch(() => undefined);
      if (known && now() < known.usableUntil) return known;
      // Of several callers at once the first renews it for all.
      if (current === before) current = renew();
      return current;
    },
    forget: () => {
      current = undefined;
    },
  };
};
