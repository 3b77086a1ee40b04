/** Cross-origin responses of an HTTP API. */
import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { corsHeaders, preflight } from '../../../../local/cloud/http/cors.ts';
import type { Cors } from '../../../../local/cloud/http/template.ts';

const cors: Cors = {
  AllowOrigins: ['https://app.example', 'http://*'],
  AllowMethods: ['GET', 'POST'],
  AllowHeaders: ['authorization'],
  ExposeHeaders: ['x-id'],
  AllowCredentials: true,
  MaxAge: 600,
};
const request = (origin: string | undefined, more: object = {}, method = 'OPTIONS') =>
  ({ method, headers: { origin, ...more } }) as IncomingMessage;

describe('a request of another origin', () => {
  it.each(['https://app.example', 'http://localhost:3000'])('from %s may read the response', (origin) => {
    expect(corsHeaders(cors, request(origin))).toEqual({
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'x-id',
    });
  });

  it.each(['https://evil.example', undefined])('from %s gets no headers', (origin) => {
    expect(corsHeaders(cors, request(origin))).toEqual({});
  });

  it('is answered with any origin when all are allowed', () => {
    expect(corsHeaders({ ...cors, AllowOrigins: ['*'] }, request('https://x.example'))).toMatchObject({
      'access-control-allow-origin': '*',
    });
  });
});

describe('a preflight request', () => {
  const asks = { 'access-control-request-method': 'POST' };
  it('is answered by the API with what is allowed', () => {
    expect(preflight(cors, request('https://app.example', asks))).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': 'https://app.example',
        'access-control-allow-methods': 'GET,POST',
        'access-control-allow-headers': 'authorization',
        'access-control-max-age': '600',
      },
    });
  });

  it('of an origin that is not allowed gets no headers', () => {
    expect(preflight(cors, request('https://evil.example', asks))).toEqual({ status: 204, headers: {}, content: '' });
  });

  it.each([
    ['is none without the method', cors, request('https://app.example')],
    ['is none with GET', cors, request('https://app.example', asks, 'GET')],
    ['is not answered without a configuration', undefined, request('https://app.example', asks)],
  ])('%s', (_, configuration, one) => expect(preflight(configuration, one)).toBeUndefined());
});
