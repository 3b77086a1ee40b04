/** A circuit breaker whose state all workers share: an item per target, read at most each second, written only when it changes. */
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { log } from '../kernel/log.ts';
import { fromItem, toItem } from './dynamo.ts';
import type { Clock, Dynamo } from './ports.ts';

export type Breaker = {
  /** Whether a call may go out now. While open, one call in each pause goes out to try. */
  readonly allows: () => Promise<boolean>;
  /** Records what became of the call: `false` when the other side was down or did not answer. A refusal is an answer. */
  readonly record: (answered: boolean) => Promise<void>;
};

/** Failures one after another that open it, in one worker. */
const threshold = 5;
const pauseMs = 10_000;
const freshMs = 1_000;

type Open = { readonly retryAt: number };

/**
 * Without its table it lets everything through: it protects, it does not decide.
 * @param table name of the State table
 * @param target who is called, `midtrans`
 */
export const breaker = (
  { dynamo, now }: { readonly dynamo: Dynamo } & Pick<Clock, 'now'>,
  table: string,
  target: string,
): Breaker => {
  const key = { pk: `BREAKER#${target}`, sk: 'BREAKER' };
  let failures = 0;
  let open: Open | undefined;
  let readAt = Number.NEGATIVE_INFINITY;

  const read = async (): Promise<Open | undefined> => {
    if (now() - readAt < freshMs) return open;
    readAt = now();
    const { Item } = await dynamo.send(new GetItemCommand({ TableName: table, Key: toItem(key) }));
    open = Item && fromItem<Open>(Item);
    return open;
  };

  /** Of all workers, the one whose write comes first tries the other side. */
  const mayTry = async (seen: Open): Promise<boolean> => {
    try {
      await dynamo.send(write(now() + pauseMs, seen));
      open = { retryAt: now() + pauseMs };
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  const write = (retryAt: number, seen?: Open) =>
    new PutItemCommand({
      TableName: table,
      Item: toItem({ ...key, retryAt, expiresAt: Math.ceil(retryAt / 1_000) + 86_400 }),
      ...(seen
        ? { ConditionExpression: 'retryAt = :seen', ExpressionAttributeValues: toItem({ ':seen': seen.retryAt }) }
        : { ConditionExpression: 'attribute_not_exists(pk)' }),
    });

  const opened = async (): Promise<void> => {
    const pause = { retryAt: now() + pauseMs };
    open = pause;
    try {
      await dynamo.send(write(pause.retryAt));
      log.warn('Breaker opened', { target }, { BreakerOpened: 1 });
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
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
