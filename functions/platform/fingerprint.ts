/** Distinguishes a repeated request from a different one under the same Idempotency-Key. */
import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

const hashed = (text: string): string => createHash('sha256').update(text).digest('base64url');

/**
 * Of the content, not of how its JSON is written. It is stored with the key for 30 days: a new field with a default in
 * the schema would change it for every request, so such a field gets its default after the check.
 * @param body parsed and checked
 */
export const fingerprintOf = (body: unknown): string => hashed(canonicalJson(body));

/** As stored until November 2026. To be removed 30 days after the deployment of `fingerprintOf`. */
export const formerFingerprintOf = (text: string): string => hashed(text);
