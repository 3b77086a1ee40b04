/** The port for mail: through SES on AWS, to a mailbox over HTTP on one machine. */
import { Unavailable } from '../kernel/errors.ts';
import { required } from '../platform/env.ts';
import type { BasePorts, Env, Http } from '../platform/ports.ts';
import type { MailText } from './receipt.texts.ts';

/** `reference` is the sender's name for it, the same at every attempt; it contains no personal data. */
export type Mail = MailText & { readonly to: string; readonly reference: string };
/** @throws {Invalid} when refused permanently; {Unavailable} when it can be retried. Neither names the address. */
export type SendMail = (mail: Mail) => Promise<void>;

const timeoutMs = 2_500;

/** A mailbox that keeps what it gets: `POST {endpoint}/mails`. */
export const overHttp =
  (http: Http, endpoint: string, from: string): SendMail =>
  async (mail) => {
    const { status } = await http(`${endpoint}/mails`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ from, ...mail }),
      timeoutMs,
    }).catch((cause: unknown) => {
      throw new Unavailable('the mailbox does not answer', { cause });
    });
    if (status >= 300) throw new Unavailable(`the mailbox answered ${status}`);
  };

/** SES is loaded with the first mail, not with the function. */
const overSes = (from: string): SendMail => {
  let loaded: Promise<SendMail> | undefined;
  return async (mail) => {
    loaded ??= import('./mail.ses.ts').then(({ ses, sesClient }) => ses(sesClient(), from));
    return (await loaded)(mail);
  };
};

/** @param env MAIL_FROM; MAIL_ENDPOINT: of a mailbox, without it mail goes out through SES */
export const mailer = ({ http }: Pick<BasePorts, 'http'>, env: Env): SendMail => {
  const from = required(env, 'MAIL_FROM');
  return env.MAIL_ENDPOINT ? overHttp(http, env.MAIL_ENDPOINT, from) : overSes(from);
};
