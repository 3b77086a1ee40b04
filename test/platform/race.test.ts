/** A conditional write is repeated until its race is won: which errors are a lost race, and the pause after each. */
import { describe, expect, it } from 'vitest';
import type { Ref } from '../../functions/kernel/aggregate.ts';
import { Conflict } from '../../functions/kernel/errors.ts';
import { race } from '../../functions/platform/race.ts';
import { cancelled, conditionFailed, transactionConflict } from '../support/memory-table.ts';
import { meterOf } from '../support/meter.ts';

/** The attempts fail one after the other with `errors`, then one succeeds. */
const racing = async (...errors: readonly Error[]) => {
  const pauses: number[] = [];
  const seen: unknown[] = [];
  const run = race({ random: () => 0.5, pause: async (ms) => void pauses.push(ms) });
  const result = await run(meterOf('m') as Ref<unknown>, async (lost) => {
    const error = errors[seen.length];
    seen.push(lost);
    if (error) throw error;
    return 'won';
  }).catch((error: unknown) => error);
  return { result, pauses, seen };
};

describe('a race is lost', () => {
  it('is run again at once, with the error, when the item was faster', async () => {
    const lost = conditionFailed();
    expect(await racing(lost, lost)).toEqual({ result: 'won', pauses: [], seen: [undefined, lost, lost] });
  });

  it.each([
    ['a running transaction', transactionConflict()],
    ['another transaction', cancelled([{ Code: 'None' }, { Code: 'TransactionConflict' }])],
    ['a condition of its transaction', cancelled([{ Code: 'ConditionalCheckFailed' }])],
  ])('is run again after a pause by chance, longer each time, when it meets %s', async (_, lost) => {
    expect(await racing(lost, lost, lost)).toEqual({
      result: 'won',
      pauses: [5, 10, 15],
      seen: [undefined, lost, lost, lost],
    });
  });

  it('is given up as a conflict after eight attempts', async () => {
    const { result, seen } = await racing(...Array.from({ length: 20 }, () => conditionFailed()));
    expect(result).toEqual(new Conflict('METER m: lost the race 8 times'));
    expect(seen).toHaveLength(8);
  });

  it.each([
    ['the table is away', new Error('connect ECONNREFUSED')],
    ['a transaction is throttled', cancelled([{ Code: 'ThrottlingError' }])],
  ])('is no race when %s', async (_, error) => {
    expect(await racing(error)).toEqual({ result: error, pauses: [], seen: [undefined] });
  });
});
