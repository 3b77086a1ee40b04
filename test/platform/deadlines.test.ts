/** Deadlines by aggregate: a wake-up goes to the one whose item it names. */
import { describe, expect, it } from 'vitest';
import { type Decision, happened, nothing } from '../../functions/kernel/decision.ts';
import { Invalid } from '../../functions/kernel/errors.ts';
import type { Key } from '../../functions/kernel/keys.ts';
import { instant } from '../../functions/kernel/types.ts';
import { deadlineOf, wakeItem } from '../../functions/platform/deadlines.ts';

const at = instant(7_000);
const idIn =
  (kind: string) =>
  ({ pk, sk }: Key): string | undefined =>
    sk === kind ? pk.slice(2) : undefined;

const setUp = () => {
  const woken: string[] = [];
  const deadline = (kind: string, state: { readonly status: string } | undefined) =>
    deadlineOf<string, { readonly status: string }>(idIn(kind), async (id, time) => {
      woken.push(`${kind} ${id} ${time}`);
      return { decision: nothing('counted'), state, version: 1 };
    });
  return { woken, deadlines: [deadline('OTHER', undefined), deadline('METER', { status: 'COUNTED' })] };
};

describe('an item is woken', () => {
  it('gets the command of its aggregate, which says what came of it', async () => {
    const { woken, deadlines } = setUp();
    expect(await wakeItem({ pk: 'M#a', sk: 'METER', dueAt: 5 }, deadlines, at)).toEqual({
      orderId: 'a',
      outcome: 'nothing',
      status: 'COUNTED',
    });
    expect(woken).toEqual(['METER a 7000']);
  });

  it.each<[string, Decision<{ readonly status: string }>, object | undefined]>([
    ['what happened', happened({ status: 'EXPIRED' }, at), { RideExpired: 1 }],
    ['nothing when nothing happened', nothing('counted'), undefined],
  ])('counts %s', async (_, decision, expected) => {
    const counted: unknown[] = [];
    const deadline = deadlineOf(
      idIn('METER'),
      async () => ({ decision, state: { status: 'COUNTED' }, version: 1 }),
      (state) => {
        counted.push(state);
        return { RideExpired: 1 };
      },
    );
    const { metrics } = await wakeItem({ pk: 'M#a', sk: 'METER', dueAt: 5 }, [deadline], at);
    expect(metrics).toEqual(expected);
    expect(counted).toEqual(expected ? [{ status: 'EXPIRED' }] : []);
  });

  it('has no status when it is gone', async () => {
    const { deadlines } = setUp();
    expect(await wakeItem({ pk: 'M#a', sk: 'OTHER', dueAt: 5 }, deadlines, at)).toMatchObject({ status: undefined });
  });

  it('is invalid when no aggregate has a deadline there, and is named', () => {
    const { deadlines } = setUp();
    const wake = (): unknown => wakeItem({ pk: 'M#a', sk: 'THIRD', dueAt: 5 }, deadlines, at);
    expect(wake).toThrow(Invalid);
    try {
      wake();
    } catch (error) {
      expect((error as Invalid).fields).toEqual([{ field: 'sk', message: 'M#a THIRD is unknown' }]);
    }
  });
});
