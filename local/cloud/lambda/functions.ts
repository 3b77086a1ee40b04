/** The functions of the template: reads them, and invokes them with Lambda's time-outs, throttles and error shapes. */
import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { Needs } from '../parts.ts';
import type { VariablesFor } from '../variables.ts';
import type { Call, LambdaError, ResponseSink } from './environment.ts';
import { openFaults } from './faults.ts';
import { readPermissions } from './permissions.ts';
import { openPool, type Pool } from './pool.ts';
import { bundleOf, type FunctionProperties, functionSchema, lambdaVariables } from './template.ts';

export type Outcome =
  | { readonly ok: true; readonly requestId: string; readonly payload: string }
  | { readonly ok: false; readonly requestId: string; readonly error: LambdaError; readonly throttled: boolean };

export type LambdaFunction = {
  readonly name: string;
  readonly arn: string;
  readonly deadLetterArn: string | undefined;
  readonly invoke: (event: string, sink?: ResponseSink) => Promise<Outcome>;
};

export type Functions = ReturnType<typeof openFunctions>;
type Options = Needs<'stack' | 'monitor' | 'logs'> & {
  readonly variables: VariablesFor;
  /** A function wrote to a table. */
  readonly onWrite: () => void;
};

const timedOut = (requestId: string, timeoutMs: number): LambdaError => ({
  errorType: 'Sandbox.Timedout',
  errorMessage: `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`,
});

type Invoked = {
  readonly pool: Pool;
  readonly name: string;
  readonly timeoutMs: number;
  readonly faults: ReturnType<typeof openFaults>;
  readonly onLines: (lines: readonly string[]) => void;
};

/** Runs one call to its end, or to its time-out. */
const run = (
  { pool, name, timeoutMs, faults, onLines }: Invoked,
  call: Pick<Call, 'requestId' | 'event' | 'sink'>,
): Promise<Parameters<Call['settle']>[0]> =>
  new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const settle: Call['settle'] = (outcome) => {
      clearTimeout(timer);
      resolve(outcome);
    };
    const begin = (): void =>
      pool.run((environment) => {
        const expire = (): void => {
          const error = timedOut(call.requestId, timeoutMs);
          onLines([`${new Date().toISOString()} ${error.errorMessage}`]);
          environment.retire(call.requestId);
          settle({ error });
        };
        const startClock = (): number => {
          timer = setTimeout(expire, timeoutMs);
          return Date.now() + timeoutMs;
        };
        environment.call({ ...call, begin: startClock, settle });
      });
    faults.before(name, begin, (error) => settle({ error }));
  });

export const openFunctions = ({ stack, monitor, logs, variables, onWrite }: Options) => {
  const allowedBy = readPermissions(stack);
  const faults = openFaults();
  const pools = new Map<string, Pool>();
  const workers = availableParallelism() > 2 ? 2 : 1;
  let running = 0;

  const open = (id: string, properties: FunctionProperties): LambdaFunction => {
    const { ref: name, attributes } = stack.identify(id);
    const arn = attributes.Arn ?? name;
    const logGroup = properties.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`;
    const onLines = (lines: readonly string[]): void => {
      logs.append(name, lines);
      monitor.lines(logGroup, lines);
    };
    const own = {
      ...lambdaVariables(name, properties),
      AWS_LAMBDA_LOG_GROUP_NAME: logGroup,
      ...properties.Environment?.Variables,
    };
    const pool = openPool({
      ...bundleOf(stack.assetFolder(properties.Code.S3Key), properties.Handler),
      arn,
      memoryMb: properties.MemorySize,
      allowed: allowedBy(properties.Role),
      variables: variables(own),
      workers,
      onLines,
      onWrite,
    });
    pools.set(name, pool);
    const invoked = { pool, name, timeoutMs: properties.Timeout * 1000, faults, onLines };
    const reserved = properties.ReservedConcurrentExecutions ?? Number.POSITIVE_INFINITY;
    let concurrent = 0;

    const invoke: LambdaFunction['invoke'] = async (event, sink) => {
      const requestId = randomUUID();
      const started = performance.now();
      if (concurrent >= reserved) {
        monitor.throttled(name);
        const error = { errorType: 'TooManyRequestsException', errorMessage: 'Rate Exceeded.' };
        return { ok: false, requestId, error, throttled: true };
      }
      concurrent += 1;
      running += 1;
      const outcome = await run(invoked, { requestId, event, sink });
      concurrent -= 1;
      running -= 1;
      const failed = 'error' in outcome;
      monitor.invocation(name, performance.now() - started, failed);
      return failed
        ? { ok: false, requestId, error: outcome.error, throttled: false }
        : { ok: true, requestId, payload: outcome.payload };
    };
    return { name, arn, deadLetterArn: properties.DeadLetterConfig?.TargetArn, invoke };
  };

  const all = stack.read('AWS::Lambda::Function', functionSchema).map(({ id, properties }) => open(id, properties));
  const byName = new Map(all.map((one) => [one.name, one]));

  return {
    all,
    faults,
    running: (): number => running,
    /** Functions that have an environment now. */
    started: (): number => [...pools.values()].filter((pool) => pool.size() > 0).length,
    /** Finds a function by its ARN (also inside an API Gateway invocation ARN) or name. */
    find: (reference: string): LambdaFunction => {
      const name = /function:([^:/]+)/.exec(reference)?.[1] ?? reference;
      const found = byName.get(name);
      if (!found) throw new Error(`the template has no function ${reference}`);
      return found;
    },
    /** Ends the environments of a function in the middle of their calls. @returns how many calls that hit */
    kill: async (name: string): Promise<number> => pools.get(name)?.kill() ?? 0,
    stop: async (): Promise<void> => {
      await Promise.all([...pools.values()].map((pool) => pool.stop()));
    },
  };
};
