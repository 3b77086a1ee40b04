// The gateway's clock: it can run faster than ours, stand still, and be advanced by hand.

export type Task = () => void | Promise<void>;

export type Clock = {
  /** Epoch ms on this clock. */
  readonly now: () => number;
  /** Runs the task `ms` later on this clock; the answer takes it back. */
  readonly after: (ms: number, task: Task) => () => void;
  /** Turns the clock forward and runs everything that falls due on the way, one after another. */
  readonly advance: (ms: number) => Promise<void>;
  readonly stop: () => void;
};

/** What setTimeout can hold. */
const LONGEST_TIMER = 2 ** 31 - 1;

type Job = { readonly due: number; readonly task: Task };

/** `scale` clock seconds pass in one real second; with 0 it stands still until it is advanced. */
export const createClock = ({
  start = Date.now(),
  scale = 1,
}: {
  readonly start?: number;
  readonly scale?: number;
} = {}): Clock => {
  const jobs = new Set<Job>();
  let base = start;
  let measured = performance.now();
  let timer: NodeJS.Timeout | undefined;
  let armedFor = Number.POSITIVE_INFINITY;
  let stopped = false;

  const now = (): number => Math.round(base + (performance.now() - measured) * scale);
  const set = (instant: number): void => {
    base = instant;
    measured = performance.now();
  };
  const next = (): Job | undefined => {
    let first: Job | undefined;
    for (const job of jobs) if (!first || job.due < first.due) first = job;
    return first;
  };
  const arm = (due: number): void => {
    clearTimeout(timer);
    armedFor = due;
    if (scale > 0 && Number.isFinite(due))
      timer = setTimeout(fire, Math.min(Math.max(0, Math.ceil((due - now()) / scale)), LONGEST_TIMER));
  };
  const fire = (): void => {
    const due = [...jobs].filter((job) => job.due <= now()).sort((a, b) => a.due - b.due);
    for (const job of due) {
      jobs.delete(job);
      void job.task();
    }
    arm(next()?.due ?? Number.POSITIVE_INFINITY);
  };

  return {
    now,
    after: (ms, task) => {
      if (stopped) return () => {};
      const job = { due: now() + ms, task };
      jobs.add(job);
      if (job.due < armedFor) arm(job.due);
      return () => void jobs.delete(job);
    },
    advance: async (ms) => {
      const target = now() + ms;
      for (let job = next(); job && job.due <= target; job = next()) {
        jobs.delete(job);
        set(Math.max(now(), job.due));
        await job.task();
      }
      set(Math.max(now(), target));
      arm(next()?.due ?? Number.POSITIVE_INFINITY);
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      jobs.clear();
    },
  };
};
