/** How long to wait before trying again. Pure but for the chance that comes in. */

export type Backoff = {
  /** Ceiling of the first wait, in milliseconds; it doubles with each attempt. */
  readonly firstMs: number;
  /** No wait is longer, in milliseconds. */
  readonly longestMs: number;
};

/**
 * Exponential backoff with full jitter: any wait up to the ceiling is as likely, so that a thousand apps do not come back at once.
 * @param attempt 0 for the first wait
 * @param random 0 ≤ random < 1
 */
export const backoff = (attempt: number, { firstMs, longestMs }: Backoff, random: number): number =>
  Math.floor(random * Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 30)));

/** `Retry-After` in milliseconds: seconds or an HTTP date; nothing when it says neither. */
export const retryAfter = (header: string | null, now: number): number | undefined => {
  if (header === null || header.trim() === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
};
