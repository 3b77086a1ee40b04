/** The receipt of a payment is mailed once, and the address appears nowhere else. */
import { describe, expect, it } from 'vitest';
import { Invalid } from '../../functions/kernel/errors.ts';
import type { OrderId } from '../../functions/kernel/types.ts';
import { contacts } from '../../functions/notify/contacts.store.ts';
import { deliveries } from '../../functions/notify/deliveries.store.ts';
import type { Mail, SendMail } from '../../functions/notify/mail.client.ts';
import { ses } from '../../functions/notify/mail.ses.ts';
import { compose } from '../../functions/notify/receipts.compose.ts';
import { paidMessage, receiptsWorker } from '../../functions/notify/receipts.worker.ts';
import { queueWorker } from '../../functions/platform/queue-worker.ts';
import { logLines } from '../support/log.ts';
import { env, start, testPorts } from '../support/ports.ts';
import { delivered } from '../support/queue.ts';

const lines = logLines();
const orderId = 'TNT-20261121-0000042' as OrderId;
const paymentRef = `${orderId}-1795232640`;
const address = 'anna@rider.example';

const paid = (change: object = {}) => ({
  id: `${orderId}/ORDER/3`,
  type: 'order.paid',
  orderId,
  riderId: 'anna',
  driverId: 'd1',
  version: 3,
  at: '2026-11-21T03:44:00.000Z',
  fare: 120_000,
  paymentRef,
  method: 'bca_va',
  ...change,
});

/** @param send instead of the mailbox */
const setUp = async ({ known = true, send }: { readonly known?: boolean; readonly send?: SendMail } = {}) => {
  const mails: (Mail & { readonly from: string })[] = [];
  let status = 201;
  const world = testPorts({
    http: async (_, { body = '' }) => {
      if (status < 300) mails.push(JSON.parse(body));
      return { status, text: '' };
    },
  });
  const { ports, table } = world;
  const [store, log] = [contacts(ports.dynamo, 'State'), deliveries(ports.dynamo, 'Story')];
  if (known) await store.remember('anna', { email: address }, start);
  const worker = send
    ? queueWorker(paidMessage, receiptsWorker({ deliveries: log, contacts: store, send, now: ports.now }), ports, env)
    : compose(ports, env);
  return {
    ...world,
    mails,
    log,
    mailboxAnswers: (next: number): void => {
      status = next;
    },
    /** @returns how many messages are left for a retry */
    receive: async (...events: readonly object[]) => (await worker(delivered(events))).batchItemFailures.length,
    line: (ref = paymentRef) => table.read('Story', { pk: `ORDER#${orderId}`, sk: `RECEIPT#${ref}` }),
    parked: () => world.messagesTo('own-dead-letters'),
  };
};

describe('an order is paid', () => {
  it('[PAY-7] the rider gets the receipt by mail, and the story has a line of it', async () => {
    const { receive, mails, line } = await setUp();
    expect(await receive(paid())).toBe(0);
    expect(mails).toMatchObject([
      {
        from: 'Tuntas <receipts@tuntas.example>',
        to: address,
        subject: `Tanda terima ${orderId} / Receipt ${orderId}`,
        reference: paymentRef,
      },
    ]);
    for (const text of [
      'Jumlah: Rp 120.000',
      'Payment method: BCA Virtual Account',
      'Time of payment: 21 November 2026 10:44 WIB',
      `Payment reference: ${paymentRef}`,
    ])
      expect(mails[0]?.text).toContain(text);
    expect(line()).toMatchObject({ kind: 'receipt', channel: 'mail', sentAt: '2026-11-21T03:44:00.000Z', paymentRef });
    expect(lines.metric('ReceiptSent')).toEqual([1]);
  });

  it.each(['bca_va', 'cash'])('[PAY-7] also by the method %s, in the language of the rider', async (method) => {
    const { receive, ports, mails } = await setUp();
    await contacts(ports.dynamo, 'State').remember('anna', { email: address, language: 'en' }, start);
    await receive(paid({ method }));
    expect(mails.map(({ subject }) => subject)).toEqual([`Receipt ${orderId}`]);
  });
});

describe('the event is delivered again', () => {
  it('[PAY-7] the receipt is not', async () => {
    const { receive, mails } = await setUp();
    await receive(paid());
    await receive(paid(), paid());
    expect(mails).toHaveLength(1);
  });

  it('is left for a retry while the first copy is being sent', async () => {
    const { receive, mails } = await setUp();
    expect(await receive(paid(), paid())).toBe(1);
    expect(mails).toHaveLength(1);
    expect(lines.metric('ReceiptFailed')).toEqual([0]);
  });

  it('another payment after a reversal gets a separate receipt', async () => {
    const { receive, mails } = await setUp();
    const second = `${orderId}-1795239999`;
    await receive(paid());
    await receive(paid({ paymentRef: second, version: 5 }));
    expect(mails.map(({ reference }) => reference)).toEqual([paymentRef, second]);
  });
});

describe('the mail cannot be sent', () => {
  it('now: the message is left for a retry, which sends it', async () => {
    const { receive, mails, mailboxAnswers, line, parked } = await setUp();
    mailboxAnswers(503);
    expect(await receive(paid())).toBe(1);
    expect([line(), parked()]).toEqual([undefined, []]);
    expect(lines.metric('ReceiptFailed')).toEqual([1]);
    mailboxAnswers(201);
    expect(await receive(paid())).toBe(0);
    expect(mails).toHaveLength(1);
    expect(lines.metric('ReceiptFailed')).toEqual([1, 0]);
  });

  it('because a worker crashed: another one sends it 10 s later', async () => {
    const { receive, mails, log, clock } = await setUp();
    await log.claim({ orderId, key: `RECEIPT#${paymentRef}`, kind: 'receipt' }, start);
    clock.pass(10_000);
    expect(await receive(paid())).toBe(1);
    clock.pass(1);
    expect(await receive(paid())).toBe(0);
    expect(mails).toHaveLength(1);
  });

  it('ever, because the service refuses it: the story has the reason, and there is no retry', async () => {
    let attempts = 0;
    const { receive, line, parked } = await setUp({
      send: async () => {
        attempts += 1;
        throw new Invalid('the mail service answered MessageRejected');
      },
    });
    expect(await receive(paid())).toBe(0);
    expect(line()).toMatchObject({ reason: 'refused', skippedAt: '2026-11-21T03:44:00.000Z' });
    expect(await receive(paid())).toBe(0);
    expect([attempts, parked()]).toEqual([1, []]);
    expect(lines.metric('ReceiptSkipped')).toEqual([1]);
  });

  it('because there is no address: the story has the reason', async () => {
    const { receive, line, mails } = await setUp({ known: false });
    expect(await receive(paid())).toBe(0);
    expect(line()).toMatchObject({ kind: 'receipt', reason: 'no-address', skippedAt: '2026-11-21T03:44:00.000Z' });
    expect(await receive(paid())).toBe(0);
    expect(mails).toEqual([]);
    expect(lines.metric('ReceiptSkipped')).toEqual([1]);
  });
});

describe('the address of a rider', () => {
  it('is neither in the story nor in a log line, even when the service repeats it', async () => {
    const failure = Object.assign(new Error(`rejected: ${address}`), { name: 'Throttled' });
    const send = ses({ send: async () => Promise.reject(failure) } as never, 'receipts@tuntas.example');
    const failing = await setUp({ send });
    expect(await failing.receive(paid())).toBe(1);
    const working = await setUp();
    await working.receive(paid());
    expect(working.mails).toHaveLength(1);
    expect(JSON.stringify([failing.table.all('Story'), working.table.all('Story'), lines.all()])).not.toMatch(
      /anna@|rider\.example/,
    );
  });
});
