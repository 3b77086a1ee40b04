/** Time, order and chance of a simulated world: one thread, one seed, whole milliseconds. */
import { setImmediate as turn } from 'node:timers/promises';
import { seeded } from '../support/random.ts';

type Task = { readonly at: number; readonly order: number; readonly run: () => void };

/** Before another: by time, then in the order they were planned. */
const isBefore = (a: Task, b: Task): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

const heap = () => {
  const tasks: Task[] = [];
  const swap = (i: number, j: number): void => {
    [tasks[i], tasks[j]] = [tasks[j] as Task, tasks[i] as Task];
  };
  const up = (i: number): void => {
    const parent = (i - 1) >> 1;
    if (i === 0 || !isBefore(tasks[i] as Task, tasks[parent] as Task)) return;
    swap(i, parent);
    up(parent);
  };
  const down = (i: number): void => {
    const first = [2 * i + 1, 2 * i + 2].reduce(
      (least, child) => (child < tasks.length && isBefore(tasks[child] as Task, tasks[least] as Task) ? child : least),
      i,
    );
    if (first === i) return;
    swap(i, first);
    down(first);
  };
  return {
    add: (task: Task): void => up(tasks.push(task) - 1),
    first: (): Task | undefined => tasks[0],
    take: (): Task | undefined => {
      const [first] = tasks;
      const last = tasks.pop();
      if (!first || !last || tasks.length === 0) return first;
      tasks[0] = last;
      down(0);
      return first;
    },
  };
};

/** @param start epoch ms at which the world begins */
export const engine = (seed: number, start: number) => {
  const random = seeded(seed);
  const tasks = heap();
  let now = start;
  let planned = 0;
  let steps = 0;

  const after = (ms: number, run: () => void): void => {
    planned += 1;
    tasks.add({ at: now + Math.max(0, Math.round(ms)), order: planned, run });
  };
  return {
    random,
    now: (): number => now,
    steps: (): number => steps,
    after,
    pause: (ms: number): Promise<void> => new Promise((resolve) => after(ms, resolve)),
    /**
     * Runs what falls due up to a moment. What a step sets free runs to its next call of the world first.
     * @returns whether that took no more steps than it may
     */
    runUntil: async (end: number, mostSteps = Number.POSITIVE_INFINITY): Promise<boolean> => {
      for (let task = tasks.first(); task && task.at <= end; task = tasks.first()) {
        if (steps >= mostSteps) return false;
        tasks.take();
        now = task.at;
        steps += 1;
        task.run();
        await turn();
      }
      now = end;
      return true;
    },
  };
};
export type Engine = ReturnType<typeof engine>;
