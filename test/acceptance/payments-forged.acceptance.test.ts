/** Notifications that the gateway did not send, on the running stack: what is answered, and that nothing changes. */
import { describe, expect, it } from 'vitest';
import { answersTo, finishedTrip, gateway, paidTrip } from './support/payments.ts';
import { eventually } from './support/stack.ts';

/** The customer pays; the notification of it is bent on its way. */
const tampered = async (how: object) => {
  const trip = await finishedTrip();
  const ref = await trip.pending({ method: 'bca_va' });
  await trip.fault({ kind: 'tamper', how }, { when: 'settlement', next: 1 });
  await gateway('POST', `transactions/${ref}/pay`);
  const [answered] = await answersTo(ref, 'settlement');
  return { ...trip, ref, answered };
};

const field = (name: string, value: unknown) => ({ kind: 'field', field: name, value });
const missing = (name: string) => ({ kind: 'missing', field: name });
const array = (name: string) => ({ kind: 'array', field: name });
const signature = (how: string) => ({ kind: 'signature', how });
const body = (how: string) => ({ kind: 'body', how });

describe('a notification whose signature does not fit', () => {
  it.each([
    ['another amount', { kind: 'amount', to: '1.00' }],
    ['an amount written as a whole number', { kind: 'amount', to: '87000' }],
    ['another order', field('order_id', 'TNT-20261121-0000042-1795232640')],
    ['another status code', field('status_code', '201')],
    ['half a signature', signature('truncated')],
    ['no hex', signature('garbage')],
    ['a good beginning', signature('valid-prefix')],
    ['a line break behind it', signature('line-break')],
    ['the key of another merchant', signature('other-key')],
    ['the hash of a number', signature('number-amount')],
    ['the signature of another code', signature('of-other-code')],
  ])('[PAY-2] (%s) is answered 401, and nothing changes; asking the gateway finds the money', async (_, how) => {
    const trip = await tampered(how);
    expect(trip.answered).toBe(401);
    expect([(await trip.payment()).status, await trip.order()]).toEqual(['PENDING', 'FINISHED']);
    expect((await trip.rider.call('POST', `/payments/${trip.ref}/check`)).body).toMatchObject({
      known: true,
      payment: { status: 'PAID' },
    });
  });
});

describe('a notification that is none', () => {
  it.each([
    ['no signature', missing('signature_key')],
    ['no order', missing('order_id')],
    ['no status', missing('transaction_status')],
    ['no transaction', missing('transaction_id')],
    ['an empty signature', signature('empty')],
    ['a list for the order', array('order_id')],
    ['a list for the code', array('status_code')],
    ['a list for the amount', array('gross_amount')],
    ['a number for the amount', field('gross_amount', 87_000)],
    ['a number for the code', field('status_code', 200)],
    ['an object for the merchant', field('merchant_id', {})],
    ['text for the refunds', field('refunds', 'none')],
    ['an empty body', body('empty')],
    ['a form', body('not-json')],
    ['half a JSON', body('truncated')],
    ['null', body('null')],
    ['a list of it', body('array')],
    ['text', body('text')],
    ['a megabyte', body('huge')],
    ['the webhook of a subscription', body('subscription')],
  ])('[PAY-2] (%s) is answered 400, and nothing changes', async (_, how) => {
    const trip = await tampered(how);
    expect(trip.answered).toBe(400);
    expect([(await trip.payment()).status, await trip.order()]).toEqual(['PENDING', 'FINISHED']);
  });
});

describe('a notification whose signature fits although it was changed', () => {
  it.each([
    ['another status', { kind: 'status', to: 'deny' }],
    ['an unknown status', { kind: 'status', to: 'partial_settlement' }],
    ['another transaction', field('transaction_id', '00000000-0000-4000-8000-000000000000')],
    ['a signature in capitals', signature('upper-case')],
    ['a pile of brackets', body('deep')],
    ['a refund beyond 2^53', field('refunds', [{ refund_chargeback_id: 2 ** 60 }])],
    ['another merchant', field('merchant_id', 'G999999999')],
    ['another currency', field('currency', 'USD')],
  ])('[PAY-11] (%s) is a hint: its status is read and applied, the order is PAID', async (_, how) => {
    const trip = await tampered(how);
    expect(trip.answered).toBe(200);
    await eventually(async () => (await trip.order()) === 'PAID');
    await trip.happened('order.paid');
    await trip.happened('payment.settled');
  });

  it('[PAY-2] as order and code were shifted into each other, belongs to no order of ours', async () => {
    const trip = await tampered({ kind: 'shifted' });
    expect(trip.answered).toBe(200);
    expect([(await trip.payment()).status, await trip.order()]).toEqual(['PENDING', 'FINISHED']);
  });

  it.each([
    ['another account number', 'bca_va', field('va_numbers', [{ bank: 'bca', va_number: '66666666666' }])],
    ['another account number', 'permata_va', field('permata_va_number', '6666666666666666')],
    ['another bill', 'mandiri_bill', field('bill_key', '666666666666')],
    ['another QR code', 'qris', field('qr_string', '00020101021226660014ID.EVIL')],
    ['another link', 'gopay', field('actions', [{ name: 'deeplink-redirect', url: 'https://evil.example' }])],
    ['a page', 'bca_va', field('redirect_url', 'https://evil.example')],
  ])('[PAY-11] (%s, by %s) never changes where the customer pays', async (_, method, how) => {
    const trip = await finishedTrip();
    await trip.fault({ kind: 'tamper', how }, { when: 'pending', next: 1 });
    const { body } = await trip.charge({ method });
    await eventually(async () => (await trip.effects()).some((effect) => effect !== undefined));
    expect(await answersTo(body.ref, 'pending')).toEqual([200]);
    expect(JSON.stringify(body.instructions)).not.toMatch(/6{10}|evil/i);
    expect((await trip.payments())[0]).toMatchObject({ status: 'PENDING', instructions: body.instructions });
  });

  it.each(['expire', 'cancel', 'deny', 'failure'])(
    '[PAY-11] of "%s" after the money came takes nothing away',
    async (status) => {
      const trip = await paidTrip({ method: 'qris' });
      await gateway('POST', `transactions/${trip.ref}/notify`, { transaction_status: status, status_code: '202' });
      await eventually(async () => (await trip.effects()).length >= 3);
      expect([(await trip.payment()).status, await trip.order()]).toEqual(['PAID', 'PAID']);
    },
  );
});

describe('the test button of the gateway’s dashboard', () => {
  it('[PAY-2] is answered 200', async () => {
    await gateway('POST', 'test-notification');
    await gateway('POST', 'quiet');
    const all = await gateway<readonly { orderId: string; attempts: readonly { answered: number }[] }[]>(
      'GET',
      'notifications',
    );
    const test = all.filter(({ orderId }) => orderId.startsWith('payment_notif_test_'));
    expect(test.map(({ attempts }) => attempts[0]?.answered)).toEqual([200]);
  });
});
