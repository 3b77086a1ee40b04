/** One Lambda environment: a worker thread with separate variables, which answers one or several calls at a time. */
import { Worker } from 'node:worker_threads';
import type { Allowed } from './permissions.ts';

export type LambdaError = {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
};

/** Where a function that streams its response writes to. */
export type ResponseSink = {
  readonly head: (metadata: unknown) => void;
  readonly chunk: (bytes: Uint8Array, taken: () => void) => void;
};

export type Call = {
  readonly requestId: string;
  readonly event: string;
  /** Called when the function begins, which is after its environment was made; gives the deadline. */
  readonly begin: () => number;
  readonly sink?: ResponseSink | undefined;
  readonly settle: (outcome: { readonly payload: string } | { readonly error: LambdaError }) => void;
};

export type EnvironmentOptions = {
  readonly file: string;
  readonly handler: string;
  readonly arn: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  /** What its role allows; undefined allows everything. */
  readonly allowed: readonly Allowed[] | undefined;
  readonly onLines: (lines: readonly string[]) => void;
  readonly onWrite: () => void;
  /** A call ended. */
  readonly onSettled: () => void;
  readonly onExit: () => void;
};

type Message = {
  readonly id?: number;
  readonly ready?: boolean;
  readonly broken?: LambdaError;
  readonly payload?: string;
  readonly error?: LambdaError;
  readonly head?: unknown;
  readonly chunk?: Uint8Array;
  readonly number?: number;
  readonly lines?: readonly string[];
  readonly wrote?: boolean;
};

export type Environment = ReturnType<typeof startEnvironment>;

const workerOf = ({ file, handler, allowed, variables, memoryMb }: EnvironmentOptions): Worker =>
  new Worker(new URL('./worker.mjs', import.meta.url), {
    workerData: { file, handler, allowed },
    env: { ...variables },
    resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 8 },
    // No flags of the host, which may run under a test runner or an inspector.
    execArgv: [],
    stdin: false,
  });

export const startEnvironment = (options: EnvironmentOptions) => {
  const worker = workerOf(options);
  const calls = new Map<number, Call>();
  const ready = Promise.withResolvers<void>();
  let nextId = 0;
  let open = true;

  const finish = (id: number, outcome: Parameters<Call['settle']>[0]): void => {
    const call = calls.get(id);
    calls.delete(id);
    call?.settle(outcome);
    if (!open && calls.size === 0) void worker.terminate();
    options.onSettled();
  };

  const failAll = (error: LambdaError): void => {
    open = false;
    ready.resolve();
    for (const id of [...calls.keys()]) finish(id, { error });
  };

  worker.on('message', ({ id, lines = [], wrote, chunk, ...message }: Message) => {
    if (lines.length > 0) options.onLines(lines);
    if (wrote) options.onWrite();
    if (message.ready) ready.resolve();
    if (message.broken) failAll(message.broken);
    if (id === undefined) return;
    const sink = calls.get(id)?.sink;
    if (message.payload !== undefined) finish(id, { payload: message.payload });
    else if (message.error) finish(id, { error: message.error });
    else if (chunk) {
      const taken = (): void => worker.postMessage({ id, took: message.number });
      if (sink) sink.chunk(chunk, taken);
      else taken();
    } else if ('head' in message) sink?.head(message.head);
  });
  worker.on('error', (error: Error) => {
    const line = { level: 'ERROR', message: 'the environment broke', error: error.stack ?? String(error) };
    options.onLines([JSON.stringify(line)]);
    failAll({ errorType: 'Runtime.ExitError', errorMessage: error.message });
  });
  worker.on('exit', (code) => {
    failAll({ errorType: 'Runtime.ExitError', errorMessage: `Runtime exited with error: exit status ${code}` });
    options.onExit();
  });

  return {
    busy: (): number => calls.size,
    /** False once it takes no further call: it ends when its last call ended. */
    open: (): boolean => open,
    call: (call: Call): void => {
      const id = ++nextId;
      calls.set(id, call);
      const { event, requestId } = call;
      void ready.promise.then(() => {
        if (calls.has(id)) worker.postMessage({ id, event, requestId, arn: options.arn, deadline: call.begin() });
      });
    },
    /** Takes no further call, and ends as soon as the calls that run have ended. */
    retire: (requestId: string): void => {
      open = false;
      for (const [id, call] of calls) if (call.requestId === requestId) calls.delete(id);
      if (calls.size === 0) void worker.terminate();
    },
    kill: async (error: LambdaError): Promise<void> => {
      failAll(error);
      await worker.terminate();
    },
  };
};
