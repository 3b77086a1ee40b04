/** A circuit breaker shared by all workers: an item per target, read at most once a second, written when it changes. */
import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { log } from '../kernel/log.ts';
import { breakerKey, type Open, readBreaker } from './breaker.store.ts';
import { conditionHeld, ifUnchanged, toItem } from './dynamo.ts';
import type { TablePorts } from './ports.ts';

export type Breaker = {
  /** Whether a call is allowed now. While open, one trial call is allowed in each pause. */
  readonly allows: () => Promise<boolean>;
  /** @param answered `false` when the other side was down or did not answer; a refusal is an answer */
  readonly record: (answered: boolean) => Promise<void>;
};

/** Consecutive failures in one worker that open it. */
const threshold = 5;
const pauseMs = 10_000;
const freshMs = 1_000;

/**
 * Without its table it allows everything: it protects, it does not decide.
 * @param table name of the State table
 * @param target the service called, `midtrans`
 */
export const breaker = ({ dynamo, now }: TablePorts, table: string, target: string): Breaker => {
  const key = breakerKey(target);
  let failures = 0;
  let open: Open | undefined;
  let readAt = Number.NEGATIVE_INFINITY;

  const read = async (): Promise<Open | undefined> => {
    if (now() - readAt < freshMs) return open;
    readAt = now();
    open = await readBreaker(dynamo, table, target);
    return open;
  };

  /** @returns whether this worker's write won */
  const write = ({ retryAt }: Open, seen?: Open): Promise<boolean> => {
    const Item = toItem({ ...key, retryAt, expiresAt: Math.ceil(retryAt / 1_000) + 86_400 });
    const put = new PutItemCommand({ TableName: table, Item, ...ifUnchanged('retryAt', seen?.retryAt) });
    return conditionHeld(dynamo.send(put));
  };

  /** Of all workers, the one whose write wins makes the trial call. */
  const mayTry = async (seen: Open): Promise<boolean> => {
    const next = { retryAt: now() + pauseMs };
    const won = await write(next, seen);
    // Won or lost, someone tries now: until the next reading nobody here asks the table again.
    open = next;
    return won;
  };

  const opened = async (): Promise<void> => {
    open = { retryAt: now() + pauseMs };
    if (await write(open)) log.warn('Breaker opened', { target }, { BreakerOpened: 1 });
    readAt = Number.NEGATIVE_INFINITY;
  };

  const closed = async (): Promise<void> => {
    await dynamo.send(new DeleteItemCommand({ TableName: table, Key: toItem(key) }));
    open = undefined;
    log.info('Breaker closed', { target });
  };

  const guarded = async <T>(work: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      log.error('Breaker could not be read or written', error, { target });
      return otherwise;
    }
  };

  return {
    allows: () =>
      guarded(async () => {
        const seen = await read();
        if (!seen) return true;
        return now() >= seen.retryAt && (await mayTry(seen));
      }, true),
    record: (answered) =>
      guarded(async () => {
        failures = answered ? 0 : failures + 1;
        if (answered && open) await closed();
        if (failures >= threshold && !open) await opened();
      }, undefined),
  };
};
