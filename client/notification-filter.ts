/** Keeps an app from showing the same thing twice, or an offer that is over (DSP-7). */
import { isRideNotificationType } from './notifications.ts';
import type { Ride } from './types.ts';

/** How many notification ids, and how many rides, are remembered. */
export const remembered = 100;

/** Keeps the memory of the filter over a restart of the app; `localStorage` and the storages of React Native fit with one line each. */
export type Storage = {
  /** What was saved last; nothing at first. */
  readonly load: () => string | null | undefined | Promise<string | null | undefined>;
  readonly save: (text: string) => void | Promise<void>;
};

/** What of a notification the filter looks at; what comes with a mobile push has the same fields. */
export type Told = {
  readonly id: string;
  readonly type: string;
  readonly rideId: string;
  readonly version: number;
  /** Of an offer: its number among the offers of the ride. */
  readonly sequence?: number;
};

export type NotificationFilter = {
  /** Resolves when the memory is loaded; the filter forgets nothing before. */
  readonly ready: Promise<void>;
  /**
   * Whether the app should show the notification. It is dropped when its id is among the last 100 that came, or when the
   * app already knows the ride at a later version: an offer that comes after its withdrawal, a pickup that comes after a
   * newer one. An offer is also dropped when the driver has answered it, whatever its version.
   */
  readonly accepts: (notification: Told) => boolean;
  /** Whether the app already knows that the ride has changed since. */
  readonly knowsNewer: (notification: Pick<Told, 'type' | 'rideId' | 'version'>) => boolean;
  /**
   * The driver accepts or declines: the offer of the ride that came last, and any with a lower sequence, is dropped from
   * now on. The client calls it for each `accept` and `decline`; an app that sends its answers another way calls it
   * before it sends one.
   * @returns takes it back; to be called when the answer failed and the offer still awaits one
   */
  readonly answered: (rideId: string) => () => void;
  /** Tells the filter what the app read of a ride, so that it drops what is older. */
  readonly learn: (ride: Pick<Ride, 'rideId' | 'version' | 'offers'>) => void;
};

type Numbered = readonly (readonly [rideId: string, number: number])[];
type Memory = { readonly seen: readonly string[]; readonly known: Numbered; readonly answered: Numbered };

/** Of no offer came a sequence: the answer is to all of them. */
const every = Number.MAX_SAFE_INTEGER;

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
const remember = <Value>(memory: Map<string, Value>, key: string, value: Value): void => {
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

/**
 * @param storage without it the memory ends with the app
 * @param failed hears when the storage fails; the filter goes on without it
 */
export const notificationFilter = (
  storage?: Storage,
  failed: (error: unknown) => void = () => {},
): NotificationFilter => {
  const seen = new Map<string, true>();
  const known = new Map<string, number>();
  /** The highest sequence that came, and the highest that was answered. */
  const offered = new Map<string, number>();
  const answered = new Map<string, number>();
  const text = (): string =>
    JSON.stringify({ seen: [...seen.keys()], known: [...known], answered: [...answered] } satisfies Memory);
  const save = storage ? saver(storage, text, failed) : () => {};

  const raise = (memory: Map<string, number>, rideId: string, value: number): void =>
    remember(memory, rideId, Math.max(value, memory.get(rideId) ?? 0));
  const knows = (rideId: string, version: number): void => raise(known, rideId, version);

  const load = async (): Promise<void> => {
    const memory = memoryFrom(await storage?.load());
    const [newerSeen, newerKnown] = [[...seen.keys()], [...known]];
    for (const id of [...memory.seen, ...newerSeen]) remember(seen, id, true);
    for (const [rideId, version] of [...memory.known, ...newerKnown]) knows(rideId, version);
    for (const [rideId, sequence] of memory.answered) raise(answered, rideId, sequence);
  };

  /** What ended or changed an offer has its version or a later one. */
  const knowsNewer: NotificationFilter['knowsNewer'] = ({ type, rideId, version }) => {
    const newest = known.get(rideId) ?? 0;
    return type === 'NEW_RIDE_REQUEST' ? version <= newest : version < newest;
  };

  /** Sequences begin with 1; what says none is taken for the first offer. */
  const isAnswered = ({ type, rideId, sequence = 1 }: Told): boolean => {
    if (type !== 'NEW_RIDE_REQUEST') return false;
    raise(offered, rideId, sequence);
    return sequence <= (answered.get(rideId) ?? 0);
  };

  const isNews = (notification: Told): boolean => {
    const { id, type, rideId, version } = notification;
    // Not remembered as seen: should the answer be taken back, it is news again.
    if (isAnswered(notification)) return false;
    const repeated = seen.has(id);
    remember(seen, id, true);
    if (repeated) return false;
    if (!isRideNotificationType(type)) return true;
    const old = knowsNewer(notification);
    if (type !== 'NEW_RIDE_REQUEST') knows(rideId, version);
    return !old;
  };

  return {
    ready: load().catch(failed),
    accepts: (notification) => {
      const news = isNews(notification);
      save();
      return news;
    },
    knowsNewer,
    answered: (rideId) => {
      const before = answered.get(rideId) ?? 0;
      const sequence = Math.max(offered.get(rideId) ?? every, before);
      remember(answered, rideId, sequence);
      save();
      return () => {
        if (answered.get(rideId) === sequence) answered.set(rideId, before);
        save();
      };
    },
    learn: ({ rideId, version, offers }) => {
      // While an offer is awaited, the notification that brings it may still be on its way.
      if (offers.some(({ status }) => status === 'PENDING') || version <= (known.get(rideId) ?? 0)) return;
      knows(rideId, version);
      save();
    },
  };
};
