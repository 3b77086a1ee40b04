/** The pauses between attempts. Pure: chance and time are arguments. */

export type Backoff = {
  /** Ceiling of the first pause, in milliseconds; it doubles with each attempt. */
  readonly firstMs: number;
  /** No pause is longer, in milliseconds. */
  readonly longestMs: number;
};

/**
 * Exponential backoff with full jitter, so that a thousand apps do not reconnect at once.
 * @param attempt 0 for the first pause
 * @param random 0 ≤ random < 1
 */
export const backoff = (attempt: number, { firstMs, longestMs }: Backoff, random: number): number =>
  Math.floor(random * Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 30)));

/** `Retry-After` in milliseconds: seconds or an HTTP date; nothing when it is neither. */
export const retryAfter = (header: string | null, now: number): number | undefined => {
  if (header === null || header.trim() === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
};
