/** The Lambda edge: wiring, the ids in each line, and a response that is streamed. */
import { Writable } from 'node:stream';
import type { Context } from 'aws-lambda';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { log } from '../../functions/kernel/log.ts';
import type { BasePorts } from '../../functions/platform/ports.ts';
import { captured } from '../support/stdout.ts';

const written = captured();
const context = (awsRequestId: string): Context =>
  ({ awsRequestId, functionName: 'test', memoryLimitInMB: '256', getRemainingTimeInMillis: () => 1_234 }) as Context;

/** As Lambda loads it: once, with the environment of the function. */
const edge = async () => {
  vi.resetModules();
  const { logTo } = await import('../../functions/kernel/log.ts');
  const { lambda } = await import('../../functions/platform/lambda.ts');
  const { streamingLambda } = await import('../../functions/platform/lambda-stream.ts');
  const fresh = await import('../../functions/kernel/log.ts');
  return { lambda, streamingLambda, log: fresh.log, logTo };
};
beforeEach(() => {
  vi.stubEnv('AWS_LAMBDA_INITIALIZATION_TYPE', 'on-demand');
  vi.stubEnv('_X_AMZN_TRACE_ID', 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=557abcec3ee5a047;Sampled=1');
  vi.stubEnv('SERVICE', 'orders');
  return () => vi.unstubAllEnvs();
});

describe('a function is called', () => {
  it('[OPS-4] each line has the request id, the correlation id, the trace id and the cold start', async () => {
    const { lambda, log: logged } = await edge();
    const handler = lambda(
      () => async (event: object) => {
        logged.info('Decided', { orderId: 'a' });
        return event;
      },
      {},
    );
    await handler({ requestContext: { requestId: 'http-1' } }, context('call-1'));
    await handler({ Records: [] }, context('call-2'));
    const [first, second] = written.lines();
    expect(first).toEqual({
      level: 'INFO',
      message: 'Decided',
      timestamp: expect.any(String),
      service: 'orders',
      function_request_id: 'call-1',
      cold_start: true,
      xray_trace_id: '1-5759e988-bd862e3fe1be46a994272793',
      correlation_id: 'http-1',
      orderId: 'a',
    });
    expect(second).toMatchObject({ function_request_id: 'call-2', cold_start: false });
    expect(second).not.toHaveProperty('correlation_id');
  });

  it('keeps nothing of a call that failed', async () => {
    const { lambda, log: logged } = await edge();
    const handler = lambda(
      () => async (event: { readonly fails?: boolean }) => {
        if (event.fails) throw new Error('it fails');
        logged.info('Decided');
      },
      {},
    );
    const failing = { fails: true, requestContext: { requestId: 'http-1' } };
    await expect(handler(failing, context('call-1'))).rejects.toThrow('it fails');
    await handler({}, context('call-2'));
    expect(written.lines()[0]).not.toHaveProperty('correlation_id');
  });

  it('takes an event that is nothing', async () => {
    const { lambda } = await edge();
    expect(await lambda(() => async (event: null) => event, {})(null, context('call-1'))).toBeNull();
  });

  it('is wired once, with the real ports, its clients and its environment', async () => {
    const { lambda } = await edge();
    const composed: (BasePorts & { readonly client: string })[] = [];
    const handler = lambda(
      (ports: BasePorts & { readonly client: string }, env) => {
        composed.push(ports);
        return async () => env.SERVICE;
      },
      { client: 'c' },
    );
    expect(await handler({}, context('call-1'))).toBe('orders');
    await handler({}, context('call-2'));
    expect(composed).toHaveLength(1);
    const [ports] = composed as [BasePorts & { readonly client: string }];
    expect(ports.client).toBe('c');
    expect(Math.abs(ports.now() - Date.now())).toBeLessThan(1_000);
    expect(ports.random()).toBeLessThan(1);
    expect(await ports.pause(0)).toBeUndefined();
    expect(await ports.readText(new URL(import.meta.url))).toContain('wired once');
  });
});

describe('a response is streamed', () => {
  it('has the head and the text of the function, and the time that is left', async () => {
    const chunks: string[] = [];
    const response = new Writable({
      write: (chunk, _, done) => {
        chunks.push(String(chunk));
        done();
      },
    });
    vi.stubGlobal('awslambda', {
      streamifyResponse: (handler: unknown) => handler,
      HttpResponseStream: {
        from: (stream: Writable, head: unknown) => {
          chunks.push(JSON.stringify(head));
          return stream;
        },
      },
    });
    const { streamingLambda, log: logged } = await edge();
    const handler = streamingLambda(
      () =>
        async (event, { requestId, open, remainingMs }) => {
          logged.info('Streamed', { path: event.rawPath });
          const sink = open(200, { 'content-type': 'text/plain' });
          expect(await sink.write(`${requestId} ${remainingMs()}`)).toBe(true);
          await sink.end();
          expect(await sink.write('more')).toBe(false);
        },
      {},
    ) as unknown as (event: object, response: Writable, context: Context) => Promise<void>;
    await handler({ rawPath: '/live', requestContext: { requestId: 'http-1' } }, response, context('call-1'));
    expect(chunks).toEqual(['{"statusCode":200,"headers":{"content-type":"text/plain"}}', 'call-1 1234']);
    expect(written.lines()).toMatchObject([{ function_request_id: 'call-1', correlation_id: 'http-1' }]);
    vi.unstubAllGlobals();
  });
});

it('lines go nowhere until a function is loaded', () => {
  log.info('Decided');
  expect(written.text()).toBe('');
});
