/** Mail through Amazon SES. */
import { describe, expect, it } from 'vitest';
import { Invalid, Unavailable } from '../../functions/kernel/errors.ts';
import type { Mail } from '../../functions/notify/mail.client.ts';
import { ses } from '../../functions/notify/mail.ses.ts';

const address = 'anna@rider.example';
const from = 'Tuntas <receipts@tuntas.example>';
const mail: Mail = { to: address, subject: 'S', html: '<p>H</p>', text: 'T', reference: 'payment-1' };
const refusing = (error: Error) => ses({ send: async () => Promise.reject(error) } as never, from);
const errorNamed = (name: string, message: string): Error => Object.assign(new Error(message), { name });

describe('a mail through SES', () => {
  it('has both bodies and the reference', async () => {
    const commands: { input: unknown }[] = [];
    const client = { send: async (command: { input: unknown }) => void commands.push(command) };
    await ses(client as never, from)(mail);
    expect(commands.map(({ input }) => input)).toEqual([
      {
        FromEmailAddress: from,
        Destination: { ToAddresses: [address] },
        Content: {
          Simple: {
            Subject: { Data: 'S', Charset: 'UTF-8' },
            Body: { Html: { Data: '<p>H</p>', Charset: 'UTF-8' }, Text: { Data: 'T', Charset: 'UTF-8' } },
            Headers: [{ Name: 'X-Entity-Ref-ID', Value: 'payment-1' }],
          },
        },
      },
    ]);
  });

  it.each([
    ['MessageRejected', Invalid],
    ['BadRequestException', Invalid],
    ['TooManyRequestsException', Unavailable],
    ['MailFromDomainNotVerifiedException', Unavailable],
    ['AccountSuspendedException', Unavailable],
    ['TimeoutError', Unavailable],
  ])('fails with %s as the right kind of error, which does not name the address', async (name, kind) => {
    const failure = await refusing(errorNamed(name, `rejected: ${address}`))(mail).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(kind);
    expect((failure as Error).message).toBe(`the mail service answered ${name}`);
    expect((failure as Error).cause).toBeUndefined();
  });

  it.each([undefined, 'not verified'])(
    'fails with %j, which is no error, as one that can be retried',
    async (thrown) => {
      const failure = await ses(
        { send: async () => Promise.reject(thrown) } as never,
        from,
      )(mail).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(Unavailable);
      expect((failure as Error).message).toBe('the mail service answered unknown');
    },
  );

  it.each([
    ['a domain that is not verified', 'receipts@fleet.example'],
    ['the sandbox', address],
  ])('[PAY-7] rejected for %s can be retried: nothing is wrong with the mail', async (_, identity) => {
    const failed = `The following identities failed the check in region AP-SOUTHEAST-3: ${identity}`;
    const message = `Email address is not verified. ${failed}`;
    const failure = await refusing(errorNamed('MessageRejected', message))(mail).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Unavailable);
    expect((failure as Error).message).toBe(
      'the mail service answered MessageRejected: an address is not verified, or the account is in the sandbox',
    );
  });
});
