/** Faults that a test injects: the next calls of a function fail before it runs, or start late. */
import type { LambdaError } from './environment.ts';

export interface Fault {
  /** How many of the next calls it hits. */
  readonly times: number;
  readonly fail?: boolean | undefined;
  readonly delayMs?: number | undefined;
}

export interface Faults {
  readonly inject: (functionName: string, fault: Fault) => void;
  readonly before: (functionName: string, begin: () => void, fail: (error: LambdaError) => void) => void;
  readonly clear: () => void;
}

export const openFaults = (): Faults => {
  const pending = new Map<string, Fault>();
  return {
    inject: (functionName, fault) => void pending.set(functionName, fault),
    clear: () => pending.clear(),
    before: (functionName, begin, fail) => {
      const fault = pending.get(functionName);
      if (!fault) return begin();
      if (fault.times <= 1) pending.delete(functionName);
      else pending.set(functionName, { ...fault, times: fault.times - 1 });
      const go = fault.fail
        ? () => fail({ errorType: 'InjectedFault', errorMessage: 'a test made this call fail' })
        : begin;
      if (fault.delayMs === undefined) go();
      else setTimeout(go, fault.delayMs);
    },
  };
};
