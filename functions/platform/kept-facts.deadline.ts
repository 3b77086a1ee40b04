/** Publishes a kept fact when the sweeper wakes it, and removes it once the bus has it. */
import type { Breaker } from './breaker.ts';
import type { Deadline, Woken } from './deadlines.ts';
import type { HandOver } from './hand-over.ts';
import { eventIdOf, isKeptFact, type KeptFacts } from './kept-facts.ts';
import type { Park } from './park.ts';
import type { Published } from './stream-reader.ts';

export type KeptFactDeps = {
  readonly facts: Pick<KeptFacts, 'load' | 'remove'>;
  readonly breaker: Pick<Breaker, 'allows'>;
  readonly handOver: HandOver;
  readonly park: Park;
};

/** A fact that the bus does not take yet stays as it is: the sweeper finds it again. */
export const keptFactDeadline = (deps: KeptFactDeps): Deadline => ({
  wake: (key) => {
    if (!isKeptFact(key)) return undefined;
    const wake = async (): Promise<Woken> => {
      const orderId = eventIdOf(key).split('/')[0] as string;
      const fact = await deps.facts.load(key);
      if (!fact) return { orderId, outcome: 'nothing' };
      const outcome = await publish(deps, fact);
      if (outcome !== 'kept') await deps.facts.remove(key);
      return { orderId, outcome, metrics: outcome === 'published' ? { FactPublishedLate: 1 } : undefined };
    };
    return wake();
  },
});

const publish = async ({ breaker, handOver, park }: KeptFactDeps, fact: Published) => {
  if (!(await breaker.allows())) return 'kept';
  const { refused, untaken } = await handOver([fact]);
  for (const { event, reason } of refused) await park(JSON.stringify(event), reason, 'bus');
  if (untaken.length > 0) return 'kept';
  return refused.length > 0 ? 'parked' : 'published';
};
