/** The caller of a request, from the verified claims of any OIDC issuer. */
import * as z from 'zod/mini';

export const roles = ['rider', 'driver', 'operator'] as const;
export type Role = (typeof roles)[number];
export type Principal = { readonly sub: string; readonly roles: readonly Role[] };

/**
 * API Gateway passes a list on as the text `[rider driver]`; an authorizer sees the list itself, which is read as that
 * text too, so that one token has the same roles everywhere. A plain text has them as an OAuth scope, with blanks.
 */
const textOf = (claim: unknown): string => {
  if (Array.isArray(claim)) return claim.every((one) => typeof one === 'string') ? claim.join(' ') : '';
  return typeof claim === 'string' ? claim.replace(/^\[(.*)\]$/s, '$1') : '';
};

const known = z.array(z.enum(roles));

/** Every word must be a role: `[ex operator]` may have been the one role "ex operator", so it gives none. */
const rolesIn = (claim: unknown): readonly Role[] => [...new Set(known.safeParse(textOf(claim).split(/, ?| /)).data)];

/** @returns nothing when the token names no subject */
export const principalFrom = (claims: Readonly<Record<string, unknown>>, rolesClaim: string): Principal | undefined => {
  const sub = claims.sub;
  if (typeof sub !== 'string' || sub === '' || !sub.isWellFormed()) return undefined;
  return { sub, roles: rolesIn(claims[rolesClaim]) };
};

export const has = (principal: Principal, role: Role): boolean => principal.roles.includes(role);
