/** The store and its markers in this process: the same promises as the table's, for histories of millions of messages. */
import type { Decision, Fact, Happened } from '../functions/kernel/decision.ts';
import type { CarId, Instant, OrderId } from '../functions/kernel/types.ts';
import type { Created, IdempotencyKey, Loaded, Marker, Outcome, Ref, Store } from '../functions/platform/store.ts';

export type Written = {
  readonly id: string;
  readonly sk: string;
  readonly at: Instant;
  readonly facts: readonly Fact[];
  readonly dueAt: Instant | undefined;
};
export type MemoryStore = {
  readonly store: Store;
  readonly waitingIn: (car: CarId, at: Instant) => Promise<readonly OrderId[]>;
  readonly count: () => { readonly writes: number; readonly transactions: number; readonly reads: number };
};

/** @param written hears of each write, after it */
export const memoryStore = (written: (write: Written) => void = () => undefined): MemoryStore => {
  const items = new Map<string, Loaded<unknown>>();
  const keys = new Map<string, { readonly id: string; readonly fingerprint: string }>();
  const markers = new Map<string, Map<string, Instant>>();
  let [writes, transactions, reads] = [0, 0, 0];

  const keyOf = ({ aggregate, id }: Ref<never>): string => {
    const { pk, sk } = aggregate.key(id);
    return `${pk} ${sk}`;
  };
  const put = <State>(ref: Ref<State>, { state, at, facts }: Happened<State>, version: number): void => {
    items.set(keyOf(ref as Ref<never>), { state, version });
    written({ id: ref.id, sk: ref.aggregate.key(ref.id).sk, at, facts, dueAt: ref.aggregate.dueAt(state) });
  };
  const load = async <State>(ref: Ref<State>): Promise<Loaded<State>> => {
    reads += 1;
    return (items.get(keyOf(ref as Ref<never>)) ?? { state: undefined, version: 0 }) as Loaded<State>;
  };

  /** Nobody else can write between the read and the write. */
  const transition = async <State>(
    ref: Ref<State>,
    decide: (state: State | undefined) => Decision<State>,
  ): Promise<Outcome<State>> => {
    const loaded = await load(ref);
    const decision = decide(loaded.state);
    if (decision.outcome !== 'happened') return { decision, ...loaded };
    writes += 1;
    put(ref, decision, loaded.version + 1);
    return { decision, state: decision.state, version: loaded.version + 1 };
  };

  const create = async <State>(
    ref: Ref<State>,
    decision: Happened<State>,
    key?: IdempotencyKey,
    marked: readonly Marker[] = [],
  ): Promise<Created> => {
    transactions += 1;
    const name = key && `${key.scope}#${key.id}`;
    const taken = name === undefined ? undefined : keys.get(name);
    if (key && taken && taken.id !== key.replaces)
      return { outcome: taken.fingerprint === key.fingerprint ? 'repeated' : 'key-reused', id: taken.id };
    if (key && name) keys.set(name, { id: ref.id, fingerprint: key.fingerprint });
    for (const { pk, sk, expiresAt } of marked) {
      const beside = markers.get(pk) ?? new Map<string, Instant>();
      markers.set(pk, beside.set(sk, expiresAt));
    }
    put(ref, decision, 1);
    return { outcome: 'created', version: 1 };
  };

  return {
    store: {
      load,
      transition,
      create,
      transitionBoth: () => Promise.reject(new Error('nothing of EzPay writes two aggregates at once')),
    },
    waitingIn: async (car, at) => {
      const here = markers.get(`CAR#${car}`);
      if (!here) return [];
      for (const [sk, expiresAt] of here) if (expiresAt <= at) here.delete(sk);
      return [...here.keys()].map((sk) => sk.slice('WAIT#'.length) as OrderId);
    },
    count: () => ({ writes, transactions, reads }),
  };
};
