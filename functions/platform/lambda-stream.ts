/** The Lambda edge of a function that streams its response. */
import type { Context, LambdaFunctionURLEvent } from 'aws-lambda';
import { lambda } from './lambda.ts';
import type { BasePorts, Env } from './ports.ts';
import { type Open, sinkOf } from './response-sink.ts';

/** How to answer one call, and how long the function may still run. */
export type StreamCall = { readonly requestId: string; readonly open: Open; readonly remainingMs: () => number };
type Streaming = (event: LambdaFunctionURLEvent, call: StreamCall) => Promise<void>;

/** As `lambda`; the response is written, not returned. */
export const streamingLambda = <Given extends object>(
  compose: (ports: BasePorts & Given, env: Env) => Streaming,
  clients: Given,
) => {
  const calls = new WeakMap<object, StreamCall>();
  const inner = lambda((ports: BasePorts & Given, env) => {
    const stream = compose(ports, env);
    return (event: LambdaFunctionURLEvent) => stream(event, calls.get(event) as StreamCall);
  }, clients);
  return awslambda.streamifyResponse<LambdaFunctionURLEvent>(async (event, response, context: Context) => {
    calls.set(event, {
      requestId: context.awsRequestId,
      open: sinkOf((head) => awslambda.HttpResponseStream.from(response, { ...head })),
      remainingMs: () => context.getRemainingTimeInMillis(),
    });
    await inner(event, context);
  });
};
