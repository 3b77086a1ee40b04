/** Whoever paid gets a receipt by mail: once, in words they read, and their address stays where it belongs. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { orderPaid } from '../../events/order.ts';
import { Invalid, Unavailable } from '../../functions/kernel/errors.ts';
import { type Instant, instant } from '../../functions/kernel/types.ts';
import { contacts } from '../../functions/notify/contacts.store.ts';
import { ledger } from '../../functions/notify/deliveries.store.ts';
import { type Mail, mailer } from '../../functions/notify/mail.client.ts';
import { ses } from '../../functions/notify/mail.ses.ts';
import { receipts } from '../../functions/notify/receipts.worker.ts';
import { queueWorker } from '../../functions/platform/queue-worker.ts';
import { logLines } from '../support/log.ts';
import { clientOf, memoryTable } from '../support/memory-table.ts';
import { deadLetters, delivered } from '../support/queue.ts';

const lines = logLines();
const orderId = 'TNT-20261121-0000042';
const paymentRef = `${orderId}-1795232640`;
const address = 'anna@rider.example';
const noon = instant(Date.parse('2026-11-21T05:05:00.000Z'));

const paid = (change: object = {}) => ({
  id: `${orderId}/ORDER/3`,
  type: 'order.paid',
  orderId,
  riderId: 'anna',
  driverId: 'd1',
  version: 3,
  at: '2026-11-21T05:05:00.000Z',
  fare: 120_000,
  paymentRef,
  method: 'bca_va',
  ...change,
});

const world = (known: { language?: 'id' | 'en' } | null = {}) => {
  const memory = memoryTable();
  const client = clientOf(memory);
  const store = contacts(client, 'State');
  const sent: Mail[] = [];
  const dead = deadLetters();
  let failures: unknown[] = [];
  let at: Instant = noon;
  const worker = queueWorker(
    orderPaid,
    receipts({
      ledger: ledger(client, 'Story'),
      contacts: store,
      send: async (mail) => {
        const failure = failures.shift();
        if (failure) throw failure;
        sent.push(mail);
      },
      now: () => at,
    }),
    { ...dead, delay: async () => undefined },
  );
  const ready = known ? store.remember('anna', { email: address, ...known }, noon) : Promise.resolve();
  return {
    sent,
    dead,
    fail: (...with_: unknown[]) => {
      failures = with_;
    },
    later: (ms: number) => {
      at = instant(noon + ms);
    },
    deliver: async (...events: readonly object[]) => {
      await ready;
      return (await worker(delivered(events))).batchItemFailures.length;
    },
    line: (ref = paymentRef) => memory.read('Story', { pk: `ORDER#${orderId}`, sk: `RECEIPT#${ref}` }),
    memory,
  };
};

describe('an order is paid', () => {
  it('[PAY-7] the rider gets a receipt in Indonesian and English, and the story says so', async () => {
    const { deliver, sent, line } = world();
    expect(await deliver(paid())).toBe(0);
    const [mail] = sent;
    expect(mail).toMatchObject({
      to: address,
      subject: `Tanda terima ${orderId} / Receipt ${orderId}`,
      reference: paymentRef,
    });
    expect(mail?.text).toBe(`Tuntas

Terima kasih. Pembayaran perjalanan Anda sudah kami terima.

Nomor pesanan: TNT-20261121-0000042
Jumlah: Rp 120.000
Metode pembayaran: BCA Virtual Account
Waktu pembayaran: 21 November 2026 12.05 WIB
Referensi pembayaran: TNT-20261121-0000042-1795232640

Simpan surel ini sebagai bukti pembayaran.

----

Thank you. We have received the payment for your trip.

Order number: TNT-20261121-0000042
Amount: Rp 120.000
Payment method: BCA Virtual Account
Time of payment: 21 November 2026 12:05 WIB
Payment reference: TNT-20261121-0000042-1795232640

Keep this mail as proof of payment.
`);
    for (const word of ['Rp 120.000', '12.05 WIB', '12:05 WIB', 'lang="id"', 'lang="en"'])
      expect(mail?.html).toContain(word);
    expect(line()).toMatchObject({ kind: 'receipt', channel: 'mail', sentAt: '2026-11-21T05:05:00.000Z', paymentRef });
    expect(lines.metric('ReceiptSent')).toEqual([1]);
  });

  it.each([
    ['id', 'Tanda terima', 'Thank you'],
    ['en', 'Receipt', 'Terima kasih'],
  ] as const)('the receipt is in %s alone when that is known to be the language', async (language, there, missing) => {
    const { deliver, sent } = world({ language });
    await deliver(paid());
    expect(sent[0]?.subject).toBe(`${there} ${orderId}`);
    expect(sent[0]?.text).not.toContain(missing);
  });

  it.each([
    [1_000, 'Rp 1.000'],
    [999, 'Rp 999'],
    [1_234_567, 'Rp 1.234.567'],
    [999_999_999, 'Rp 999.999.999'],
  ])('%d is written %s', async (fare, text) => {
    const { deliver, sent } = world();
    await deliver(paid({ fare }));
    expect(sent[0]?.text).toContain(`Jumlah: ${text}\n`);
  });

  it('at 23:30 UTC the receipt has the next day of Jakarta', async () => {
    const { deliver, sent } = world({ language: 'en' });
    await deliver(paid({ at: '2026-12-31T23:30:00.000Z' }));
    expect(sent[0]?.text).toContain('1 January 2027 06:30 WIB');
  });

  it('what is not known of the method is shown as it is, and never as HTML', async () => {
    const { deliver, sent } = world();
    await deliver(paid({ method: '<b>new&"wallet"</b>' }));
    expect(sent[0]?.html).toContain('&lt;b&gt;new&amp;&quot;wallet&quot;&lt;/b&gt;');
    expect(sent[0]?.html).not.toContain('<b>new');
  });
});

describe('the event is delivered again', () => {
  it('[PAY-7] the receipt is not', async () => {
    const { deliver, sent } = world();
    await deliver(paid());
    await deliver(paid(), paid());
    expect(sent).toHaveLength(1);
  });

  it('while the first copy is being sent: it waits', async () => {
    const { deliver, sent } = world();
    expect(await deliver(paid(), paid())).toBe(1);
    expect(sent).toHaveLength(1);
  });

  it('another payment after a reversal gets a receipt of its own', async () => {
    const { deliver, sent } = world();
    const second = `${orderId}-1795239999`;
    await deliver(paid());
    await deliver(paid({ paymentRef: second, version: 5 }));
    expect(sent.map(({ reference }) => reference)).toEqual([paymentRef, second]);
  });
});

describe('the mail cannot be sent', () => {
  it('it is left for a retry, and goes out then', async () => {
    const { deliver, sent, fail, line } = world();
    fail(new Unavailable('the mail service answered TooManyRequestsException'));
    expect(await deliver(paid())).toBe(1);
    expect(line()).toBeUndefined();
    expect(lines.metric('ReceiptFailed')).toEqual([1]);
    expect(await deliver(paid())).toBe(0);
    expect(sent).toHaveLength(1);
    expect(lines.metric('ReceiptFailed')).toEqual([1, 0]);
  });

  it('a worker that crashed in between is followed by another one after 10 s', async () => {
    const { deliver, sent, memory, later } = world();
    await ledger(clientOf(memory), 'Story').claim(
      { orderId: orderId as never, key: `RECEIPT#${paymentRef}`, kind: 'receipt' },
      noon,
    );
    expect(await deliver(paid())).toBe(1);
    later(10_001);
    expect(await deliver(paid())).toBe(0);
    expect(sent).toHaveLength(1);
  });

  it('because the service refuses it for good: the story says so, and nobody tries again', async () => {
    const { deliver, sent, fail, line, dead } = world();
    fail(new Invalid('the mail service answered MessageRejected'));
    expect(await deliver(paid())).toBe(0);
    expect(line()).toMatchObject({ reason: 'refused', skippedAt: expect.any(String) });
    expect(await deliver(paid())).toBe(0);
    expect([sent, dead.parked]).toEqual([[], []]);
  });

  it('because there is no address: the story says so', async () => {
    const { deliver, line } = world(null);
    expect(await deliver(paid())).toBe(0);
    expect(line()).toMatchObject({ kind: 'receipt', reason: 'no-address', skippedAt: '2026-11-21T05:05:00.000Z' });
    expect(await deliver(paid())).toBe(0);
    expect(lines.metric('ReceiptSkipped')).toEqual([1]);
  });
});

describe('the address of a rider', () => {
  it('is neither in the story nor in a log line, not even when the service repeats it', async () => {
    const { deliver, memory, fail } = world();
    const client = {
      send: async () => Promise.reject(Object.assign(new Error(`rejected: ${address}`), { name: 'Throttled' })),
    };
    const refusal = await ses(
      client as never,
      'receipts@tuntas.example',
    )({ to: address, subject: '', html: '', text: '', reference: '' }).catch((error: unknown) => error);
    fail(refusal);
    await deliver(paid());
    await deliver(paid());
    expect(JSON.stringify(memory.all('Story'))).not.toContain('@');
    expect(JSON.stringify(lines.all())).not.toContain('@');
  });

  it('is written again only when it changed or is about to be forgotten', async () => {
    const memory = memoryTable();
    let writes = 0;
    const counting = memoryTable(() => {
      writes += 1;
    });
    const store = contacts(clientOf(counting), 'State');
    const day = 86_400_000;
    await store.remember('anna', { email: address }, noon);
    await store.remember('anna', { email: address }, instant(noon + 29 * day));
    expect(writes).toBe(1);
    await store.remember('anna', { email: address, language: 'en' }, instant(noon + 29 * day));
    await store.remember('anna', { email: address }, instant(noon + 60 * day));
    expect(writes).toBe(3);
    expect(await store.find('anna', instant(noon + 149 * day))).toEqual({ email: address, language: 'en' });
    expect(await store.find('anna', instant(noon + 151 * day))).toBeUndefined();
    expect(memory.all('State')).toEqual([]);
  });
});

describe('the two ways out', () => {
  const mail: Mail = { to: address, subject: 'S', html: '<p>H</p>', text: 'T', reference: paymentRef };

  it('SES gets both bodies and the reference', async () => {
    const commands: { input: unknown }[] = [];
    const client = { send: async (command: { input: unknown }) => void commands.push(command) };
    await ses(client as never, 'Tuntas <receipts@tuntas.example>')(mail);
    expect(commands[0]?.input).toEqual({
      FromEmailAddress: 'Tuntas <receipts@tuntas.example>',
      Destination: { ToAddresses: [address] },
      Content: {
        Simple: {
          Subject: { Data: 'S', Charset: 'UTF-8' },
          Body: { Html: { Data: '<p>H</p>', Charset: 'UTF-8' }, Text: { Data: 'T', Charset: 'UTF-8' } },
          Headers: [{ Name: 'X-Entity-Ref-ID', Value: paymentRef }],
        },
      },
    });
  });

  it.each([
    ['MessageRejected', Invalid],
    ['BadRequestException', Invalid],
    ['TooManyRequestsException', Unavailable],
    ['MailFromDomainNotVerifiedException', Unavailable],
    ['AccountSuspendedException', Unavailable],
    ['TimeoutError', Unavailable],
  ])('SES answering %s', async (name, kind) => {
    const client = { send: async () => Promise.reject(Object.assign(new Error('no'), { name })) };
    await expect(ses(client as never, 'a@b.example')(mail)).rejects.toBeInstanceOf(kind);
  });

  it.each([
    [
      'a domain that is not verified',
      'Email address is not verified. The following identities failed the check in region AP-SOUTHEAST-3: receipts@fleet.example',
    ],
    [
      'the sandbox',
      `Email address is not verified. The following identities failed the check in region AP-SOUTHEAST-3: ${address}`,
    ],
  ])(
    '[PAY-7] SES rejecting a mail for %s: nothing is wrong with the mail, so it is tried again, counted as failed, and nobody is named',
    async (_, message) => {
      const rejected = Object.assign(new Error(message), { name: 'MessageRejected' });
      const failure = await ses(
        { send: async () => Promise.reject(rejected) } as never,
        'a@b.example',
      )(mail).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(Unavailable);
      expect((failure as Error).message).toBe(
        'the mail service answered MessageRejected: an address is not verified, or the account is in the sandbox',
      );
      const { deliver, fail, line, dead } = world();
      fail(failure, failure);
      expect([await deliver(paid()), await deliver(paid())]).toEqual([1, 1]);
      expect(lines.metric('ReceiptFailed')).toEqual([1, 1]);
      expect([line(), dead.parked]).toEqual([undefined, []]);
      // Verified meanwhile: the same message brings the receipt.
      expect(await deliver(paid())).toBe(0);
      expect(line()).toMatchObject({ channel: 'mail' });
    },
  );

  it('a mailbox gets it as JSON; one that is down or refuses is tried again', async () => {
    const got: unknown[] = [];
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      got.push([request.url, JSON.parse(Buffer.concat(chunks).toString())]);
      response.writeHead(got.length === 1 ? 201 : 500).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const send = mailer(endpoint, 'receipts@tuntas.example');
    await send(mail);
    expect(got).toEqual([['/mails', { from: 'receipts@tuntas.example', ...mail }]]);
    await expect(send(mail)).rejects.toBeInstanceOf(Unavailable);
    server.close();
    server.closeAllConnections();
    await expect(send(mail)).rejects.toBeInstanceOf(Unavailable);
  });
});
