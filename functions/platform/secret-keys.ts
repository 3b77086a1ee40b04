/** Keys from a secret, several of them so that one can be changed while what the older ones signed is still on its way. */
export type Keys = () => Promise<readonly string[]>;

const freshMs = 5 * 60_000;

/** With commas, blanks or newlines between them. Secret stores love to add a newline at the end; it would spoil a signature. */
export const keysIn = (secret: string): readonly string[] => secret.split(/[\s,]+/).filter(Boolean);

export const fetchKeys = async (id: string): Promise<readonly string[]> => {
  const { readSecret } = await import('./secret.client.ts');
  return keysIn(await readSecret(id));
};

/**
 * The keys of a secret, kept for five minutes; when it cannot be read again, the keys known are used on.
 * @param guard throws when the keys are not to be used; its message must not hold a key
 */
export const secretKeys = (
  read: () => Promise<readonly string[]>,
  now: () => number,
  guard: (keys: readonly string[]) => readonly string[],
): Keys => {
  let known: readonly string[] | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (known && now() - readAt < freshMs) return known;
    readAt = now();
    try {
      known = guard(await read());
    } catch (error) {
      if (!known) throw error;
    }
    return known;
  };
};
