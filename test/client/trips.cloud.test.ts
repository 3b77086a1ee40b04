/** The calls for orders, payments and EzPay against a server that answers by script. */
import { afterEach, describe, expect, it } from 'vitest';
import { type ArgoChanged, TuntasProblem, tuntas } from '../../client/index.ts';
import { httpServer, type Received, type Scripted, socketServer, until } from './servers.ts';

const endings: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  await Promise.all(endings.splice(0).map((end) => end()));
});

const app = async (script: (request: Received, index: number) => Scripted) => {
  const { api, received, stop } = await httpServer(script);
  endings.push(stop);
  return { client: tuntas({ api, token: () => 't', backoff: { firstMs: 5, longestMs: 10 } }), received };
};
const id = 'TNT-20261121-0000042';
const ref = `${id}-1795232640`;
const requestsIn = (received: readonly Received[]) => received.map(({ method, path, body }) => [method, path, body]);

describe('The calls for an order and its money', () => {
  it('go to their routes with their fields, and return the answer', async () => {
    const bodies: Record<string, unknown> = {
      [`/orders/${id}`]: { orderId: id },
      [`/orders/${id}/finish`]: { success: true, order: { orderId: id, fare: 87_000 } },
      [`/payments/${ref}/check`]: { known: true, payment: { ref } },
    };
    const { client, received } = await app(({ method, path }) => ({
      status: 200,
      body: method === 'GET' && path.endsWith('/payments') ? { payments: [{ ref }] } : (bodies[path] ?? { ref }),
    }));
    expect((await client.getOrder(id)).orderId).toBe(id);
    expect((await client.finish(id, 87_000)).fare).toBe(87_000);
    await client.finish(id, 87_000, { overtime: 20_000, extra: 15_000, inCash: true });
    expect((await client.pay(id, { method: 'qris' })).ref).toBe(ref);
    expect((await client.payments(id))[0]?.ref).toBe(ref);
    expect((await client.checkPayment(ref)).ref).toBe(ref);
    await client.cancelPayment(ref);
    await client.refund(ref, { amount: 20_000, reason: 'wrong route' });
    expect(requestsIn(received)).toEqual([
      ['GET', `/orders/${id}`, {}],
      ['POST', `/orders/${id}/finish`, { fare: 87_000 }],
      ['POST', `/orders/${id}/finish`, { fare: 87_000, overtime: 20_000, extra: 15_000, inCash: true }],
      ['POST', `/orders/${id}/payments`, { method: 'qris' }],
      ['GET', `/orders/${id}/payments`, {}],
      ['POST', `/payments/${ref}/check`, {}],
      ['POST', `/payments/${ref}/cancel`, {}],
      ['POST', `/payments/${ref}/refund`, { amount: 20_000, reason: 'wrong route' }],
    ]);
  });

  it.each(['pay', 'refund'] as const)(
    'send every attempt of one %s under one key, of another under another',
    async (call) => {
      const script: Scripted[] = [
        'drop',
        { status: 503 },
        { status: 201, body: { ref } },
        { status: 201, body: { ref } },
      ];
      const { client, received } = await app((_, i) => script[i] as Scripted);
      const money = (key?: string) =>
        call === 'pay'
          ? client.pay(id, { method: 'qris' }, key ? { key } : {})
          : client.refund(ref, { reason: 'x' }, key ? { key } : {});
      await money();
      await money('screen-7');
      const [a, b, c, d] = received.map(({ headers }) => headers['idempotency-key']);
      expect([a === b && b === c, d]).toEqual([true, 'screen-7']);
      expect(a).toMatch(/^[0-9a-f]{32}$/);
    },
  );
});

describe('The calls of EzPay', () => {
  it('go to their routes with what they send', async () => {
    const { client, received } = await app(() => ({ status: 200, body: { orderId: id } }));
    await client.scan({ car: 'BB1234', paymentMethod: 'gopay' });
    await client.scan({ code: 'TNT1.BB1234.…', paymentMethod: 'cash' });
    await client.getScan(id);
    await client.confirmScan(id, false);
    await client.argo('BB 1/2');
    await client.carCode('BB1234');
    expect(requestsIn(received)).toEqual([
      ['POST', '/ezpay', { car: 'BB1234', paymentMethod: 'gopay' }],
      ['POST', '/ezpay', { code: 'TNT1.BB1234.…', paymentMethod: 'cash' }],
      ['GET', `/ezpay/${id}`, {}],
      ['POST', `/ezpay/${id}/confirm`, { confirmed: false }],
      ['GET', '/cars/BB%201%2F2/argo', {}],
      ['GET', '/cars/BB1234/code', {}],
    ]);
  });

  it('[EZP-6] reject with a message and actions for the customer, in both languages', async () => {
    const advice = {
      message: { id: 'Argo belum aktif.', en: 'The meter is not active yet.' },
      actions: [{ id: 'Minta pengemudi menyalakan argo.', en: 'Ask the driver to start the meter.' }],
    };
    const { client } = await app(() => ({
      status: 409,
      body: { code: 'ARGO_NOT_STARTED', detail: 'The meter is not active yet.', ...advice },
    }));
    const problem = await client.scan({ car: 'BB1234', paymentMethod: 'gopay' }).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(TuntasProblem);
    expect(problem).toMatchObject({ status: 409, code: 'ARGO_NOT_STARTED', advice });
  });

  it('reject without advice where the server has none, or an invalid one', async () => {
    const script = [
      { code: 'X', detail: 'x' },
      { message: 'Forbidden' },
      { code: 'X', detail: 'x', message: { id: 7 } },
      { message: { id: 'a', en: 'b' }, actions: 'none' },
    ];
    const { client } = await app((_, i) => ({ status: 403, body: script[i] }));
    const problems: unknown[] = [];
    for (const _ of script) problems.push(await client.getScan(id).catch((error: TuntasProblem) => error.advice));
    expect(problems).toEqual([undefined, undefined, undefined, { message: { id: 'a', en: 'b' }, actions: [] }]);
  });
});

describe('A connected app and EzPay', () => {
  const connected = async () => {
    const server = await socketServer();
    const client = tuntas({ api: 'http://127.0.0.1:1', token: () => 't', websocket: server.websocket });
    const realtime = client.connect();
    endings.push(() => realtime.close(), server.stop);
    await until('connection', () => server.connections.length === 1);
    return { realtime, send: (message: object) => server.connections[0]?.send(message) };
  };

  it('[EZP-10] the argo of the driver’s car, and nothing older than the last report', async () => {
    const { realtime, send } = await connected();
    const seen: [string, ArgoChanged['argo']][] = [];
    realtime.on('ARGO_CHANGED', ({ car, argo }) => void seen.push([car, argo]));
    const changed = (car: string, version: number, argo: string) =>
      send({ type: 'ARGO_CHANGED', id: `${car}/${version}`, car, version, argo });
    changed('BB1', 3, 'STARTED');
    changed('BB1', 2, 'STOPPED');
    changed('BB1', 3, 'STARTED');
    changed('BB1', 4, 'STOPPED');
    changed('BB2', 1, 'STARTED');
    send({ type: 'ARGO_CHANGED', car: 'BB1', argo: 'STARTED' });
    changed('BB2', 2, 'STOPPED');
    await until('the last one', () => seen.length >= 4);
    expect(seen).toEqual([
      ['BB1', 'STARTED'],
      ['BB1', 'STOPPED'],
      ['BB2', 'STARTED'],
      ['BB2', 'STOPPED'],
    ]);
  });

  it('what became of a scan, once; and a question to the driver not after its answer', async () => {
    const { realtime, send } = await connected();
    const shown: string[] = [];
    realtime.on('notification', ({ type, version }) => void shown.push(`${type} ${version}`));
    const notify = (type: string, version: number) =>
      send({ id: `${id}:${version}`, type, rideId: id, version, at: '', car: 'BB1' });
    notify('EZPAY_CONFIRMED', 3);
    notify('EZPAY_CONFIRMED', 3);
    notify('EZPAY_CONFIRM_REQUEST', 2);
    notify('EZPAY_CANCELLED', 4);
    await until('the last one', () => shown.includes('EZPAY_CANCELLED 4'));
    expect(shown).toEqual(['EZPAY_CONFIRMED 3', 'EZPAY_CANCELLED 4']);
  });
});
