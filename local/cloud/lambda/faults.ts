/** Faults that a test injects: the next calls of a function fail before it runs, or start late. */
import { z } from '../template/schema.ts';
import type { LambdaError } from './environment.ts';

/** `times`: how many of the next calls it hits. */
export const faultSchema = z.object({
  times: z.number().int().min(1),
  fail: z.boolean().optional(),
  delayMs: z.number().optional(),
});
export type Fault = z.infer<typeof faultSchema>;

export const openFaults = () => {
  const pending = new Map<string, Fault>();
  return {
    inject: (functionName: string, fault: Fault): void => void pending.set(functionName, fault),
    before: (functionName: string, begin: () => void, fail: (error: LambdaError) => void) => {
      const fault = pending.get(functionName);
      if (!fault) return begin();
      if (fault.times <= 1) pending.delete(functionName);
      else pending.set(functionName, { ...fault, times: fault.times - 1 });
      const error = { errorType: 'InjectedFault', errorMessage: 'a test made this call fail' };
      const run = fault.fail ? (): void => fail(error) : begin;
      if (fault.delayMs === undefined) run();
      else setTimeout(run, fault.delayMs);
    },
  };
};
