/** Where the customer pays, on a running stack: by the gateway's own answers, whatever a notification shows. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/own-stack.ts';
import { type Body, notificationOf, type PaymentsStack, paymentsStack } from '../support/payments-stack.ts';

let stack: PaymentsStack;
beforeAll(async () => {
  stack = await paymentsStack();
}, 120_000);
afterEach(() => stack.recovered());
afterAll(() => stack.end());

type Charged = { readonly orderId: string; readonly ref: string };
const methods = ['bca_va', 'permata_va', 'mandiri_bill', 'qris', 'gopay'] as const;

/** What an attacker would have the customer pay to. */
const foreign: readonly (readonly [string, Body])[] = [
  ['another account number', { va_numbers: [{ bank: 'bca', va_number: '66666666666' }] }],
  ['another Permata number', { permata_va_number: '6666666666666666' }],
  ['another bill', { biller_code: '6666666666', bill_key: '666666666666' }],
  ['another bill key alone', { bill_key: '666666666666' }],
  ['another biller alone', { biller_code: '6666666666' }],
  ['another QR code', { qr_string: '00020101021226660014ID.EVIL' }],
  ['other links', { actions: [{ name: 'deeplink-redirect', method: 'GET', url: 'https://evil.example/pay' }] }],
  ['a page', { redirect_url: 'https://evil.example/3ds' }],
  [
    'all of it at once',
    {
      va_numbers: [{ bank: 'bca', va_number: '66666666666' }],
      bill_key: '666666666666',
      qr_string: 'EVIL',
      redirect_url: 'https://evil.example',
    },
  ],
];

const instructionsOf = async (orderId: string) => (await stack.payments(orderId))[0].instructions;
const mismatches = (): number => stack.counted('InstructionsMismatch');
const linesOf = async (orderId: string, count: number) => {
  await until(
    async () => (await stack.syncLines(orderId)).filter(({ effect }) => effect !== undefined).length >= count,
  );
  return stack.syncLines(orderId);
};
/** As the gateway notified it, with some fields changed: the signature covers none of them. */
const replay = async ({ orderId, ref }: Charged, fields: Body) => {
  const before = (await stack.syncLines(orderId)).length;
  const { transactionId } = await stack.gateway('GET', `transactions/${ref}`);
  const body = notificationOf(ref, { transaction_status: 'pending', transaction_id: transactionId, ...fields });
  expect((await stack.post(body)).status).toBe(200);
  return (await linesOf(orderId, before + 1)).at(-1);
};

describe('a notification of a pending payment, as the gateway sends it', () => {
  it.each(methods)('[PAY-11] by %s, costs no call, changes nothing and raises no alarm', async (method) => {
    const { orderId } = await stack.charged({ method });
    const [line] = await linesOf(orderId, 1);
    expect(line).toMatchObject({ effect: 'noop_duplicate', verified: false });
    const [payment] = await stack.payments(orderId);
    expect([payment.status, payment.version]).toEqual(['PENDING', 2]);
    expect(mismatches()).toBe(0);
  });
});

describe('a notification that shows other instructions under the same signature', () => {
  it.each(methods)(
    '[PAY-11] by %s, never changes what the customer sees: the status is read, and security is alarmed',
    async (method) => {
      const payment = await stack.charged({ method });
      await linesOf(payment.orderId, 1);
      const genuine = await instructionsOf(payment.orderId);
      for (const [name, fields] of foreign) {
        const count = mismatches();
        const line = await replay(payment, fields);
        expect([name, await instructionsOf(payment.orderId)]).toEqual([name, genuine]);
        expect([name, line?.verified, line?.status]).toEqual([name, true, 'PENDING']);
        expect(line?.why).toMatch(/^instructions the gateway does not confirm: /);
        await until(() => mismatches() === count + 1);
      }
      const { body } = await stack.by('operator', 'op', 'POST', `/payments/${payment.ref}/check`);
      expect(body.payment.instructions).toEqual(genuine);
      await stack.rings('instructions-are-the-gateways');
    },
  );

  it('[PAY-11] cannot shorten or lengthen the time to pay either, which raises no alarm', async () => {
    const payment = await stack.charged({ method: 'bca_va' });
    await linesOf(payment.orderId, 1);
    const [genuine, count] = [await instructionsOf(payment.orderId), mismatches()];
    const line = await replay(payment, { expiry_time: '2031-01-01 00:00:00' });
    expect([line?.verified, await instructionsOf(payment.orderId)]).toEqual([true, genuine]);
    expect(mismatches()).toBe(count);
  });

  it('[PAY-11] is not a forgery when the gateway answers the same: what it changed is shown', async () => {
    const payment = await stack.charged({ method: 'bca_va' });
    await linesOf(payment.orderId, 1);
    const count = mismatches();
    const changed = { va_numbers: [{ bank: 'bca', va_number: '70000000042' }] };
    await stack.fault(payment.orderId, { kind: 'fields', fields: changed }, { on: 'status' });
    expect(await replay(payment, changed)).toMatchObject({ effect: 'mark_pending', verified: true });
    expect(await instructionsOf(payment.orderId)).toMatchObject({ bank: 'bca', vaNumber: '70000000042' });
    expect(mismatches()).toBe(count);
  });
});

describe('a notification that comes before the charge is answered', () => {
  it.each(methods)('[PAY-1] by %s, leaves the instructions to the answer, which is written once', async (method) => {
    const trip = await stack.finishedTrip();
    await stack.fault(trip.orderId, { kind: 'early' });
    const { body } = await stack.charge(trip, { method });
    await linesOf(trip.orderId, 1);
    const [payment] = await stack.payments(trip.orderId);
    expect([payment.status, payment.version]).toEqual(['PENDING', 2]);
    expect(payment.instructions).toEqual(body.instructions);
    expect(Object.keys(body.instructions).length).toBeGreaterThan(1);
  });

  it.each(methods)(
    '[PAY-11] by %s, with foreign instructions: the customer sees those of the answer',
    async (method) => {
      const trip = await stack.finishedTrip();
      await stack.fault(trip.orderId, { kind: 'slow', ms: 8_000 }, { on: 'charge', next: 1 });
      const charging = stack.charge(trip, { method });
      await until(async () => (await stack.ledger(trip.orderId)).length === 1);
      const [{ ref }] = await stack.payments(trip.orderId);
      await replay({ ...trip, ref }, Object.assign({}, ...foreign.map(([, fields]) => fields)));
      expect((await stack.payments(trip.orderId))[0].instructions).toBeUndefined();
      const { body } = await charging;
      expect(JSON.stringify(body.instructions)).not.toMatch(/6{10}|evil/i);
      expect(await instructionsOf(trip.orderId)).toEqual(body.instructions);
    },
  );
});

describe('a charge whose answer is lost', () => {
  const complete: Readonly<Record<(typeof methods)[number], object>> = {
    bca_va: { bank: 'bca', vaNumber: expect.any(String) },
    permata_va: { bank: 'permata', vaNumber: expect.any(String) },
    mandiri_bill: { billerCode: expect.any(String), billKey: expect.any(String) },
    qris: { qrString: expect.any(String), actions: expect.any(Array) },
    gopay: { actions: expect.any(Array) },
  };

  it.each(methods)(
    '[PAY-12] by %s, has complete instructions within seconds, although its notification came',
    async (method) => {
      const trip = await stack.finishedTrip();
      await stack.fault(
        trip.orderId,
        { kind: 'drop', done: true },
        { on: 'charge', next: method === 'permata_va' ? 1 : 3 },
      );
      const { body } = await stack.charge(trip, { method });
      await linesOf(trip.orderId, 1);
      await until(async () => (await stack.payments(trip.orderId))[0].status === 'PENDING');
      await until(async () => Object.keys((await instructionsOf(trip.orderId)) ?? {}).length > 1);
      expect(await instructionsOf(trip.orderId)).toMatchObject(complete[method]);
      expect(await stack.ledger(trip.orderId)).toMatchObject([{ orderId: body.ref }]);
    },
  );

  it.each(['qris', 'gopay'] as const)(
    '[PAY-12] by %s, is completed by the same call when only the status was known',
    async (method) => {
      const trip = await stack.finishedTrip();
      await stack.fault(trip.orderId, { kind: 'drop', done: true }, { on: 'charge', next: 3 });
      const { body } = await stack.charge(trip, { method });
      expect(body.status).toBe('UNKNOWN');
      const line = await replay({ ...trip, ref: body.ref }, {});
      // On a slow machine its own deadline has read the status before.
      expect(line).toMatchObject({
        effect: expect.stringMatching(/^(mark_pending|noop_duplicate)$/),
        status: 'PENDING',
      });
      await until(async () => 'actions' in ((await instructionsOf(trip.orderId)) ?? {}));
      expect(await instructionsOf(trip.orderId)).toMatchObject(complete[method]);
      expect(await stack.ledger(trip.orderId)).toHaveLength(1);
    },
  );
});
