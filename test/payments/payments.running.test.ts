/** Payments on a running stack: killed within a call, with a gateway or a queue that fails, and keys that change. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { midtransKey } from '../../local/gateway/own-key.ts';
import { until } from '../support/own-stack.ts';
import { notificationOf, type PaymentsStack, paymentsStack, signed } from '../support/payments-stack.ts';

let stack: PaymentsStack;
beforeAll(async () => {
  stack = await paymentsStack({ MIDTRANS_SERVER_KEYS: `${midtransKey()}\nlocal-key-before,` });
}, 120_000);
afterAll(() => stack.end());

/** The gateway has begun a call that a fault makes slow. */
const begun = (): Promise<void> => until(async () => (await stack.gateway('GET', 'faults')).length === 0);
const published = async (orderId: string, type: string): Promise<number> => {
  const { lines } = (await stack.by('operator', 'op', 'GET', `/orders/${orderId}/story`)).body as {
    lines: { type?: string }[];
  };
  return lines.filter((line) => line.type === type).length;
};
const isPaid = async (orderId: string): Promise<boolean> => (await stack.order(orderId)) === 'PAID';
const paidOnce = async ({ orderId, ref }: { readonly orderId: string; readonly ref: string }): Promise<void> => {
  await until(() => isPaid(orderId));
  expect(await stack.ledger(orderId)).toMatchObject([{ orderId: ref }]);
  expect(await stack.payments(orderId)).toMatchObject([{ ref, status: 'PAID' }]);
  await until(async () => (await published(orderId, 'order.paid')) === 1);
  expect(await published(orderId, 'payment.settled')).toBe(1);
};

const recovered = (): Promise<void> => stack.recovered();
afterEach(recovered);

describe('a charge that is killed', () => {
  it.each([
    ['before the gateway has received it', 'before'],
    ['after the gateway has made it', 'after'],
  ])('[PAY-12] %s is finished by its deadline, charged once, and paid', async (_, when) => {
    const trip = await stack.finishedTrip();
    await stack.fault(trip.orderId, { kind: 'slow', ms: 1_000, when }, { on: 'charge', next: 1 });
    const answer = stack.charge(trip, { method: 'qris' });
    await begun();
    const charging = stack.hooks.kill('payments-api');
    expect((await answer).status).toBeGreaterThanOrEqual(500);
    await charging;
    const [{ ref, status }] = await stack.payments(trip.orderId);
    expect(['INTENDED', 'PENDING']).toContain(status);

    await stack.askNow(ref);

    await until(async () => (await stack.payments(trip.orderId))[0].status === 'PENDING');
    await stack.gateway('POST', `transactions/${ref}/pay`);
    await paidOnce({ orderId: trip.orderId, ref });
  });

  it.each(['qris', 'permata_va', 'card'])(
    '[PAY-12] by %s: charged once, and paid, by the app’s repetition or the deadline',
    async (method) => {
      for (const when of ['before', 'after']) {
        const trip = await stack.finishedTrip();
        const token =
          method === 'card'
            ? { cardToken: (await stack.gateway('POST', 'card-tokens', { card: 'accept' })).token_id }
            : {};
        const request = () => stack.charge(trip, { method, ...token }, `key-${method}-${when}`);
        await stack.fault(trip.orderId, { kind: 'slow', ms: 1_000, when }, { on: 'charge', next: 1 });
        const answer = request();
        await begun();
        expect(await stack.hooks.kill('payments-api')).toBe(1);
        await answer;
        await until(async () => {
          const again = await request();
          if (again.body.status === 'PENDING') return true;
          expect([200, 201, 202]).toContain(again.status);
          await stack.askNow(again.body.ref);
          return false;
        });
        const [{ ref }] = await stack.payments(trip.orderId);
        await stack.gateway('POST', `transactions/${ref}/pay`);
        await paidOnce({ orderId: trip.orderId, ref });
      }
    },
  );
});

describe('a worker that is killed', () => {
  it.each(['before', 'after'])(
    '[PAY-4] while it verifies a notification, %s the gateway answers: the order is PAID, with one line',
    async (when) => {
      const { orderId, ref } = await stack.charged();
      await until(async () => (await stack.syncLines(orderId)).length === 1);
      await stack.fault(orderId, { kind: 'slow', ms: 1_000, when }, { on: 'status', next: 1 });
      await stack.gateway('POST', `transactions/${ref}/pay`);
      await begun();
      expect(await stack.hooks.kill('payments-notifications')).toBe(1);
      await until(async () => {
        stack.visibleAgain('webhook');
        return (await isPaid(orderId)) && (await stack.syncLines(orderId)).length === 2;
      });
      await paidOnce({ orderId, ref });
      const lines = await stack.syncLines(orderId);
      expect([lines.length, lines.every(({ effect }) => effect !== undefined)]).toEqual([2, true]);
    },
  );

  it('[PAY-7] again and again while the settlement of an order is delivered: PAID once', async () => {
    const { orderId, ref } = await stack.charged({ method: 'qris' });
    await stack.gateway('POST', `transactions/${ref}/pay`);
    let kills = 0;
    await until(async () => {
      if (kills < 5) await stack.hooks.kill('orders-events');
      kills += 1;
      stack.visibleAgain('orders');
      return isPaid(orderId);
    });
    await paidOnce({ orderId, ref });
  });

  it.each(['before', 'after'])(
    '[PAY-12] that recovers a charge, %s the gateway did it: charged once, and paid',
    async (when) => {
      const trip = await stack.finishedTrip();
      await stack.fault(trip.orderId, { kind: 'drop', done: false }, { on: 'charge', next: 3 });
      const charged = await stack.charge(trip, { method: 'qris' });
      expect([charged.status, charged.body.status]).toEqual([202, 'UNKNOWN']);
      const ref = charged.body.ref as string;
      await recovered();
      await stack.fault(trip.orderId, { kind: 'slow', ms: 1_000, when }, { on: 'charge', next: 1 });
      await stack.askNow(ref);
      await begun();
      await stack.hooks.kill('payments-deadlines');
      await stack.askNow(ref);
      await until(async () => (await stack.payments(trip.orderId))[0].status === 'PENDING');
      await stack.gateway('POST', `transactions/${ref}/pay`);
      await paidOnce({ orderId: trip.orderId, ref });
    },
  );

  it.each(['before', 'after'])(
    '[PAY-9] in the middle of a refund, %s the gateway made it: given back once',
    async (when) => {
      const { orderId, ref } = await stack.charged({ method: 'gopay' });
      await stack.gateway('POST', `transactions/${ref}/pay`);
      await until(() => isPaid(orderId));
      await stack.fault(orderId, { kind: 'slow', ms: 1_000, when }, { on: 'refund', next: 1 });
      const ask = () =>
        stack.as(
          'operator',
          'op',
          'POST',
          `/payments/${ref}/refund`,
          { amount: 20_000, reason: 'x' },
          { 'idempotency-key': `${ref}-1` },
        );
      const answer = ask();
      await begun();
      await stack.hooks.kill('payments-api');
      expect((await answer).status).toBeGreaterThanOrEqual(500);
      await stack.aged(ref, 'SET #state.refunds[0].ask.#at = :past', { '#at': 'at' }, { ':past': Date.now() - 1_000 });
      await until(async () => (await stack.payments(orderId))[0].refunded === 20_000);
      expect((await ask()).body).toMatchObject({ alreadyProcessed: true, payment: { refunded: 20_000 } });
      const { state } = await stack.gateway('GET', `transactions/${ref}`);
      expect(state.refunds).toMatchObject([{ amount: 20_000 }]);
    },
  );
});

describe('a gateway that fails', () => {
  it.each<[string, object, string]>([
    ['errors', { kind: 'busy', as: '5xx', done: false }, 'HTTP 5|status 5'],
    ['pages of its proxy', { kind: 'busy', as: 'html-5xx', done: false }, 'HTTP 5'],
    ['pages that say 200', { kind: 'busy', as: 'html', done: false }, 'no answer of the API, HTTP 200'],
    ['"server busy"', { kind: 'busy', as: 'json', done: false }, 'no answer of the API|status|fields'],
    ['half a JSON', { kind: 'busy', as: 'truncated', done: false }, 'no answer of the API'],
    ['null', { kind: 'busy', as: 'null', done: false }, 'no answer of the API'],
    ['429', { kind: 'refuse', code: '429' }, '429'],
    ['a refused key', { kind: 'refuse', code: '401' }, 'refused'],
    ['a closed connection', { kind: 'drop', done: false }, 'network'],
    ['another place', { kind: 'redirect', to: 'https://tuntas.example/' }, 'network'],
  ])('[PAY-8] (%s) makes no payment paid or failed; after the next read the order is PAID', async (_, fault, why) => {
    const { orderId, ref } = await stack.charged();
    await until(async () => (await stack.syncLines(orderId)).length === 1);
    await stack.fault(orderId, fault, { on: 'status' });
    await stack.gateway('POST', `transactions/${ref}/pay`);
    await until(async () => (await stack.syncLines(orderId)).length === 2);
    const line = (await stack.syncLines(orderId)).at(-1);
    expect(line).toMatchObject({ effect: 'verify_with_get_status', status: 'PENDING', verified: false });
    expect(line?.why).toMatch(new RegExp(why));
    expect([(await stack.payments(orderId))[0].status, await stack.order(orderId)]).toEqual(['PENDING', 'FINISHED']);
    await recovered();
    await stack.askNow(ref);
    await until(() => isPaid(orderId));
  });

  it('[PAY-12] for all: charges are UNKNOWN, notifications are kept, the breaker opens; then all recover', async () => {
    const trips = await Promise.all(Array.from({ length: 4 }, () => stack.finishedTrip()));
    const opened = stack.counted('BreakerOpened');
    await stack.gateway('POST', 'faults', { fault: { kind: 'busy', as: '5xx', done: false } });
    for (const trip of trips) expect((await stack.charge(trip, { method: 'qris' })).body.status).toBe('UNKNOWN');
    await until(() => stack.counted('BreakerOpened') > opened);
    expect(
      (await stack.post(notificationOf((await stack.payments((trips[0] as { orderId: string }).orderId))[0].ref)))
        .status,
    ).toBe(200);
    await recovered();
    for (const { orderId } of trips) await stack.askNow((await stack.payments(orderId))[0].ref);
    for (const { orderId } of trips) await until(async () => (await stack.payments(orderId))[0].status === 'PENDING');
    for (const { orderId } of trips) expect(await stack.ledger(orderId)).toHaveLength(1);
  });
});

describe('a key that changes', () => {
  it('[PAY-2] notifications under the key before are kept, those under a key never ours are not', async () => {
    const { orderId, ref } = await stack.charged();
    const { signature_key: _, ...body } = notificationOf(ref);
    expect((await stack.post(signed(body, 'local-key-before'))).status).toBe(200);
    expect((await stack.post(signed(body, 'local-key-after'))).status).toBe(401);
    expect((await stack.post(signed(body, `${midtransKey()}\nlocal-key-before,`))).status).toBe(401);
    await until(async () => (await stack.syncLines(orderId)).some(({ verified }) => verified));
  });
});
