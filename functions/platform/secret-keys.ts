/** Keys from a secret; several, so that one can be rotated while messages signed with the older ones are in flight. */
import type { BasePorts } from './ports.ts';

/** The newest first: it signs, all of them verify. */
export type Keys = () => Promise<readonly string[]>;

const freshMs = 5 * 60_000;

/** Separated by commas, blanks or newlines: secret stores add a newline at the end, which would break a signature. */
const keysIn = (secret: string): readonly string[] => secret.split(/[\s,]/).filter(Boolean);

/**
 * @param from `given`: the keys themselves (one machine), else the id of a secret, which is cached for five minutes and
 *   kept when it cannot be read again; neither: no keys
 * @param guard throws when the keys must not be used; its message must not contain a key
 */
export const secretKeys = (
  { now, readSecret }: Pick<BasePorts, 'now' | 'readSecret'>,
  { given, secretId }: { readonly given: string | undefined; readonly secretId: string | undefined },
  guard: (keys: readonly string[]) => readonly string[],
): Keys | undefined => {
  if (given) {
    const keys = guard(keysIn(given));
    return async () => keys;
  }
  if (!secretId) return undefined;
  let known: readonly string[] | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (known && now() - readAt < freshMs) return known;
    readAt = now();
    try {
      known = guard(keysIn(await readSecret(secretId)));
    } catch (error) {
      if (!known) throw error;
    }
    return known;
  };
};
