/** The address for mail from the claims of a person's token (OpenID Connect Core 1.0, 5.1). */
import type { Contact, Language } from './contacts.store.ts';

/** API Gateway passes every claim as text. */
const isTrue = (claim: unknown): boolean => claim === true || claim === 'true';

/** One address, no display name, nothing that could begin another header. The mail service checks the rest. */
const form = /^[^\s@<>(),;:"[\]\\]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$/;
const longest = 254;

export const isEmail = (text: string): boolean => text.length <= longest && text.isWellFormed() && form.test(text);

const languageOf = (locale: unknown): Language | undefined => {
  const [, language] = /^(id|in|en)(?![a-z])/i.exec(String(locale ?? '')) ?? [];
  if (!language) return undefined;
  return language.toLowerCase() === 'en' ? 'en' : 'id';
};

/** @param given the address the person entered; it takes precedence over the claim */
export const contactFrom = (claims: Readonly<Record<string, unknown>>, given?: string): Contact | undefined => {
  const { email, email_verified, locale } = claims;
  const claimed = typeof email === 'string' && isTrue(email_verified) && isEmail(email) ? email : undefined;
  const address = given ?? claimed;
  return address === undefined ? undefined : { email: address, language: languageOf(locale) };
};
