/** Error answers: the code in the body, the HTTP status next to it (midtrans.md §1.2, §1.3, §2.3). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { charges, type Reply, type Running, startGateway } from './gateway.fixture.ts';

let gateway: Running;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.stop());

const codes = ({ http, body }: Reply): [number, string] => [http, body?.status_code];

describe('an error answer', () => {
  it('has a code, a message, an id for support and what was wrong', async () => {
    const { http, body } = await gateway.charge({});
    expect(http).toBe(400);
    expect(body).toEqual({
      status_code: '400',
      status_message: 'One or more parameters in the payload is invalid.',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      validation_messages: ['payment_type is required'],
    });
  });
});

describe('the key', () => {
  it.each([
    ['missing', ''],
    ['of another merchant', `Basic ${Buffer.from('SB-Mid-server-OTHER:').toString('base64')}`],
    ['without the colon', `Basic ${Buffer.from('SB-Mid-server-DOCEXAMPLE1').toString('base64')}`],
    ['with a line break', `Basic ${Buffer.from('SB-Mid-server-DOCEXAMPLE1\n:').toString('base64')}`],
    ['as a bearer', 'Bearer SB-Mid-server-DOCEXAMPLE1'],
  ])('%s is answered 401', async (_what, authorization) => {
    expect(codes(await gateway.charge(charges.va('bca', 'INV-1'), { authorization }))).toEqual([401, '401']);
    expect(codes(await gateway.call('GET', '/v2/INV-1/status', undefined, { authorization }))).toEqual([401, '401']);
  });

  it('of a card token is the client key', async () => {
    const { http } = await gateway.call(
      'GET',
      '/v2/token?client_key=SB-Mid-client-OTHER&card_number=4811111111111114&card_cvv=123',
    );
    expect(http).toBe(401);
  });
});

describe('the headers', () => {
  it('Content-Type with a charset is 408 for Permata', async () => {
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    expect(codes(await gateway.charge(charges.va('permata', 'INV-1'), headers))).toEqual([200, '408']);
    expect(codes(await gateway.charge(charges.va('bca', 'INV-2'), headers))).toEqual([200, '201']);
  });

  it('Content-Type that is not JSON does not reach the gateway', async () => {
    const { http, body } = await gateway.charge(charges.va('bca', 'INV-1'), { 'content-type': 'text/plain' });
    expect([http, body.error]).toEqual([415, 'Unsupported Media Type']);
  });

  it('Accept that is not JSON is 403', async () => {
    expect(codes(await gateway.charge(charges.va('bca', 'INV-1'), { accept: 'text/html' }))).toEqual([403, '403']);
  });
});

describe('the body', () => {
  it.each(['{"payment_type":', 'payment_type=qris', '{"a":1}}'])('%s is malformed: 413 with HTTP 200', async (body) => {
    expect(codes(await gateway.call('POST', '/v2/charge', body))).toEqual([200, '413']);
  });

  it('that is too long is 413', async () => {
    expect(codes(await gateway.call('POST', '/v2/charge', JSON.stringify({ x: 'x'.repeat(2_000_001) })))).toEqual([
      200,
      '413',
    ]);
  });
});

describe('the path', () => {
  it.each([
    ['POST', '/v2/INV-1/status'],
    ['GET', '/v2/charge'],
    ['GET', '/v2/INV-1/cancel'],
    ['PUT', '/v2/INV-1/refund'],
  ])('%s %s is 405', async (method, path) => {
    expect(codes(await gateway.call(method, path))).toEqual([405, '405']);
  });

  it.each(['/v2/INV/2026/01/status', '/v2/INV', '/v1/charge', '/v2/INV-1/status/b2b'])(
    '%s is unknown: an answer of the framework',
    async (path) => {
      const { http, body } = await gateway.call('GET', path);
      expect(http).toBe(404);
      expect(body).toEqual({ timestamp: expect.any(String), status: 404, error: 'Not Found', path });
    },
  );

  it.each([
    '/v2//status',
    '/v2/INV%201/status',
    '/v2/INV%2F2026%2F01/status',
    '/v2/INV%239/status',
    '/v2/%E0%A4/status',
  ])('%s is malformed: an HTML page', async (path) => {
    const { http, headers } = await gateway.call('GET', path);
    expect([http, headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
  });
});

describe('what is not there', () => {
  it.each([
    ['GET', 'status', "Transaction doesn't exist."],
    ['POST', 'cancel', 'The requested resource is not found'],
    ['POST', 'expire', 'The requested resource is not found'],
    ['POST', 'refund', 'The requested resource is not found'],
  ])('%s %s is 404 in the body, HTTP 200', async (method, operation, message) => {
    const reply = await gateway.call(method, `/v2/INV-404/${operation}`);
    expect([...codes(reply), reply.body.status_message]).toEqual([200, '404', message]);
  });

  it.each(['approve', 'deny'])('%s is an HTML 404', async (operation) => {
    const { http, text } = await gateway.call('POST', `/v2/INV-404/${operation}`);
    expect(http).toBe(404);
    expect(text).toContain('<html>');
  });
});

describe('a method that is not activated', () => {
  it('is 402 with HTTP 200', async () => {
    expect(codes(await gateway.charge({ ...charges.qris('INV-1'), payment_type: 'shopeepay' }))).toEqual([200, '402']);
  });

  it('can be any method', async () => {
    const without = await startGateway({ inactive: ['gopay'] });
    expect(codes(await without.charge(charges.gopay('INV-1')))).toEqual([200, '402']);
    await without.stop();
  });
});

describe('codes of a refusal by the fault script', () => {
  it.each(['402', '409', '410', '500', '501', '502', '503', '504', '505', '900'] as const)(
    '%s comes with HTTP 200',
    async (code) => {
      gateway.control.faults.add({ fault: { kind: 'refuse', code }, next: 1 });
      expect(codes(await gateway.charge(charges.va('bca', 'INV-1')))).toEqual([200, code]);
      expect(codes(await gateway.charge(charges.va('bca', 'INV-1')))).toEqual([200, '201']);
    },
  );

  it('429 is an HTTP status as well', async () => {
    gateway.control.faults.add({ fault: { kind: 'refuse', code: '429' }, next: 1 });
    expect(codes(await gateway.charge(charges.va('bca', 'INV-1')))).toEqual([429, '429']);
  });

  it('no notification follows a refused charge', async () => {
    gateway.control.faults.add({ fault: { kind: 'refuse', code: '410' } });
    await gateway.charge(charges.gopay('INV-1'));
    expect(await gateway.notified()).toEqual([]);
  });

  it('a notification follows a charge answered 202 and deny', async () => {
    gateway.control.faults.add({ fault: { kind: 'decline' }, next: 1 });
    const { body } = await gateway.charge(charges.gopay('INV-1'));
    expect([body.status_code, body.transaction_status]).toEqual(['202', 'deny']);
    expect(await gateway.notified()).toMatchObject([{ status_code: '202', transaction_status: 'deny' }]);
  });
});

describe('where the HTTP status repeats the code', () => {
  it('201 and 202 and 4xx are HTTP statuses', async () => {
    const mirrored = await startGateway({ httpStatuses: 'mirrored' });
    expect(codes(await mirrored.charge(charges.va('bca', 'INV-1')))).toEqual([201, '201']);
    expect(codes(await mirrored.charge(charges.va('bca', 'INV-1')))).toEqual([406, '406']);
    expect(codes(await mirrored.call('GET', '/v2/INV-404/status'))).toEqual([404, '404']);
    await mirrored.stop();
  });

  it('407 cannot be read with fetch at all', async () => {
    const mirrored = await startGateway({ httpStatuses: 'mirrored' });
    await mirrored.charge(charges.va('bca', 'INV-1'));
    await expect(mirrored.call('POST', '/v2/INV-1/expire')).rejects.toThrow('fetch failed');
    await mirrored.stop();
  });
});
