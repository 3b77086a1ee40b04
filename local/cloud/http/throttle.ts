/** API Gateway's throttle: a bucket of tokens that fills at the rate and holds the burst. */

/** @returns whether one more request may pass now */
export const throttleOf = (rate: number | undefined, burst: number | undefined, now = () => performance.now()) => {
  if (rate === undefined || burst === undefined) return () => true;
  let tokens = burst;
  let filledAt = now();
  return (): boolean => {
    const at = now();
    tokens = Math.min(burst, tokens + ((at - filledAt) / 1000) * rate);
    filledAt = at;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
};
