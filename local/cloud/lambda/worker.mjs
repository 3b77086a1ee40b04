/**
 * The inside of one Lambda environment: loads one bundle and answers calls over the port. Plain JavaScript, because a
 * worker thread that strips types costs 12 MB and 15 ms more than one that does not.
 */
import diagnostics from 'node:diagnostics_channel';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { invokeStore, ownOf } from './invoke-store.mjs';
import { enforce } from './permissions.mjs';

const streaming = Symbol('streams its response');
const WRITES = /^DynamoDB_20120810\.(Put|Update|Delete|BatchWrite|TransactWrite)/;

/** What waits for the next turn of the event loop: log lines, and whether something was written to a table. */
let lines = [];
let wrote = false;
let scheduled = false;

const flush = () => {
  scheduled = false;
  if (lines.length === 0 && !wrote) return;
  parentPort.postMessage({ lines, wrote });
  lines = [];
  wrote = false;
};

const schedule = () => {
  if (scheduled) return;
  scheduled = true;
  setImmediate(flush);
};

const capture = () => {
  let rest = '';
  return (chunk, encoding, callback) => {
    const parts = (rest + (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())).split('\n');
    rest = parts.pop();
    lines.push(...parts);
    schedule();
    const done = typeof encoding === 'function' ? encoding : callback;
    if (done) process.nextTick(done);
    return true;
  };
};

process.stdout.write = capture();
process.stderr.write = capture();

diagnostics.subscribe('http.client.response.finish', ({ request }) => {
  const target = request.getHeader('x-amz-target');
  if (typeof target !== 'string' || !WRITES.test(target)) return;
  wrote = true;
  schedule();
});

enforce(workerData.allowed, process.env.AWS_LAMBDA_FUNCTION_NAME);

/** Sends what a function writes to its response as it comes; each chunk waits until the host took it. */
class ResponseStream extends Writable {
  taken = new Map();

  constructor(id) {
    super({ decodeStrings: true });
    this.id = id;
    this.sent = 0;
  }

  setContentType(type) {
    this.head({ headers: { 'content-type': type } });
  }

  head(metadata) {
    if (this.headSent) return;
    this.headSent = true;
    parentPort.postMessage({ id: this.id, head: metadata });
  }

  _write(chunk, _encoding, done) {
    this.head({});
    this.taken.set(++this.sent, done);
    parentPort.postMessage({ id: this.id, chunk, number: this.sent });
  }

  took(number) {
    const done = this.taken.get(number);
    this.taken.delete(number);
    done?.();
  }
}

globalThis.awslambda = {
  InvokeStore: invokeStore,
  streamifyResponse: (handler) => Object.assign(handler, { [streaming]: true }),
  HttpResponseStream: {
    from: (stream, metadata) => {
      stream.head(metadata);
      return stream;
    },
  },
};

const errorOf = (error) =>
  error instanceof Error
    ? {
        errorType: error.name,
        errorMessage: error.message,
        trace: (error.stack ?? '').split('\n').map((line) => line.trim()),
      }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };

const { AWS_LAMBDA_FUNCTION_NAME: functionName, AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memoryLimitInMB } = process.env;
const contextOf = ({ requestId, arn, deadline }) => ({
  callbackWaitsForEmptyEventLoop: true,
  functionName,
  functionVersion: '$LATEST',
  invokedFunctionArn: arn,
  memoryLimitInMB,
  awsRequestId: requestId,
  logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
  logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
  getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
});

/** Lambda logs an error that leaves the function, in its JSON log format. */
const report = (error, requestId) => {
  const { errorType, errorMessage, trace } = errorOf(error);
  const line = {
    timestamp: new Date().toISOString(),
    level: 'ERROR',
    requestId,
    message: { errorType, errorMessage, stackTrace: trace },
  };
  lines.push(JSON.stringify(line));
};

const responses = new Map();

const stream = async (handler, call) => {
  const response = new ResponseStream(call.id);
  responses.set(call.id, response);
  try {
    await handler(JSON.parse(call.event), response, contextOf(call));
    response.head({});
    if (!response.writableEnded) response.end();
    await new Promise((resolve) => (response.writableFinished ? resolve() : response.once('finish', resolve)));
  } finally {
    responses.delete(call.id);
  }
  return undefined;
};

const answer = async (handler, call) => {
  try {
    const result = handler[streaming]
      ? await stream(handler, call)
      : await handler(JSON.parse(call.event), contextOf(call));
    parentPort.postMessage({ id: call.id, payload: JSON.stringify(result) ?? 'null', lines, wrote });
  } catch (error) {
    report(error, call.requestId);
    parentPort.postMessage({ id: call.id, error: errorOf(error), lines, wrote });
  }
  lines = [];
  wrote = false;
};

try {
  const { [workerData.handler]: handler } = await import(pathToFileURL(workerData.file).href);
  if (typeof handler !== 'function') throw new Error(`${workerData.file} exports no function ${workerData.handler}`);
  parentPort.on('message', (message) => {
    if (message.took === undefined) void invokeStore.run(ownOf(message), () => answer(handler, message));
    else responses.get(message.id)?.took(message.took);
  });
  parentPort.postMessage({ ready: true, streams: handler[streaming] === true });
} catch (error) {
  report(error);
  parentPort.postMessage({ broken: errorOf(error), lines });
}
