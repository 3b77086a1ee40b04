/** Mail to a mailbox over HTTP. */
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { describe, expect, it, vi } from 'vitest';
import { Unavailable } from '../../functions/kernel/errors.ts';
import { mailer } from '../../functions/notify/mail.client.ts';
import type { Http, HttpCall } from '../../functions/platform/ports.ts';
import { env, testPorts } from '../support/ports.ts';

const mail = { to: 'anna@rider.example', subject: 'S', html: '<p>H</p>', text: 'T', reference: 'payment-1' };
const mailbox = (status: number) => {
  const calls: (readonly [string, HttpCall])[] = [];
  const http: Http = async (url, call) => {
    calls.push([url, call]);
    return { status, text: '' };
  };
  return { calls, send: mailer(testPorts({ http }).ports, env) };
};

describe('a mail to a mailbox', () => {
  it('is posted as JSON', async () => {
    const { send, calls } = mailbox(201);
    await send(mail);
    const [[url, call] = []] = calls;
    expect([calls.length, url, call?.method]).toEqual([1, 'https://mailbox/mails', 'POST']);
    expect(call?.headers).toEqual({ 'content-type': 'application/json' });
    expect(JSON.parse(call?.body ?? '')).toEqual({ from: 'Tuntas <receipts@tuntas.example>', ...mail });
  });

  it.each([300, 400, 500])('can be retried after status %i', async (status) => {
    await expect(mailbox(status).send(mail)).rejects.toThrow(Unavailable);
  });

  it('can be retried when the mailbox is unreachable', async () => {
    await expect(mailer(testPorts().ports, env)(mail)).rejects.toThrow(Unavailable);
  });

  it('needs a sender', () => {
    expect(() => mailer(testPorts().ports, { ...env, MAIL_FROM: '' })).toThrow('MAIL_FROM');
  });
});

describe('a mail without a mailbox', () => {
  it('goes out through SES, over one client for all mails', async () => {
    const send = vi.spyOn(SESv2Client.prototype, 'send').mockImplementation(async () => ({}));
    const { ports } = testPorts();
    const deliver = mailer(ports, { ...env, MAIL_ENDPOINT: undefined });
    await deliver(mail);
    await deliver(mail);
    const [first, second] = send.mock.contexts;
    const inputs = send.mock.calls.map(([command]) => command.input);
    send.mockRestore();
    expect(inputs).toMatchObject([
      { FromEmailAddress: 'Tuntas <receipts@tuntas.example>', Destination: { ToAddresses: [mail.to] } },
      { FromEmailAddress: 'Tuntas <receipts@tuntas.example>' },
    ]);
    expect(first).toBeInstanceOf(SESv2Client);
    expect(second).toBe(first);
  });
});
