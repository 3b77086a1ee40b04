// Idempotency-Key as the gateway means it: only what went well is remembered, for five minutes, whatever the body (midtrans.md §1.4).
import type { Answer } from './answer.ts';
import type { Instant } from './transaction.ts';
import { MINUTE } from './wib.ts';

const LONGEST_KEY = 46;
const LIFETIME = 5 * MINUTE;
const SUCCESS: readonly unknown[] = ['200', '201', '407'];

export type Idempotency = {
  /** Runs the work, or gives the answer it had before, or says that it is running just now. */
  readonly once: (key: string | undefined, work: () => Promise<Answer>) => Promise<Answer | 'running'>;
};

type Entry = { readonly answer?: Answer; readonly until: Instant };

export const idempotency = (now: () => Instant): Idempotency => {
  const entries = new Map<string, Entry>();
  return {
    once: async (key, work) => {
      if (key === undefined || key === '' || key.length > LONGEST_KEY) return work();
      const known = entries.get(key);
      if (known && known.until > now()) return known.answer ?? 'running';
      entries.set(key, { until: Number.POSITIVE_INFINITY });
      try {
        const answer = await work();
        if (SUCCESS.includes(answer.body.status_code)) entries.set(key, { answer, until: now() + LIFETIME });
        else entries.delete(key);
        return answer;
      } catch (error) {
        entries.delete(key);
        throw error;
      }
    },
  };
};
