/** Keys that make a request repeatable, written in the transaction that creates the aggregate, and kept. */
import type { Instant } from '../kernel/types.ts';
import { fromItem, type Item, ifUnchanged, toItem } from './dynamo.ts';

/** `id` is unique in `scope`; `fingerprint` distinguishes a repetition from another request under the same id. */
export type IdempotencyKey = {
  readonly scope: string;
  readonly id: string;
  readonly fingerprint: string;
  /** Its older form, for keys that were stored with it. */
  readonly formerFingerprint?: string;
  readonly expiresAt: Instant;
  /** The aggregate this key led to before, which no longer holds it. */
  readonly replaces?: string;
};

export type Created =
  | { readonly outcome: 'created'; readonly version: 1 }
  | { readonly outcome: 'repeated'; readonly id: string }
  | { readonly outcome: 'key-reused'; readonly id: string };

/** TTL of an item, in seconds. */
export const expiry = (at: Instant): number => Math.ceil(at / 1_000);

export const putKey = (table: string, key: IdempotencyKey, id: string) => ({
  Put: {
    TableName: table,
    Item: toItem({
      pk: `KEY#${encodeURIComponent(key.scope)}#${encodeURIComponent(key.id)}`,
      sk: 'KEY',
      id,
      fingerprint: key.fingerprint,
      expiresAt: expiry(key.expiresAt),
    }),
    ...ifUnchanged('id', key.replaces),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  },
});

/** The outcome for a request whose key exists. */
export const takenBy = ({ fingerprint, formerFingerprint }: IdempotencyKey, item: Item): Created => {
  const taken = fromItem<{ readonly id: string; readonly fingerprint: string }>(item);
  const isRepeated = taken.fingerprint === fingerprint || taken.fingerprint === formerFingerprint;
  return { outcome: isRepeated ? 'repeated' : 'key-reused', id: taken.id };
};
