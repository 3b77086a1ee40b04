/** Deadlines by aggregate: each context exports its own; the worker finds the one for an item by its key. */
import type { Outcome } from '../kernel/aggregate.ts';
import { Invalid } from '../kernel/errors.ts';
import type { Key } from '../kernel/keys.ts';
import type { Metrics } from '../kernel/metrics.ts';
import type { Instant } from '../kernel/types.ts';
import type { Wake } from './timers.ts';

/** The result of a wake-up, for its log line. */
export type Woken = {
  readonly orderId: string;
  readonly outcome: string;
  readonly status?: string | undefined;
  readonly metrics?: Metrics | undefined;
};

export type Deadline = {
  /** @returns nothing when the item belongs to another aggregate */
  readonly wake: (key: Key, at: Instant) => Promise<Woken> | undefined;
};

/**
 * @param idOf the id of the aggregate at this key
 * @param command sent when the deadline has come
 * @param metricsOf counted when something happened
 */
export const deadlineOf = <Id extends string, State extends { readonly status: string }>(
  idOf: (key: Key) => Id | undefined,
  command: (id: Id, at: Instant) => Promise<Outcome<State>>,
  metricsOf?: (state: State) => Metrics | undefined,
): Deadline => ({
  wake: (key, at) => {
    const id = idOf(key);
    return id === undefined
      ? undefined
      : command(id, at).then(({ decision, state }) => ({
          orderId: id,
          outcome: decision.outcome,
          status: state?.status,
          metrics: decision.outcome === 'happened' ? metricsOf?.(decision.state) : undefined,
        }));
  },
});

/** @throws {Invalid} when no aggregate has a deadline at this key */
export const wakeItem = ({ pk, sk }: Wake, deadlines: readonly Deadline[], at: Instant): Promise<Woken> => {
  for (const { wake } of deadlines) {
    const woken = wake({ pk, sk }, at);
    if (woken) return woken;
  }
  throw new Invalid('no item of this kind has a deadline', [{ field: 'sk', message: `${pk} ${sk} is unknown` }]);
};
