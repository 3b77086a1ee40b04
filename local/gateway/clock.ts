/** The gateway's clock: it can run faster than real time, be halted, and be advanced. */

type Task = () => void | Promise<void>;
type Job = { readonly due: number; readonly task: Task };
export type Clock = ReturnType<typeof createClock>;

/** What setTimeout can hold. */
const longestTimer = 2 ** 31 - 1;

/** `scale` clock seconds pass in one real second; with 0 it is halted until it is advanced. */
export const createClock = ({ start = Date.now(), scale = 1 } = {}) => {
  const jobs = new Set<Job>();
  let base = start;
  let measured = performance.now();
  let timer: NodeJS.Timeout | undefined;
  let armedFor = Number.POSITIVE_INFINITY;
  let stopped = false;

  /** Epoch ms on this clock. */
  const now = (): number => Math.round(base + (performance.now() - measured) * scale);
  const set = (instant: number): void => {
    base = instant;
    measured = performance.now();
  };
  const next = (): Job | undefined => [...jobs].reduce<Job | undefined>(earlier, undefined);
  const arm = (due = Number.POSITIVE_INFINITY): void => {
    clearTimeout(timer);
    armedFor = due;
    if (scale > 0 && Number.isFinite(due))
      timer = setTimeout(fire, Math.min(Math.max(0, Math.ceil((due - now()) / scale)), longestTimer));
  };
  const fire = (): void => {
    const due = [...jobs].filter((job) => job.due <= now()).sort((a, b) => a.due - b.due);
    for (const job of due) {
      jobs.delete(job);
      void job.task();
    }
    arm(next()?.due);
  };

  return {
    now,
    /** Runs the task `ms` later on this clock; the answer takes it back. */
    after: (ms: number, task: Task): (() => void) => {
      if (stopped) return () => {};
      const job = { due: now() + ms, task };
      jobs.add(job);
      if (job.due < armedFor) arm(job.due);
      return () => void jobs.delete(job);
    },
    /** Turns the clock forward and runs everything that falls due on the way, one after another. */
    advance: async (ms: number): Promise<void> => {
      const target = now() + ms;
      for (let job = next(); job && job.due <= target; job = next()) {
        jobs.delete(job);
        set(Math.max(now(), job.due));
        await job.task();
      }
      set(Math.max(now(), target));
      arm(next()?.due);
    },
    stop: (): void => {
      stopped = true;
      clearTimeout(timer);
      jobs.clear();
    },
  };
};

const earlier = (first: Job | undefined, job: Job): Job => (first && first.due <= job.due ? first : job);
