/** What the world is built from, as it is read from the synthesized template. */
import type { Clients, Env, Ports } from '../../functions/platform/ports.ts';
import type { Matcher } from '../../local/cloud/events/pattern.ts';
import type { Schedule } from '../../local/cloud/events/schedule.ts';
import type { MakeInput } from '../../local/cloud/events/transform.ts';

export type Handler = (event: unknown) => Promise<unknown>;
export type Compose = (ports: Ports<keyof Clients>, env: Env) => Handler;

export type FunctionPlan = {
  readonly arn: string;
  /** `payments-webhook`. */
  readonly name: string;
  readonly timeoutMs: number;
  readonly concurrency: number;
  readonly env: Readonly<Record<string, string>>;
  readonly compose: Compose;
};
export type QueuePlan = {
  readonly url: string;
  readonly arn: string;
  readonly visibilityMs: number;
  readonly retentionMs: number;
  readonly deadLetters?: { readonly arn: string; readonly receives: number };
};
export type MappingPlan = {
  readonly source: string;
  readonly target: string;
  readonly batchSize: number;
  readonly windowMs: number;
  readonly concurrency: number;
  readonly partialFailures: boolean;
  readonly matches?: Matcher;
  readonly bisect: boolean;
  /** Undefined: for as long as the record lives. */
  readonly retries?: number;
  readonly maxAgeMs?: number;
  readonly onFailure?: string;
};
export type TargetPlan = { readonly arn: string; readonly input: MakeInput };
export type RulePlan = {
  readonly arn: string;
  readonly name: string;
  readonly bus: string;
  readonly matches?: Matcher;
  readonly schedule?: Schedule;
  readonly targets: readonly TargetPlan[];
};
export type RoutePlan = { readonly key: string; readonly target: string };
export type Blueprint = {
  readonly functions: readonly FunctionPlan[];
  readonly queues: readonly QueuePlan[];
  readonly mappings: readonly MappingPlan[];
  readonly rules: readonly RulePlan[];
  readonly routes: readonly RoutePlan[];
  readonly stateStream: string;
  /** The queue that gets what the cars' devices report. */
  readonly deviceQueue: string;
};
