/** Runs actors on one table, step by step in the order a scheduler chooses: any load or write can meet any other. */
import { setImmediate as turn } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clientWith, type MemoryTable } from './memory-table.ts';

/** Which of `n` waiting steps is next. */
export type Choose = (n: number) => number;
export type Actor = (client: DynamoDBClient) => Promise<unknown>;
/** `lose`: the write is done, its answer never arrives. `crash`: the actor ends; what it sent is carried out or not. */
export type Fault = 'lose' | 'crash';
export type Faults = (step: string) => Fault | undefined;

export const lost = (): Error => Object.assign(new Error('socket timed out'), { name: 'TimeoutError' });

/** `since`: when the transaction it commits was prepared, counted in steps. */
type Step = { readonly actor: number; readonly run: () => void; readonly since?: number };

export type Rules = {
  readonly choose: Choose;
  readonly faults?: Faults | undefined;
  /** How many steps of others a transaction can stay between its two phases. */
  readonly patience?: number | undefined;
  readonly afterStep?: (() => void) | undefined;
  /** What an actor sends at the same time is carried out in that order: only the actors are interleaved. */
  readonly inTurn?: boolean | undefined;
};

/** @returns how each actor ended: its answer or its error; nothing for an actor that crashed */
export const interleave = async (
  actors: readonly Actor[],
  table: Pick<MemoryTable, 'begin'>,
  { choose, faults, patience = Number.POSITIVE_INFINITY, afterStep, inTurn }: Rules,
): Promise<readonly (PromiseSettledResult<unknown> | undefined)[]> => {
  const waiting: Step[] = [];
  const ended: (PromiseSettledResult<unknown> | 'crashed' | undefined)[] = actors.map(() => undefined);
  let changed = (): void => undefined;
  let taken = 0;
  /** In the order of the actors, so that the same choices give the same race whoever paused longer. */
  const wait = (step: Step): void => {
    const behind = waiting.findIndex(({ actor }) => actor > step.actor);
    waiting.splice(behind < 0 ? waiting.length : behind, 0, step);
    changed();
  };
  const end = (actor: number, how: PromiseSettledResult<unknown> | 'crashed'): void => {
    ended[actor] ??= how;
    changed();
  };

  const clientFor = (actor: number): DynamoDBClient =>
    clientWith(
      (command) =>
        new Promise((resolve, reject) => {
          const answer = (output: object): void => {
            const fault = faults?.((command as object).constructor.name);
            if (fault === 'crash') end(actor, 'crashed');
            else if (fault === 'lose') reject(lost());
            else resolve(output);
          };
          const run = (): void => {
            try {
              const begun = table.begin(command);
              if ('commit' in begun) wait({ actor, run: () => answer(begun.commit()), since: taken });
              else answer(begun.output);
            } catch (error) {
              reject(error);
            }
          };
          wait({ actor, run });
        }),
    );

  actors.forEach((actor, i) => {
    actor(clientFor(i)).then(
      (value) => end(i, { status: 'fulfilled', value }),
      (reason: unknown) => end(i, { status: 'rejected', reason }),
    );
  });

  const busy = (): boolean => ended.some((how, i) => how === undefined && !waiting.some(({ actor }) => actor === i));
  const settled = async (): Promise<void> => {
    await turn();
    while (busy()) {
      await new Promise<void>((resolve) => {
        changed = resolve;
      });
      await turn();
    }
  };
  const chosen = (): number => {
    if (!inTurn) return choose(waiting.length);
    const firsts = waiting.flatMap(({ actor }, i) => (waiting[i - 1]?.actor === actor ? [] : [i]));
    return firsts[choose(firsts.length)] as number;
  };
  for (await settled(); waiting.length > 0; await settled()) {
    const overdue = waiting.findIndex(({ since }) => since !== undefined && taken - since >= patience);
    taken += 1;
    waiting.splice(overdue < 0 ? chosen() : overdue, 1)[0]?.run();
    afterStep?.();
  }
  return ended.map((how) => (how === 'crashed' ? undefined : how));
};

/** Runs `play` in every possible order, each time with the next path of choices. @returns how many there were */
export const everyOrder = async (play: (choose: Choose) => Promise<void>, most = 100_000): Promise<number> => {
  let path: number[] = [];
  for (let played = 1; played <= most; played += 1) {
    const widths: number[] = [];
    await play((n) => {
      const depth = widths.push(n) - 1;
      path[depth] ??= 0;
      return path[depth] as number;
    });
    path = path.slice(0, widths.length);
    while (path.length > 0 && (path.at(-1) as number) + 1 >= (widths[path.length - 1] as number)) path.pop();
    if (path.length === 0) return played;
    path[path.length - 1] = (path.at(-1) as number) + 1;
  }
  throw new Error(`more than ${most} orders`);
};
