/** One Lambda environment: a worker thread with its own variables, which answers one or several calls at a time. */
import { Worker } from 'node:worker_threads';
import type { Allowed } from './permissions.ts';

export interface LambdaError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** Where a function that streams its response writes to. */
export interface ResponseSink {
  readonly head: (metadata: unknown) => void;
  readonly chunk: (bytes: Uint8Array, took: () => void) => void;
}

export interface Call {
  readonly requestId: string;
  readonly event: string;
  /** Called when the function begins, which is after its environment was made; gives the deadline. */
  readonly begin: () => number;
  readonly sink?: ResponseSink | undefined;
  readonly settle: (outcome: { readonly payload: string } | { readonly error: LambdaError }) => void;
}

export interface EnvironmentOptions {
  readonly file: string;
  readonly handler: string;
  readonly arn: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  /** What its role allows; undefined allows everything. */
  readonly allowed: readonly Allowed[] | undefined;
  readonly onLines: (lines: readonly string[]) => void;
  readonly onWrite: () => void;
  readonly onGone: () => void;
}

interface Message {
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
}

export interface Environment {
  readonly busy: () => number;
  /** False once it is on its way out: it ends when its last call ended. */
  readonly open: () => boolean;
  readonly call: (call: Call) => void;
  /** Takes no further call, and ends as soon as the calls that run have ended. */
  readonly retire: (requestId: string) => void;
  readonly kill: (error: LambdaError) => Promise<void>;
}

export const startEnvironment = (options: EnvironmentOptions): Environment => {
  const worker = new Worker(new URL('./worker.mjs', import.meta.url), {
    workerData: { file: options.file, handler: options.handler, allowed: options.allowed },
    env: { ...options.variables },
    resourceLimits: { maxOldGenerationSizeMb: options.memoryMb, maxYoungGenerationSizeMb: 8 },
    // Its own flags only: the host may run under a test runner or an inspector.
    execArgv: [],
    stdin: false,
  });
  const calls = new Map<number, Call>();
  let nextId = 0;
  let open = true;
  let isReady = false;
  let announce = (): void => {};
  const ready = new Promise<void>((resolve) => {
    announce = resolve;
  }).then(() => {
    isReady = true;
  });

  const post = (id: number, { event, requestId, begin }: Call): void => {
    if (calls.has(id)) worker.postMessage({ id, event, requestId, arn: options.arn, deadline: begin() });
  };

  const finish = (id: number, outcome: Parameters<Call['settle']>[0]): void => {
    const call = calls.get(id);
    calls.delete(id);
    call?.settle(outcome);
    if (!open && calls.size === 0) void worker.terminate();
  };

  const failAll = (error: LambdaError): void => {
    open = false;
    announce();
    for (const id of [...calls.keys()]) finish(id, { error });
  };

  worker.on('message', (message: Message) => {
    if (message.lines && message.lines.length > 0) options.onLines(message.lines);
    if (message.wrote) options.onWrite();
    const { id } = message;
    if (message.ready) announce();
    else if (message.broken) failAll(message.broken);
    else if (id === undefined) return;
    else if (message.payload !== undefined) finish(id, { payload: message.payload });
    else if (message.error) finish(id, { error: message.error });
    else if (message.chunk) {
      const took = (): void => worker.postMessage({ id, took: message.number });
      const sink = calls.get(id)?.sink;
      if (sink) sink.chunk(message.chunk, took);
      else took();
    } else if ('head' in message) calls.get(id)?.sink?.head(message.head);
  });
  worker.on('error', (error: Error) => {
    options.onLines([
      JSON.stringify({ level: 'ERROR', message: 'the environment broke', error: error.stack ?? String(error) }),
    ]);
    failAll({ errorType: 'Runtime.ExitError', errorMessage: error.message });
  });
  worker.on('exit', (code) => {
    failAll({ errorType: 'Runtime.ExitError', errorMessage: `Runtime exited with error: exit status ${code}` });
    options.onGone();
  });

  return {
    busy: () => calls.size,
    open: () => open,
    call: (call) => {
      const id = ++nextId;
      calls.set(id, call);
      if (isReady) post(id, call);
      else void ready.then(() => post(id, call));
    },
    retire: (requestId) => {
      open = false;
      for (const [id, call] of calls) if (call.requestId === requestId) calls.delete(id);
      if (calls.size === 0) void worker.terminate();
    },
    kill: async (error) => {
      failAll(error);
      await worker.terminate();
    },
  };
};
