/** Keys from a secret, several of them so that one can be changed while what the older ones signed is still on its way. */
import type { BasePorts } from './ports.ts';

/** The newest first: it signs, all of them verify. */
export type Keys = () => Promise<readonly string[]>;

const freshMs = 5 * 60_000;

/** With commas, blanks or newlines between them: secret stores like to add a newline at the end, which would spoil a signature. */
const keysIn = (secret: string): readonly string[] => secret.split(/[\s,]+/).filter(Boolean);

/**
 * @param from `given`: the keys themselves (one machine), else the secret of this id: kept for five minutes, and used on when it cannot
 *   be read again. Neither: no keys
 * @param guard throws when the keys are not to be used; its message must not hold a key
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
