/** Operators see on the running stack what happens to the money as it happens, and what else follows a settlement. */
import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { freeSeats, publish, settledEvent, someOrder, takeAllSeats } from './support/bus.ts';
import { watch } from './support/live.ts';
import { call, eventually, person, rideBody, stack, storyOf, token } from './support/stack.ts';

type Mail = { readonly to: string; readonly text: string };
const mailsOf = async (orderId: string): Promise<readonly Mail[]> =>
  ((await (await fetch(`${stack().mailbox}/mails?reference=${orderId}`)).json()) as { readonly mails: readonly Mail[] })
    .mails;

/** The customer pays at the gateway. */
const paysAtGateway = async (ref: string): Promise<void> => {
  const response = await fetch(`${stack().midtrans}/_sim/transactions/${ref}/pay`, { method: 'POST', body: '{}' });
  expect([response.status, await response.text()]).toEqual([200, expect.anything()]);
};

describe('a rider pays the trip', () => {
  it('[PAY-7] the order is PAID, one receipt is mailed, and operators see it without asking', async () => {
    const page = await watch();
    const driver = await person('driver');
    const sub = `rider-${randomUUID()}`;
    const email = `${sub}@rider.example`;
    const bearer = await token('rider', sub, { email, locale: 'id-ID' });
    const requested = await call(bearer, { method: 'POST', path: '/rides', body: rideBody([driver]) });
    const orderId = requested.body.rideId as string;
    expect((await driver.call('POST', `/rides/${orderId}/accept`)).status).toBe(200);
    expect((await driver.call('POST', `/rides/${orderId}/pick-up`)).status).toBe(200);
    expect((await driver.call('POST', `/orders/${orderId}/finish`, { fare: 120_000 })).status).toBe(200);
    const charged = await call(bearer, {
      method: 'POST',
      path: `/orders/${orderId}/payments`,
      body: { method: 'qris' },
    });
    expect(charged.status).toBe(201);
    const ref = charged.body.ref as string;

    await paysAtGateway(ref);

    await eventually(
      async () => (await call(bearer, { method: 'GET', path: `/orders/${orderId}` })).body.status === 'PAID',
    );
    await eventually(async () => (await mailsOf(orderId)).length > 0);
    await eventually(() => page.orders().includes(orderId));
    expect(
      page.seen.events
        .filter(({ data }) => data.includes(orderId))
        .map(({ type }) => type)
        .toSorted(),
    ).toEqual(['payment.settled']);
    const mails = await mailsOf(orderId);
    expect(mails).toMatchObject([{ to: email }]);
    expect(mails[0]?.text).toContain('Jumlah: Rp 120.000');
    expect(mails[0]?.text).toContain('Metode pembayaran: QRIS');
    const story = await storyOf(orderId);
    expect(story.filter(({ kind }) => kind === 'receipt')).toMatchObject([{ channel: 'mail' }]);
    expect(JSON.stringify([story, page.seen.events])).not.toContain('@');
    page.leave();
  });
});

/** There may be notices of the orders of other tests. */
const only = (all: readonly string[], mine: readonly string[]): readonly string[] =>
  all.filter((order) => mine.includes(order));

describe('an operator watches', () => {
  it('a settlement is seen without anyone asking, once, though its event comes twice', async () => {
    const page = await watch();
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    await eventually(() => page.seen.lastId() !== '');
    const order = someOrder();
    await publish('payments', settledEvent(order), settledEvent(order));
    await eventually(() => page.orders().includes(order));
    const after = someOrder();
    await publish('payments', settledEvent(order), settledEvent(after));
    await eventually(() => page.orders().includes(after));
    expect(only(page.orders(), [order, after])).toEqual([order, after]);
    const [notice] = page.seen.events.filter(({ data }) => data.includes(order));
    expect(notice?.type).toBe('payment.settled');
    expect(JSON.parse(notice?.data ?? '')).toMatchObject({ orderId: order, amount: 120_000, method: 'qris' });
    expect(notice?.data).not.toContain('rider');
    page.leave();
  });

  it('and who was cut off gets what came meanwhile, without gap or repeat', async () => {
    const first = await watch();
    await eventually(() => first.seen.lastId() !== '');
    const [before, ...meanwhile] = Array.from({ length: 25 }, someOrder) as [string, ...string[]];
    await publish('payments', settledEvent(before));
    await eventually(() => first.orders().includes(before));
    first.leave();
    const lastId = first.seen.lastId();
    await publish('payments', ...meanwhile.map(settledEvent));
    const second = await watch({ lastId });
    await eventually(() => only(second.orders(), meanwhile).length >= meanwhile.length);
    expect(only(second.orders(), [before])).toEqual([]);
    expect(only(second.orders(), meanwhile).toSorted()).toEqual(meanwhile.toSorted());
    const numbers = second.seen.events.map(({ id }) => Number(id.slice(-12)));
    expect(numbers).toEqual(numbers.map((_, i) => Number(lastId.slice(-12)) + 1 + i));
    second.leave();
  });
});

describe('a stream is refused', () => {
  it.each([
    ['without a token', { anonymous: true }, 401, 'NO_TOKEN'],
    ['to a rider', { role: 'rider' }, 403, 'WRONG_ROLE'],
    ['after an id that is not one', { lastId: '42' }, 400, 'INVALID_REQUEST'],
  ] as const)('%s', async (_, wish, status, code) => {
    const page = await watch(wish);
    expect([page.status, page.problem?.code]).toEqual([status, code]);
  });

  describe('with the time to wait', () => {
    afterEach(freeSeats);

    it('when all are taken', async () => {
      await takeAllSeats();
      const refused = await watch();
      expect([refused.status, refused.problem?.code, refused.headers.get('retry-after')]).toEqual([
        429,
        'TOO_MANY_STREAMS',
        '15',
      ]);
    });
  });
});
