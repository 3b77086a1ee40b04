/** Who is asking, from the verified claims of any OIDC issuer. */
import * as z from 'zod/mini';

export const roles = ['rider', 'driver', 'operator'] as const;
export type Role = (typeof roles)[number];
export type Principal = { readonly sub: string; readonly roles: readonly Role[] };

/** API Gateway hands list claims over as the text `[rider driver]`; a Lambda authorizer sees the list itself. */
const listed = (claim: unknown): readonly string[] =>
  Array.isArray(claim)
    ? claim.map(String)
    : String(claim ?? '')
        .replace(/^\[|\]$/g, '')
        .split(/[\s,]+/)
        .filter(Boolean);

const known = z.enum(roles);

/** @returns nothing when the token names no subject */
export const principalFrom = (claims: Readonly<Record<string, unknown>>, rolesClaim: string): Principal | undefined => {
  const sub = claims.sub;
  if (typeof sub !== 'string' || sub === '') return undefined;
  return { sub, roles: listed(claims[rolesClaim]).filter((role): role is Role => known.safeParse(role).success) };
};
