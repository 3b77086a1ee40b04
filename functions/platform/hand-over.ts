/** Hands events to the bus, and says what became of those that it did not take. */
import { log } from '../kernel/log.ts';
import type { Breaker } from './breaker.ts';
import { NotPublished, type Refused } from './not-published.ts';
import type { Bus } from './ports.ts';
import type { Published } from './stream-reader.ts';

/** `refused`: no repetition helps. `untaken`: the bus is away or throttles. All others were taken. */
export type HandedOver = { readonly refused: readonly Refused[]; readonly untaken: readonly Published[] };
export type HandOver = (events: readonly Published[]) => Promise<HandedOver>;

/** @param breaker learns whether the bus answers */
export const handOver =
  (bus: Bus, busName: string, breaker: Pick<Breaker, 'record'>): HandOver =>
  async (events) => {
    if (events.length === 0) return { refused: [], untaken: [] };
    const handed = await attempt(bus, busName, events);
    await breaker.record(handed.untaken.length < events.length);
    return handed;
  };

const attempt = async (bus: Bus, busName: string, events: readonly Published[]): Promise<HandedOver> => {
  try {
    await bus(busName, events);
    return { refused: [], untaken: [] };
  } catch (error) {
    log.warn('Events not taken by the bus', { events: events.length, reason: (error as Error).message });
    return error instanceof NotPublished ? error : { refused: [], untaken: events };
  }
};
