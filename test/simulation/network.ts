/** The only way from one place to another: a call is sent, carried out, answered; each can go wrong. */
import type { Engine } from './engine.ts';
import type { Fault, Faults, Service } from './faults.ts';

/** Where code runs: it can die at any call, and its clock can be wrong. */
export type Host = {
  readonly name: string;
  /** What runs there, whichever environment it is. */
  readonly of: string;
  /** Added to the true time, in milliseconds. */
  readonly skew: number;
  readonly isAlive: () => boolean;
  /** It died in the middle of a call: what it had sent may be unknown to everyone. */
  readonly hasCrashed: () => boolean;
  readonly crash: () => void;
  readonly kill: () => void;
  /** The faults its present call has met. */
  readonly met: Set<string>;
};

/** What a service does with a call: an answer at once, or one that follows after a second step. */
export type Work<T> = () => { readonly answer: T } | { readonly second: () => T };
export type Retries = { readonly attempts: number; readonly timeoutMs: number };

export const timedOut = (): Error => Object.assign(new Error('socket timed out'), { name: 'TimeoutError' });
export const throttled = (): Error =>
  Object.assign(new Error('Rate exceeded'), {
    name: 'ThrottlingException',
    $fault: 'client',
    $metadata: { httpStatusCode: 400 },
    $retryable: { throttling: true },
  });
const unreachable = (): Error =>
  Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED', message: 'connection refused' } });

export const host = (name: string, skew: number): Host => {
  let alive = true;
  let crashed = false;
  return {
    name,
    of: name.split('/')[0] ?? name,
    skew,
    isAlive: () => alive,
    hasCrashed: () => crashed,
    crash: () => {
      alive = false;
      crashed = true;
    },
    kill: () => {
      alive = false;
    },
    met: new Set(),
  };
};

export const network = (engine: Engine, faults: Faults) => {
  /**
   * One call with the retries of its client. A host that dies meanwhile gets no answer; what it had sent is done.
   * @param work is carried out once per attempt that reaches the service; what it throws is the answer
   */
  const call = <T>(from: Host, service: Service, work: Work<T>, { attempts, timeoutMs }: Retries): Promise<T> =>
    new Promise((resolve, reject) => {
      const reply = (run: () => void): void =>
        engine.after(faults.delay(8), () => {
          if (from.isAlive()) run();
        });
      const attempt = (left: number): void => {
        const failed = (error: Error, ms: number): void =>
          engine.after(ms, () => {
            if (!from.isAlive()) return;
            if (left > 1) engine.after(50 + engine.random.below(200), () => attempt(left - 1));
            else reject(error);
          });
        const fault = faults.ofCall(service, from.name);
        if (fault) from.met.add(fault);
        if (fault === 'crash-before') from.crash();
        else if (fault === 'down') failed(unreachable(), 500);
        else if (fault === 'refused') failed(throttled(), faults.delay(8));
        else carryOut(fault, failed);
      };
      const carryOut = (fault: Fault | undefined, failed: (error: Error, ms: number) => void): void => {
        const answered = (answer: T): void => {
          if (fault === 'crash-after') from.crash();
          else if (fault === 'lost-answer') failed(timedOut(), timeoutMs);
          else reply(() => resolve(answer));
        };
        engine.after(faults.delay(8), () => {
          try {
            const done = work();
            if ('answer' in done) answered(done.answer);
            else engine.after(faults.delay(8), () => answered(done.second()));
          } catch (error) {
            reply(() => reject(error));
          }
        });
      };
      if (from.isAlive()) attempt(attempts);
    });
  return { call };
};
export type Network = ReturnType<typeof network>;
