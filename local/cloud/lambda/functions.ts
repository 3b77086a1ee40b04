/** The functions of the template: reads them, and invokes them with Lambda's time-outs, throttles and error shapes. */
import { randomUUID } from 'node:crypto';
import type { Stack } from '../template/stack.ts';
import type { Call, LambdaError, ResponseSink } from './environment.ts';
import { type Faults, openFaults } from './faults.ts';
import { readPermissions } from './permissions.ts';
import { openPool, type Pool } from './pool.ts';
import { bundleOf, type FunctionProperties, functionSchema, lambdaVariables } from './template.ts';

export type Outcome =
  | { readonly ok: true; readonly requestId: string; readonly payload: string }
  | { readonly ok: false; readonly requestId: string; readonly error: LambdaError; readonly throttled: boolean };

export interface LambdaFunction {
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  readonly logGroup: string;
  readonly timeoutMs: number;
  readonly deadLetterArn: string | undefined;
  readonly invoke: (event: string, sink?: ResponseSink) => Promise<Outcome>;
}

export interface InvocationRecord {
  readonly name: string;
  readonly durationMs: number;
  readonly failed: boolean;
  readonly throttled: boolean;
}

export interface FunctionsOptions {
  readonly stack: Stack;
  readonly variables: (name: string, own: Readonly<Record<string, string>>) => Record<string, string>;
  readonly region: string;
  readonly workersPerFunction: number;
  readonly callsPerWorker: number;
  readonly onLines: (functionName: string, logGroup: string, lines: readonly string[]) => void;
  readonly onWrite: () => void;
  readonly onInvocation: (record: InvocationRecord) => void;
}

export interface Functions {
  readonly all: readonly LambdaFunction[];
  /** Finds a function by its ARN (also inside an API Gateway invocation ARN) or name. */
  readonly find: (reference: string) => LambdaFunction;
  readonly faults: Faults;
  readonly running: () => number;
  /** Functions that have an environment now. */
  readonly started: () => number;
  /** Ends the environments of a function in the middle of whatever they do. */
  readonly kill: (name: string) => Promise<number>;
  readonly stop: () => Promise<void>;
}

const timedOut = (requestId: string, timeoutMs: number): LambdaError => ({
  errorType: 'Sandbox.Timedout',
  errorMessage: `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`,
});

export const openFunctions = (options: FunctionsOptions): Functions => {
  const { stack } = options;
  const allowedBy = readPermissions(stack);
  const faults = openFaults();
  const pools = new Map<string, Pool>();
  let running = 0;

  const open = (id: string, properties: FunctionProperties): LambdaFunction => {
    const { ref: name, attributes } = stack.identify(id);
    const arn = attributes.Arn ?? name;
    const logGroup = properties.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`;
    const timeoutMs = properties.Timeout * 1000;
    const reserved = properties.ReservedConcurrentExecutions ?? Number.POSITIVE_INFINITY;
    const pool = openPool({
      ...bundleOf(stack.assetFolder(properties.Code.S3Key), properties.Handler),
      arn,
      memoryMb: properties.MemorySize,
      allowed: allowedBy(properties.Role),
      variables: options.variables(name, {
        ...lambdaVariables(name, options.region, properties),
        AWS_LAMBDA_LOG_GROUP_NAME: logGroup,
        ...properties.Environment?.Variables,
      }),
      workers: options.workersPerFunction,
      callsPerWorker: options.callsPerWorker,
      onLines: (lines) => options.onLines(name, logGroup, lines),
      onWrite: options.onWrite,
    });
    pools.set(name, pool);
    let own = 0;

    const invoke = (event: string, sink?: ResponseSink): Promise<Outcome> => {
      const requestId = randomUUID();
      const started = performance.now();
      if (own >= reserved) {
        options.onInvocation({ name, durationMs: 0, failed: false, throttled: true });
        const error = { errorType: 'TooManyRequestsException', errorMessage: 'Rate Exceeded.' };
        return Promise.resolve({ ok: false, requestId, error, throttled: true });
      }
      own += 1;
      running += 1;
      return new Promise((resolve) => {
        let timer: NodeJS.Timeout | undefined;
        let settled = false;
        const settle: Call['settle'] = (outcome) => {
          if (settled) return;
          settled = true;
          clearTimeout(timer);
          own -= 1;
          running -= 1;
          const failed = 'error' in outcome;
          options.onInvocation({ name, durationMs: performance.now() - started, failed, throttled: false });
          resolve(
            failed
              ? { ok: false, requestId, error: outcome.error, throttled: false }
              : { ok: true, requestId, payload: outcome.payload },
          );
        };
        const begin = (): void =>
          pool.run((environment) => {
            const overdue = (): void => {
              const error = timedOut(requestId, timeoutMs);
              options.onLines(name, logGroup, [`${new Date().toISOString()} ${error.errorMessage}`]);
              environment.retire(requestId);
              settle({ error });
            };
            const startClock = (): number => {
              timer = setTimeout(overdue, timeoutMs);
              return Date.now() + timeoutMs;
            };
            environment.call({ requestId, event, begin: startClock, sink, settle });
          });
        faults.before(name, begin, (error) => settle({ error }));
      });
    };

    return { id, name, arn, logGroup, timeoutMs, deadLetterArn: properties.DeadLetterConfig?.TargetArn, invoke };
  };

  const all = stack.read('AWS::Lambda::Function', functionSchema).map(({ id, properties }) => open(id, properties));
  const byName = new Map(all.map((one) => [one.name, one]));

  return {
    all,
    faults,
    running: () => running,
    started: () => [...pools.values()].filter((pool) => pool.size() > 0).length,
    find: (reference) => {
      const name = /function:([^:/]+)/.exec(reference)?.[1] ?? reference;
      const found = byName.get(name);
      if (!found) throw new Error(`the template has no function ${reference}`);
      return found;
    },
    kill: (name) => pools.get(name)?.kill() ?? Promise.resolve(0),
    stop: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.stop()));
    },
  };
};
