/** Mail through Amazon SES. */
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { Invalid, Unavailable } from '../kernel/errors.ts';
import type { SendMail } from './mail.client.ts';

/** A request whose answer was lost may have been carried out: only the queue tries again. */
export const sesClient = (): SESv2Client =>
  new SESv2Client({ maxAttempts: 1, requestHandler: { connectionTimeout: 500, requestTimeout: 2_500 } });

/**
 * Errors of this one mail; any other is ours or temporary.
 * https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
 */
const ofTheMail = new Set(['MessageRejected', 'BadRequestException']);

/**
 * Our own address is not verified, or the account is in the sandbox.
 * https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-error-messages.html
 */
const isUnverified = (error: unknown): boolean => error instanceof Error && /not verified/i.test(error.message);

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');

/** The message of the service can contain the address, so only the name of an error is passed on. */
const failure = (error: unknown): Error => {
  const message = `the mail service answered ${nameOf(error)}`;
  if (isUnverified(error))
    return new Unavailable(`${message}: an address is not verified, or the account is in the sandbox`);
  return ofTheMail.has(nameOf(error)) ? new Invalid(message) : new Unavailable(message);
};

export const ses =
  (client: Pick<SESv2Client, 'send'>, from: string): SendMail =>
  async ({ to, subject, html, text, reference }) => {
    const part = (Data: string) => ({ Data, Charset: 'UTF-8' });
    const Body = { Html: part(html), Text: part(text) };
    const Headers = [{ Name: 'X-Entity-Ref-ID', Value: reference }];
    try {
      await client.send(
        new SendEmailCommand({
          FromEmailAddress: from,
          Destination: { ToAddresses: [to] },
          Content: { Simple: { Subject: part(subject), Body, Headers } },
        }),
      );
    } catch (error) {
      throw failure(error);
    }
  };
