/** The environments of one function: started on first use, a few at most, each answering a few calls at a time. */
import { type Environment, type EnvironmentOptions, startEnvironment } from './environment.ts';

export type Pool = ReturnType<typeof openPool>;
type PoolOptions = Omit<EnvironmentOptions, 'onSettled' | 'onExit'> & { readonly workers: number };
type Work = (environment: Environment) => void;

const callsPerWorker = 16;

export const openPool = (options: PoolOptions) => {
  const environments = new Set<Environment>();
  const waiting: Work[] = [];
  let stopped = false;

  const start = (): Environment => {
    const environment: Environment = startEnvironment({
      ...options,
      onSettled: () => drain(),
      onExit: () => {
        environments.delete(environment);
        drain();
      },
    });
    environments.add(environment);
    return environment;
  };

  /** One that ends after its last call no longer counts: the next call must not wait for it. */
  const free = (): Environment | undefined => {
    const open = [...environments].filter((environment) => environment.open());
    const [best] = open
      .filter((environment) => environment.busy() < callsPerWorker)
      .toSorted((left, right) => left.busy() - right.busy());
    return best ?? (open.length < options.workers ? start() : undefined);
  };

  const drain = (): void => {
    while (waiting.length > 0 && !stopped) {
      const environment = free();
      if (!environment) return;
      waiting.shift()?.(environment);
    }
  };

  /** Ends all environments without a warning. @returns how many calls were running in them */
  const killAll = async (): Promise<number> => {
    const all = [...environments];
    const calls = all.reduce((sum, environment) => sum + environment.busy(), 0);
    const error = { errorType: 'Runtime.ExitError', errorMessage: 'Runtime exited without providing a reason' };
    await Promise.all(all.map((one) => one.kill(error)));
    return calls;
  };

  return {
    /** Environments that exist now. */
    size: (): number => environments.size,
    /** Gives the work an environment, at once or when one is free. */
    run: (work: Work): void => {
      if (stopped) return;
      waiting.push(work);
      drain();
    },
    kill: killAll,
    stop: async (): Promise<void> => {
      stopped = true;
      await killAll();
    },
  };
};
