/** What the notification filter remembers, and how it is stored. */
/** How many notification ids, and how many rides, are remembered. */
export const remembered = 100;

/** Keeps the memory of the filter over a restart of the app, for example in `localStorage`. */
export type Storage = {
  /** What was saved last; nothing at first. */
  readonly load: () => string | null | undefined | Promise<string | null | undefined>;
  readonly save: (text: string) => void | Promise<void>;
};

type Numbered = readonly (readonly [rideId: string, number: number])[];
type Memory = { readonly seen: readonly string[]; readonly known: Numbered; readonly answered: Numbered };

const numbered = (entries: unknown): Numbered =>
  (Array.isArray(entries) ? entries : []).filter(
    (entry) => typeof entry?.[0] === 'string' && Number.isInteger(entry[1]),
  );

const memoryFrom = (text: string | null | undefined): Memory => {
  try {
    const { seen, known, answered } = JSON.parse(text ?? '{}') as Partial<Memory>;
    return {
      seen: (Array.isArray(seen) ? seen : []).filter((id) => typeof id === 'string'),
      known: numbered(known),
      answered: numbered(answered),
    };
  } catch {
    return { seen: [], known: [], answered: [] };
  }
};

/** Puts the key last; the oldest goes when there are too many. */
export const remember = <Value>(memory: Map<string, Value>, key: string, value: Value): void => {
  memory.delete(key);
  memory.set(key, value);
  for (const oldest of memory.keys()) {
    if (memory.size <= remembered) return;
    memory.delete(oldest);
  }
};

/** Saves one after another, and of those that wait only the newest. */
const saver = ({ save }: Storage, text: () => string, failed: (error: unknown) => void) => {
  let saving = false;
  let again = false;
  const run = async (): Promise<void> => {
    do {
      again = false;
      try {
        await save(text());
      } catch (error) {
        failed(error);
      }
    } while (again);
    saving = false;
  };
  return (): void => {
    again = true;
    if (saving) return;
    saving = true;
    void Promise.resolve().then(run);
  };
};

/** @param failed called when the storage fails */
export const filterMemory = (storage: Storage | undefined, failed: (error: unknown) => void) => {
  const seen = new Map<string, true>();
  const known = new Map<string, number>();
  /** The highest sequence that came, and the highest that was answered. */
  const offered = new Map<string, number>();
  const answered = new Map<string, number>();
  const text = (): string =>
    JSON.stringify({ seen: [...seen.keys()], known: [...known], answered: [...answered] } satisfies Memory);
  const raise = (memory: Map<string, number>, rideId: string, value: number): void =>
    remember(memory, rideId, Math.max(value, memory.get(rideId) ?? 0));

  const load = async (): Promise<void> => {
    const memory = memoryFrom(await storage?.load());
    const [newerSeen, newerKnown] = [[...seen.keys()], [...known]];
    for (const id of [...memory.seen, ...newerSeen]) remember(seen, id, true);
    for (const [rideId, version] of [...memory.known, ...newerKnown]) raise(known, rideId, version);
    for (const [rideId, sequence] of memory.answered) raise(answered, rideId, sequence);
  };
  const save = storage ? saver(storage, text, failed) : () => {};
  return { seen, known, offered, answered, raise, save, ready: load().catch(failed) };
};
