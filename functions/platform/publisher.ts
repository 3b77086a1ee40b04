/** Publishes the events of items to the bus and their deadlines to the timers. No event is given up. */
import { log } from '../kernel/log.ts';
import type { Breaker } from './breaker.ts';
import type { HandedOver, HandOver } from './hand-over.ts';
import { isKeptFact, type KeptFacts } from './kept-facts.ts';
import type { Refused } from './not-published.ts';
import type { Park } from './park.ts';
import type { Clock } from './ports.ts';
import type { Change, Published } from './stream-reader.ts';
import type { SendWakes, Wake } from './timers.ts';

export type PublisherDeps = Pick<Clock, 'now'> & {
  readonly handOver: HandOver;
  readonly breaker: Pick<Breaker, 'allows'>;
  readonly facts: Pick<KeptFacts, 'keep'>;
  readonly park: Park;
  readonly wake: SendWakes;
  /** Events older than this are kept instead of repeated, so that the stream continues behind them. */
  readonly keepAfterMs: number;
};

/** Ids that are remembered; without a memory consumers drop what comes twice. */
const mostRemembered = 10_000;

/** @returns the changes that must come again */
export const publisher = (deps: PublisherDeps) => {
  // What the bus took, of batches that come again: a bus that throttles is not asked for it with each repetition.
  const remembered = new Set<string>();
  return async (changes: readonly Change[]): Promise<readonly Change[]> => {
    const untried = changes.map((change) => ({
      ...change,
      events: change.events.filter(({ id }) => !remembered.has(id)),
    }));
    const { again, taken } = await publishAll(deps, untried);
    if (remembered.size > mostRemembered) remembered.clear();
    if (again.size > 0) for (const { id } of taken) remembered.add(id);
    const isLeft = ({ events }: Change): boolean => events.some(({ id }) => again.has(id));
    // All that follows the first record that must come again comes with it: its wake-up is sent then, and once.
    const firstLeft = changes.findIndex(isLeft);
    const wakes = wakesOf(firstLeft < 0 ? changes : changes.slice(0, firstLeft));
    await wakeAll(deps, wakes);
    const oldest = Math.min(...taken.map(({ at }) => Date.parse(at)));
    const counted = { events: taken.length, wakes: wakes.length };
    log.info('Published', counted, taken.length > 0 ? { OutboxLag: deps.now() - oldest } : undefined);
    return changes.filter(isLeft);
  };
};

type Outcome = {
  /** The ids of the events that must come again. */
  readonly again: ReadonlySet<string>;
  /** The events that the bus took. */
  readonly taken: readonly Published[];
};

const publishAll = async (deps: PublisherDeps, changes: readonly Change[]): Promise<Outcome> => {
  const events = changes.flatMap((change) => change.events);
  const isOld = ({ writtenAt }: Change): boolean => deps.now() - writtenAt >= deps.keepAfterMs;
  const old = new Set(changes.filter(isOld).flatMap((change) => change.events.map(({ id }) => id)));
  // Old events are the backlog of an outage: while it is known, they are kept without asking the bus for each batch.
  const isTried = old.size === 0 || (await deps.breaker.allows());
  const { refused, untaken }: HandedOver = isTried ? await deps.handOver(events) : { refused: [], untaken: events };
  const { kept = [], young = [] } = Object.groupBy(untaken, ({ id }) => (old.has(id) ? 'kept' : 'young'));
  const failed = await Promise.all([keepAll(deps, kept), ...refused.map((one) => parkOne(deps, one))]);
  const notTaken = new Set([...untaken, ...refused.map(({ event }) => event)].map(({ id }) => id));
  return {
    again: new Set([...young.map(({ id }) => id), ...failed.flat()]),
    taken: events.filter(({ id }) => !notTaken.has(id)),
  };
};

/** @returns the ids of those that could not be kept */
const keepAll = async ({ facts }: PublisherDeps, events: readonly Published[]): Promise<readonly string[]> => {
  if (events.length === 0) return [];
  try {
    await facts.keep(events);
    log.warn('Events kept until the bus takes them', { events: events.length }, { FactKept: events.length });
    return [];
  } catch (error) {
    log.error('Events not kept, left for a retry', error, { events: events.length });
    return events.map(({ id }) => id);
  }
};

/** @returns its id when it could not be parked */
const parkOne = async ({ park }: PublisherDeps, { event, reason }: Refused): Promise<readonly string[]> => {
  try {
    await park(JSON.stringify(event), reason, 'bus');
    return [];
  } catch (error) {
    log.error('Event not parked, left for a retry', error, { eventId: event.id, reason });
    return [event.id];
  }
};

/** The sweeper alone wakes kept facts: it has a budget for them. */
const wakesOf = (changes: readonly Change[]): readonly Wake[] =>
  changes.flatMap(({ pk, sk, dueAt }) => (dueAt === undefined || isKeptFact({ pk, sk }) ? [] : [{ pk, sk, dueAt }]));

/** Best effort: what is not sent is found by the sweeper. */
const wakeAll = async ({ wake }: PublisherDeps, wakes: readonly Wake[]): Promise<void> => {
  try {
    await wake(wakes);
  } catch (error) {
    const reason = (error as Error).message;
    log.warn('Wake-ups not sent, left to the sweeper', { wakes: wakes.length, reason });
  }
};
