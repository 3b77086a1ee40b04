/** Repeats a conditional write until its race is won. */
import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import type { Ref } from '../kernel/aggregate.ts';
import { Conflict } from '../kernel/errors.ts';
import type { Clock } from './ports.ts';

const attempts = 8;
const raceCodes = new Set(['ConditionalCheckFailed', 'TransactionConflict']);

/** A failed condition, alone or in a transaction, or a conflict with another transaction: read and decide again. */
const isLostRace = (error: unknown): boolean =>
  error instanceof ConditionalCheckFailedException ||
  error instanceof TransactionConflictException ||
  (error instanceof TransactionCanceledException &&
    (error.CancellationReasons ?? []).some(({ Code = '' }) => raceCodes.has(Code)));

/** `once` gets the error of the attempt before. A transaction is repeated after a random pause. */
export const race =
  ({ pause, random }: Pick<Clock, 'pause' | 'random'>) =>
  async <T>({ aggregate, id }: Ref<unknown>, once: (lost?: unknown) => Promise<T>): Promise<T> => {
    let lost: unknown;
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      try {
        return await once(lost);
      } catch (error) {
        if (!isLostRace(error)) throw error;
        lost = error;
        if (!(error instanceof ConditionalCheckFailedException)) await pause(random() * 10 * attempt);
      }
    }
    throw new Conflict(`${aggregate.name} ${id}: lost the race ${attempts} times`);
  };
