/** The store of EzPay in this process, at a tenth of the table's cost: for histories of millions of messages. */
import type { EzPayDeps } from '../../../functions/ezpay/commands.ts';
import type { Loaded, Outcome, Ref } from '../../../functions/kernel/aggregate.ts';
import type { Decision, Fact, Happened } from '../../../functions/kernel/decision.ts';
import { carPartition } from '../../../functions/kernel/keys.ts';
import { type Instant, iso, type OrderId } from '../../../functions/kernel/types.ts';
import type { Created, IdempotencyKey } from '../../../functions/platform/idempotency.ts';
import type { Along, Store } from '../../../functions/platform/store.ts';

/** An event as the bus carries it. */
export type Event = Readonly<Record<string, unknown>> & { readonly type: string; readonly at: string };
export type Written = { readonly id: string; readonly events: readonly Event[]; readonly dueAt: Instant | undefined };

type DecideAll = (states: readonly unknown[], versions: readonly number[]) => readonly Decision<unknown>[];

/** As the store of the table: nothing is written unless the first happened, or when any was refused. */
const decideAll = (loaded: readonly Loaded<unknown>[], decide: DecideAll): readonly Outcome<unknown>[] => {
  const decisions = decide(
    loaded.map(({ state }) => state),
    loaded.map(({ version }) => version),
  );
  const isWritten = decisions[0]?.outcome === 'happened' && decisions.every(({ outcome }) => outcome !== 'refused');
  return loaded.map(({ state, version }, i) => {
    const decision = decisions[i] as Decision<unknown>;
    return isWritten && decision.outcome === 'happened'
      ? { decision, state: decision.state, version: version + 1 }
      : { decision, state, version };
  });
};

/** @param onWrite gets each write, after it */
export const memoryStore = (onWrite: (written: Written) => void): Pick<EzPayDeps, 'store' | 'waitingIn'> => {
  const items = new Map<string, Loaded<unknown>>();
  const keys = new Map<string, { readonly id: string; readonly fingerprint: string }>();
  const waiting = new Map<string, Map<OrderId, Instant>>();

  const keyOf = <State>({ aggregate, id }: Ref<State>): string => {
    const { pk, sk } = aggregate.key(id);
    return `${pk} ${sk}`;
  };
  const load = async <State>(ref: Ref<State>): Promise<Loaded<State>> =>
    (items.get(keyOf(ref)) ?? { state: undefined, version: 0 }) as Loaded<State>;

  const put = <State, Made extends Fact>(
    { aggregate, id }: Ref<State, Made>,
    { state, at, facts }: Happened<State, Made>,
    version: number,
  ): void => {
    items.set(keyOf({ aggregate, id } as Ref<State>), { state, version });
    const events = facts.map(({ type, source, data }, n) => ({
      source,
      type,
      id: `${id}/${aggregate.name}/${version}.${n + 1}`,
      version,
      at: iso(at),
      ...data,
    }));
    onWrite({ id, events, dueAt: aggregate.dueAt(state) });
  };

  /** Nothing else can write between the read and the write. */
  const transition = async <State, Made extends Fact>(
    ref: Ref<State, Made>,
    decide: (state: State | undefined) => Decision<State, Made>,
  ): Promise<Outcome<State, Made>> => {
    const loaded = await load(ref as Ref<State>);
    const decision = decide(loaded.state);
    if (decision.outcome !== 'happened') return { decision, ...loaded };
    put(ref, decision, loaded.version + 1);
    return { decision, state: decision.state, version: loaded.version + 1 };
  };

  const create = async <State, Made extends Fact>(
    ref: Ref<State, Made>,
    decision: Happened<State, Made>,
    key?: IdempotencyKey,
    { markers = [], changes = [] }: Along = {},
  ): Promise<Created> => {
    const taken = key && keys.get(key.id);
    if (key && taken && taken.id !== key.replaces)
      return { outcome: taken.fingerprint === key.fingerprint ? 'repeated' : 'key-reused', id: taken.id };
    if (key) keys.set(key.id, { id: ref.id, fingerprint: key.fingerprint });
    for (const { pk, expiresAt } of markers)
      waiting.set(pk, (waiting.get(pk) ?? new Map()).set(ref.id as OrderId, expiresAt));
    put(ref, decision, 1);
    for (const change of changes) await transition(change.ref, change.decide);
    return { outcome: 'created', version: 1 };
  };

  const transitionAll = (async (
    refs: readonly Ref<unknown>[],
    decide: DecideAll,
  ): Promise<readonly Outcome<unknown>[]> => {
    const loaded = await Promise.all(refs.map((ref) => load(ref)));
    return decideAll(loaded, decide).map((outcome, i) => {
      const { decision, version } = outcome;
      if (decision.outcome === 'happened' && version > (loaded[i]?.version ?? 0))
        put(refs[i] as Ref<unknown>, decision, version);
      return outcome;
    });
  }) as unknown as Store['transitionAll'];

  return {
    store: { load, transition, transitionAll, create },
    waitingIn: async (car, at) => {
      const orders = waiting.get(carPartition(car)) ?? new Map<OrderId, Instant>();
      for (const [orderId, expiresAt] of orders) if (expiresAt <= at) orders.delete(orderId);
      return [...orders.keys()];
    },
  };
};
