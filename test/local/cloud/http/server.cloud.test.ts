/** A running HTTP API: authorizer, limits, errors, time-outs; and function URLs that stream. */
import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Local } from '../../../../local/cloud/cloud.ts';
import { httpApi, lambda, type SmallCloud, smallCloud } from '../../support/small-cloud.ts';

/** Made when the first chunk was received: the function writes no second one before. */
const received = join(tmpdir(), `tuntas-received-${randomUUID()}`);
afterAll(() => rmSync(received, { force: true }));

const functions = {
  Echo: `export const handler = async (event, context) => {
    const ms = context.getRemainingTimeInMillis();
    const body = JSON.stringify({ event, ms, arn: context.invokedFunctionArn, env: process.env.AWS_REGION });
    return { statusCode: 200, headers: { 'content-type': 'application/json' }, body };
  };`,
  Broken: 'export const handler = async () => { console.log("before it breaks"); throw new RangeError("no good"); };',
  Slow: 'export const handler = () => new Promise((resolve) => setTimeout(resolve, 3000, { statusCode: 200 }));',
  Stuck: `export const handler = (event) => {
    if (event.rawPath === '/stuck') for (;;);
    return { statusCode: 200, body: 'free' };
  };`,
  Stream: `import { existsSync } from 'node:fs';
  export const handler = awslambda.streamifyResponse(async (event, stream) => {
    const head = { statusCode: 201, headers: { 'content-type': 'text/event-stream' } };
    const response = awslambda.HttpResponseStream.from(stream, head);
    for (const number of [1, 2]) {
      response.write('data: ' + number + '\\n\\n');
      while (!existsSync('${received}')) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    response.end();
  });`,
};

const resources = {
  ...Object.assign({}, ...Object.keys(functions).map((name) => lambda(name, name === 'Stuck' ? { Timeout: 1 } : {}))),
  ...httpApi(
    {
      'POST /open/{id}': { target: 'Echo' },
      'POST /mine': { target: 'Echo', jwt: true },
      'GET /broken': { target: 'Broken' },
      'GET /slow': { target: 'Slow', timeoutMs: 50 },
      'GET /stuck': { target: 'Stuck' },
      'GET /free': { target: 'Stuck' },
      'GET /rare': { target: 'Echo' },
    },
    { RouteSettings: { 'GET /rare': { ThrottlingRateLimit: 0.001, ThrottlingBurstLimit: 1 } } },
  ),
  Url: {
    Type: 'AWS::Lambda::Url',
    Properties: {
      TargetFunctionArn: { 'Fn::GetAtt': ['Stream', 'Arn'] },
      AuthType: 'NONE',
      InvokeMode: 'RESPONSE_STREAM',
    },
  },
};

let cloud: SmallCloud;
let local: Local;

beforeAll(async () => {
  cloud = smallCloud(resources, functions, {
    ApiUrl: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] },
    StreamUrl: { 'Fn::GetAtt': ['Url', 'FunctionUrl'] },
  });
  local = await cloud.start();
});
afterAll(async () => {
  await local.stop();
  cloud.remove();
});

const call = async (
  path: string,
  init: RequestInit = {},
): Promise<{ status: number; body: string; headers: Headers }> => {
  const response = await fetch(local.ready.api + path, init);
  return { status: response.status, headers: response.headers, body: await response.text() };
};
const token = async (claims: object): Promise<string> => {
  const response = await fetch(local.ready.tokens, { method: 'POST', body: JSON.stringify(claims) });
  return ((await response.json()) as { token: string }).token;
};
const withToken = async (claims: object): Promise<RequestInit> => ({
  method: 'POST',
  headers: { authorization: `Bearer ${await token(claims)}` },
});

describe('a request to an HTTP API', () => {
  it('reaches its function with its parts, and the function knows where it is', async () => {
    const { status, body } = await call('/open/a%20b?x=1', {
      method: 'POST',
      body: '{"y":2}',
      headers: { 'content-type': 'application/json' },
    });
    const { event, ms, arn, env } = JSON.parse(body);
    expect(status).toBe(200);
    expect(event).toMatchObject({
      routeKey: 'POST /open/{id}',
      pathParameters: { id: 'a b' },
      queryStringParameters: { x: '1' },
      body: '{"y":2}',
    });
    expect({ arn, env }).toEqual({
      arn: 'arn:aws:lambda:ap-southeast-3:000000000000:function:small-echo',
      env: 'ap-southeast-3',
    });
    expect(ms).toBeGreaterThan(4000);
  });

  it('is not found, with the message of API Gateway', async () => {
    expect(await call('/nowhere')).toMatchObject({ status: 404, body: '{"message":"Not Found"}' });
  });

  it('[OPS-8] is allowed with a token of the issuer, its claims as texts', async () => {
    const { status, body } = await call('/mine', await withToken({ roles: ['rider', 'driver'], sub: 'r1' }));
    expect(status).toBe(200);
    expect(JSON.parse(body).event.requestContext.authorizer.jwt.claims).toMatchObject({
      sub: 'r1',
      roles: '[rider driver]',
      aud: 'tuntas',
      iss: local.ready.issuer,
    });
  });

  it.each([
    ['without a token', undefined],
    ['with an expired token', { role: 'rider', sub: 'r1', expiresIn: -1 }],
    ['with a token for others', { role: 'rider', sub: 'r1', audience: 'elsewhere' }],
  ])('[OPS-8] is refused %s', async (_what, claims) => {
    expect(await call('/mine', claims ? await withToken(claims) : { method: 'POST' })).toMatchObject({
      status: 401,
      body: '{"message":"Unauthorized"}',
    });
  });

  it('[OPS-8] is refused with a forged token', async () => {
    const [head, , signature] = (await token({ role: 'rider', sub: 'r1' })).split('.');
    const claims = Buffer.from(
      JSON.stringify({ iss: local.ready.issuer, aud: 'tuntas', sub: 'other', exp: 4e9 }),
    ).toString('base64url');
    expect(
      await call('/mine', { method: 'POST', headers: { authorization: `Bearer ${head}.${claims}.${signature}` } }),
    ).toMatchObject({
      status: 401,
    });
  });

  it('may have 10 MB, and not more', async () => {
    expect(
      (
        await call('/open/1', {
          method: 'POST',
          body: 'x'.repeat(2_000_000),
          headers: { 'content-type': 'text/plain' },
        })
      ).status,
    ).toBe(200);
    expect(await call('/open/1', { method: 'POST', body: 'x'.repeat(10 * 1024 * 1024 + 1) })).toMatchObject({
      status: 413,
      body: '{"message":"Request Entity Too Large"}',
    });
  });

  it('is throttled by the settings of its stage', async () => {
    expect((await call('/rare')).status).toBe(200);
    expect(await call('/rare')).toMatchObject({ status: 429, body: '{"message":"Too Many Requests"}' });
  });

  it('is answered 500 when its function fails, with the reason in the log', async () => {
    expect(await call('/broken')).toMatchObject({ status: 500, body: '{"message":"Internal Server Error"}' });
    const lines = local.hooks.logs('broken');
    expect(lines[0]).toBe('before it breaks');
    expect(JSON.parse(lines[1] ?? '{}')).toMatchObject({
      level: 'ERROR',
      message: { errorType: 'RangeError', errorMessage: 'no good' },
    });
  });

  it('is answered 503 when its function takes longer than the integration waits', async () => {
    expect(await call('/slow')).toMatchObject({ status: 503, body: '{"message":"Service Unavailable"}' });
  });

  it('does not hang on a function that does: the environment is ended, the next call gets another', async () => {
    const stuck = await local.hooks.invoke('stuck', { rawPath: '/stuck' });
    expect(stuck).toMatchObject({ ok: false, error: { errorType: 'Sandbox.Timedout' } });
    expect(await call('/free')).toMatchObject({ status: 200, body: 'free' });
  });

  it('counts in the metrics of the API', () => {
    const metric = { namespace: 'AWS/ApiGateway', name: '4xx', dimensions: { ApiId: 'api', Stage: '$default' } };
    expect(local.hooks.metric(metric, 'Sum')).toBeGreaterThanOrEqual(6);
  });
});

describe('a function URL', () => {
  it('streams what the function writes when it writes it', async () => {
    const chunks: string[] = [];
    const status = await new Promise((resolve, reject) => {
      request(String(local.ready.outputs.StreamUrl), (response) => {
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk.toString());
          writeFileSync(received, '');
        });
        response.on('end', () => resolve([response.statusCode, response.headers['content-type']]));
      })
        .on('error', reject)
        .end();
    });
    expect(status).toEqual([201, 'text/event-stream']);
    expect(chunks).toEqual(['data: 1\n\n', 'data: 2\n\n']);
  });
});

describe('the token issuer', () => {
  it('[OPS-8] is not reachable for web pages', async () => {
    const response = await fetch(`${local.ready.tokens}?role=operator&sub=x`, {
      headers: { origin: 'https://evil.example' },
    });
    expect(response.status).toBe(403);
  });
});
