/** Asynchronous invocations: when they are tried again, and where they end. */
import { describe, expect, it, vi } from 'vitest';
import { openAsyncInvokes } from '../../../../local/cloud/lambda/async.ts';
import type { LambdaFunction, Outcome } from '../../../../local/cloud/lambda/functions.ts';

const ok: Outcome = { ok: true, requestId: 'r', payload: 'null' };
const broken: Outcome = {
  ok: false,
  requestId: 'r',
  throttled: false,
  error: { errorType: 'Error', errorMessage: 'no good' },
};

/** Plays the outcomes one after another, the last one as often as it takes. */
const play = async (outcomes: readonly Outcome[], config?: object) => {
  const sent: { readonly queue: string; readonly body: unknown; readonly attributes: unknown }[] = [];
  let calls = 0;
  const target: LambdaFunction = {
    name: 'f',
    arn: 'arn:f',
    deadLetterArn: 'arn:dead',
    invoke: async () => outcomes[Math.min(calls++, outcomes.length - 1)] ?? ok,
  };
  const find = (queue: string) => ({
    send: (body: string, attributes: unknown) => sent.push({ queue, body: JSON.parse(body), attributes }),
  });
  const read = (_type: string, schema: { parse: (value: object) => unknown }) =>
    config ? [{ id: 'Config', properties: schema.parse({ FunctionName: 'f', ...config }) }] : [];
  const invokes = openAsyncInvokes({ stack: { read }, queues: { find } } as never, [0]);
  invokes.invoke(target, '{"a":1}');
  await vi.waitFor(() => expect(invokes.pending()).toBe(0));
  return { calls, sent };
};

describe('an asynchronous invocation', () => {
  it('is not repeated when it succeeds', async () => {
    expect(await play([ok])).toEqual({ calls: 1, sent: [] });
  });

  it('is tried up to three times', async () => {
    expect(await play([broken, broken, ok])).toEqual({ calls: 3, sent: [] });
  });

  it('that fails each time is sent to the dead-letter queue with the error', async () => {
    const { calls, sent } = await play([broken]);
    expect(calls).toBe(3);
    expect(sent).toEqual([
      {
        queue: 'arn:dead',
        body: { a: 1 },
        attributes: {
          RequestID: { DataType: 'String', StringValue: 'r' },
          ErrorCode: { DataType: 'String', StringValue: '200' },
          ErrorMessage: { DataType: 'String', StringValue: 'no good' },
        },
      },
    ]);
  });

  it('is tried as often as its configuration says, then sent to its destination with the event', async () => {
    const DestinationConfig = { OnFailure: { Destination: 'arn:failed' } };
    const { calls, sent } = await play([broken], { MaximumRetryAttempts: 1, DestinationConfig });
    expect(calls).toBe(2);
    expect(sent[0]).toMatchObject({
      queue: 'arn:failed',
      body: {
        requestContext: { functionArn: 'arn:f:$LATEST', condition: 'RetriesExhausted', approximateInvokeCount: 2 },
        requestPayload: { a: 1 },
        responsePayload: { errorMessage: 'no good' },
      },
    });
  });

  it('that is too old is not tried again', async () => {
    const DestinationConfig = { OnFailure: { Destination: 'arn:failed' } };
    const { calls, sent } = await play([broken], { MaximumEventAgeInSeconds: -1, DestinationConfig });
    expect(calls).toBe(1);
    expect(sent[0]).toMatchObject({ body: { requestContext: { condition: 'EventAgeExceeded' } } });
  });
});
