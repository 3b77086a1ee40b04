/** Tells a repetition of a request from another request under the same Idempotency-Key. */
import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

const hashed = (text: string): string => createHash('sha256').update(text).digest('base64url');

/**
 * Of what the request says, not of how its JSON is written. It is stored with the key for 30 days: a field that joins
 * the schema with a default changes it for every request, so give such a field its default after the check.
 * @param body parsed and checked
 */
export const fingerprintOf = (body: unknown): string => hashed(canonicalJson(body));

/**
 * As keys were stored until November 2026, and payments with them: a repetition of such a request is known by it.
 * To be removed when the last of those keys has expired, 30 days after the deployment of `fingerprintOf`.
 */
export const formerFingerprintOf = (text: string): string => hashed(text);
