/** The environments of one function: started on first use, a few at most, each answering a few calls at a time. */
import { type Environment, type EnvironmentOptions, startEnvironment } from './environment.ts';

export interface PoolOptions extends Omit<EnvironmentOptions, 'onGone'> {
  readonly workers: number;
  readonly callsPerWorker: number;
}

type Work = (environment: Environment) => void;

export interface Pool {
  /** Environments that are there now. */
  readonly size: () => number;
  /** Gives the work an environment, at once or when one is free. */
  readonly run: (work: Work) => void;
  /** Ends all environments without a warning; says how many calls were running in them. */
  readonly kill: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

export const openPool = (options: PoolOptions): Pool => {
  const environments = new Set<Environment>();
  const waiting: Work[] = [];
  let stopped = false;

  const start = (): Environment => {
    const environment: Environment = startEnvironment({
      ...options,
      onGone: () => {
        environments.delete(environment);
        drain();
      },
    });
    environments.add(environment);
    return environment;
  };

  /** One that ends as soon as its last call did no longer counts: the next call must not wait for it. */
  const free = (): Environment | undefined => {
    const open = [...environments].filter((environment) => environment.open());
    const [best] = open
      .filter((environment) => environment.busy() < options.callsPerWorker)
      .toSorted((left, right) => left.busy() - right.busy());
    return best ?? (open.length < options.workers ? start() : undefined);
  };

  const drain = (): void => {
    while (waiting.length > 0 && !stopped) {
      const environment = free();
      if (!environment) return;
      waiting.shift()?.(watched(environment));
    }
  };

  /** After every call the next one in line gets its turn. */
  const watched = (environment: Environment): Environment => ({
    ...environment,
    call: (call) =>
      environment.call({
        ...call,
        settle: (outcome) => {
          call.settle(outcome);
          drain();
        },
      }),
  });

  const killAll = async (): Promise<number> => {
    const all = [...environments];
    const calls = all.reduce((sum, environment) => sum + environment.busy(), 0);
    await Promise.all(
      all.map((one) =>
        one.kill({ errorType: 'Runtime.ExitError', errorMessage: 'Runtime exited without providing a reason' }),
      ),
    );
    return calls;
  };

  return {
    size: () => environments.size,
    run: (work) => {
      if (stopped) return;
      waiting.push(work);
      drain();
    },
    kill: killAll,
    stop: async () => {
      stopped = true;
      await killAll();
    },
  };
};
