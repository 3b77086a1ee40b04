/** Requests and responses of an HTTP API, as API Gateway shapes them. */
import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { claimTexts, commonLogTime, httpEvent, replyOf } from '../../../../local/cloud/http/event.ts';

const request = (more: object): IncomingMessage =>
  ({
    method: 'POST',
    url: '/rides',
    httpVersion: '1.1',
    headers: { host: '127.0.0.1:4000', 'user-agent': 'curl' },
    socket: { remoteAddress: '127.0.0.1' },
    ...more,
  }) as IncomingMessage;

const eventOf = (more: object, body = '', jwt?: Parameters<typeof httpEvent>[0]['jwt']): Record<string, unknown> =>
  httpEvent({
    request: request(more),
    body: Buffer.from(body),
    routeKey: 'POST /rides',
    parameters: { id: 'TNT 1' },
    requestId: 'r1',
    apiId: 'api',
    stage: '$default',
    jwt,
  });

describe('the event of a request', () => {
  it('has the shape of payload format 2.0', () => {
    expect(
      eventOf(
        { url: '/rides?a=1&a=2&b=%20', headers: { host: 'h', 'content-type': 'application/json', cookie: 'x=1; y=2' } },
        '{}',
      ),
    ).toEqual({
      version: '2.0',
      routeKey: 'POST /rides',
      rawPath: '/rides',
      rawQueryString: 'a=1&a=2&b=%20',
      cookies: ['x=1', 'y=2'],
      headers: { host: 'h', 'content-type': 'application/json' },
      queryStringParameters: { a: '1,2', b: ' ' },
      requestContext: {
        accountId: '000000000000',
        apiId: 'api',
        domainName: 'h',
        domainPrefix: 'api',
        http: { method: 'POST', path: '/rides', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: '' },
        requestId: 'r1',
        routeKey: 'POST /rides',
        stage: '$default',
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        timeEpoch: expect.any(Number),
      },
      pathParameters: { id: 'TNT 1' },
      body: '{}',
      isBase64Encoded: false,
    });
  });

  it('leaves out what is not there', () => {
    const event = eventOf({});
    expect(event).not.toHaveProperty('queryStringParameters');
    expect(event).not.toHaveProperty('cookies');
    expect(event).not.toHaveProperty('body');
  });

  it('has a binary body in base 64', () => {
    expect(eventOf({ headers: { 'content-type': 'application/octet-stream' } }, 'hi')).toMatchObject({
      body: 'aGk=',
      isBase64Encoded: true,
    });
    expect(eventOf({ headers: { 'content-type': 'application/problem+json' } }, 'hi')).toMatchObject({
      body: 'hi',
      isBase64Encoded: false,
    });
  });

  it('[OPS-8] has the claims as texts, lists in brackets', () => {
    const claims = {
      roles: ['rider', 'driver'],
      exp: 1_763_700_000,
      ok: true,
      one: ['rider'],
      none: [],
      address: { country: 'ID' },
    };
    const jwt = { claims: claimTexts(claims), scopes: null };
    expect(eventOf({}, '', jwt).requestContext).toMatchObject({
      authorizer: {
        jwt: {
          claims: {
            roles: '[rider driver]',
            exp: '1763700000',
            ok: 'true',
            one: '[rider]',
            none: '[]',
            address: '{"country":"ID"}',
          },
          scopes: null,
        },
      },
    });
  });

  it('[OPS-8] leaves a claim out that is null, and loses the borders within a list', () => {
    expect(claimTexts({ nickname: null, roles: ['ex operator', 'rider'] })).toEqual({ roles: '[ex operator rider]' });
  });

  it('writes times as API Gateway does', () => {
    expect(commonLogTime(new Date('2026-11-21T03:04:05.678Z'))).toBe('21/Nov/2026:03:04:05 +0000');
  });
});

describe('the response of a function', () => {
  it('is taken from its fields', () => {
    expect(replyOf('{"statusCode":201,"headers":{"X-A":"b"},"cookies":["c=1"],"body":"hi"}')).toEqual({
      status: 201,
      headers: { 'content-type': 'text/plain;charset=UTF-8', 'x-a': 'b', 'set-cookie': ['c=1'] },
      content: 'hi',
    });
    expect(replyOf('{"statusCode":200,"body":"aGk=","isBase64Encoded":true}')?.content).toEqual(Buffer.from('hi'));
  });

  it('is the body when it has no status', () => {
    expect(replyOf('{"hello":1}')).toEqual({
      status: 200,
      headers: { 'content-type': 'application/json' },
      content: '{"hello":1}',
    });
  });

  it('is an error when it makes no sense', () => {
    expect(replyOf('{"statusCode":"soon"}')).toBeUndefined();
    expect(replyOf('{"statusCode":200,"body":{}}')).toBeUndefined();
  });
});
